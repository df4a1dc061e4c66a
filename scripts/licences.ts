// The licences of what is bundled into dist, as the metafiles of esbuild list it, with their texts.

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Metafile } from "esbuild";

/** A package of which a part is in dist. */
export interface Bundled {
  name: string;
  version: string;
  /** SPDX expression of its manifest. */
  licence: string;
  /** Text of its licence file, and of its notice. */
  text: string;
}

/** The folders of packages of which at least a byte came into an output; paths as in the metafiles. */
export function bundledFolders(metafiles: readonly Metafile[]): string[] {
  const folders = new Set<string>();
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        // The last node_modules: packages may hold packages.
        const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
        if (folder && bytesInOutput > 0) folders.add(folder);
      }
    }
  }
  return [...folders];
}

/** Packages without a file, by name, and the folder, seen from theirs, that has it: of the same project, or of this one. */
const TEXT_ELSEWHERE: Record<string, string> = {
  "@assemblyscript/loader": "../../assemblyscript",
  "@resvg/resvg-wasm": "../../../scripts/licence-texts/resvg",
  "vega-interpreter": "../vega",
};

/** What manifests call by no SPDX name. */
const SPDX: Record<string, string> = { "dejavu-fonts-ttf": "Bitstream-Vera" };

/** The text of the files that say under which terms a package is given: its licence and, where there is one, its notice. */
function readTexts(folder: string): string {
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|notice)([.-].*)?$/i.test(name));
  const texts = files.sort().map((name) => readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n").trim());
  return texts.join("\n\n");
}

/** Manifest and licence text of a package. @throws Error where it has no licence or no text of it. */
export function readBundled(folder: string): Bundled {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const { name, version, license: licence } = manifest as Record<string, unknown>;
  if (typeof licence !== "string" || licence === "") throw new Error(`${name} ${version} names no licence`);
  const text = readTexts(folder) || readTexts(join(folder, TEXT_ELSEWHERE[String(name)] ?? "."));
  if (text === "") throw new Error(`${name} ${version} (${licence}) has no licence file`);
  return { name: String(name), version: String(version), licence: SPDX[String(name)] ?? licence, text };
}

/** The file of the package: a list, then each text once with the packages it belongs to. */
export function licenceFile(packages: readonly Bundled[]): string {
  const sorted = [...packages].sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
  const texts = new Map<string, string[]>();
  for (const { name, version, text } of sorted) texts.set(text, [...(texts.get(text) ?? []), `${name} ${version}`]);
  return [
    "propchaos itself is under the licence in LICENSE. Parts of these packages are bundled with it:\n",
    ...sorted.map(({ name, version, licence }) => `  ${name} ${version} (${licence})`),
    ...[...texts].map(([text, names]) => `\n${"-".repeat(78)}\n${names.join(", ")}\n\n${text}`),
    "",
  ].join("\n");
}

/** The file for these bundles and for packages that come in by another way, named by their folders. */
export function licencesOf(metafiles: readonly Metafile[], others: readonly string[]): string {
  const folders = new Set([...bundledFolders(metafiles), ...others].map((folder) => resolve(folder)));
  return licenceFile([...folders].map(readBundled));
}
