// Directories that are made where they are missing. Not by mkdir's own `recursive`: where the system says of a path that exists that it
// does not, as in /proc, Node's loop over the parents never ends; and of a disk that is read-only it says that there is no such file.

import { existsSync, mkdirSync, rmdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/**
 * Makes a directory, and those above it that are missing.
 *
 * @returns the path of the first that was made; undefined where all were there.
 * @throws the file system's error; what was made on the way is removed.
 */
export function makeDirectory(directory: string): string | undefined {
  const path = resolve(directory);
  try {
    mkdirSync(path);
    return path;
  } catch (error) {
    if (isDirectory(path)) return undefined;
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || existsSync(parent)) throw error;
    const first = makeDirectory(parent);
    try {
      makeDirectory(path);
    } catch (below) {
      removeEmpty(parent, first);
      throw below;
    }
    return first;
  }
}

/** Removes a directory and those above it up to `first`, as far as they are empty; nothing where there is no first. */
export function removeEmpty(directory: string, first: string | undefined): void {
  if (first === undefined) return;
  try {
    for (let path = resolve(directory); path.length >= first.length; path = dirname(path)) rmdirSync(path);
  } catch {
    // Not empty: somebody else uses it by now.
  }
}
