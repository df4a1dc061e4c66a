// Files that a command may replace: those it wrote itself and nobody has changed since. A list of them with their hashes lies
// beside them.

import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatJSON } from "../io/json.ts";
import { writeWhole } from "./files.ts";
import { makeDirectory } from "./make-directory.ts";

/** Name of the list, relative to the directory. */
const LIST = "figures/written.json";
const KIND = "propchaos plot";

type Hashes = Record<string, string>;

function hashOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function read(path: string): Uint8Array | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw error;
  }
}

/** The list of an earlier call; null where somebody else's file is in its place. */
function readList(directory: string): Hashes | null {
  const bytes = read(join(directory, LIST));
  if (bytes === null) return {};
  try {
    const list = JSON.parse(Buffer.from(bytes).toString("utf8")) as { writtenBy?: unknown; files?: Hashes };
    return list.writtenBy === KIND && typeof list.files === "object" ? list.files : null;
  } catch {
    return null;
  }
}

/** Files of these names that are there and were not written by an earlier call, or were changed since. */
export function foreignFiles(directory: string, names: readonly string[]): string[] {
  const list = readList(directory);
  if (list === null) return [LIST];
  return names.filter((name) => {
    const bytes = read(join(directory, name));
    return bytes !== null && list[name] !== hashOf(bytes);
  });
}

/**
 * Writes files and their list, and removes those of an earlier call that are not among them any more and were not changed.
 * `foreignFiles` has to be asked before.
 *
 * @param files - contents by names, relative to the directory; at most one folder deep.
 * @returns the paths written, without the list.
 */
export function writeOwn(directory: string, files: Readonly<Record<string, string | Uint8Array>>): string[] {
  const before = readList(directory) ?? {};
  const names = Object.keys(files);
  const folders = [...new Set([...names, LIST].map((name) => dirname(name)))];
  const hashes = Object.fromEntries(names.map((name) => [name, hashOf(files[name])]));
  const list = formatJSON({ writtenBy: KIND, files: hashes });
  const written = folders.flatMap((folder) => {
    makeDirectory(join(directory, folder));
    const inside = [...names.map((name) => [name, files[name]] as const), [LIST, list] as const]
      .filter(([name]) => dirname(name) === folder)
      .map(([name, content]) => [folder === "." ? name : name.slice(folder.length + 1), content]);
    return writeWhole(join(directory, folder), Object.fromEntries(inside));
  });
  for (const [name, hash] of Object.entries(before)) {
    // A list may have been written by anybody: it removes nothing outside.
    if (names.includes(name) || !/^figures\/[^/\\]+\.(svg|png)$/.test(name)) continue;
    const bytes = read(join(directory, name));
    if (bytes !== null && hashOf(bytes) === hash) rmSync(join(directory, name));
  }
  return written.filter((path) => path !== join(directory, LIST));
}
