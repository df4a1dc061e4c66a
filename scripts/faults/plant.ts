// Where a fault goes, and which specs of the kernels see it.

import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import type { Fault } from "../../tests/faults/fault.ts";

export const BUILDS = ["simd", "scalar"] as const;
export type Build = (typeof BUILDS)[number];

const SPECS = "assembly/__tests__";

/** Where the text of a fault stands. @throws Error unless it is there exactly once. */
export function placeOf(source: string, { file, what, find }: Fault): number {
  const at = source.indexOf(find);
  const again = source.indexOf(find, at + 1);
  if (at >= 0 && again < 0) return at;
  throw new Error(`${file}, "${what}": ${JSON.stringify(find)} must be there once; it is ${at < 0 ? "not" : "twice"}`);
}

/** The source with the fault in it. @throws Error as `placeOf`. */
export function plant(source: string, fault: Fault): string {
  const at = placeOf(source, fault);
  return source.slice(0, at) + fault.replace + source.slice(at + fault.find.length);
}

/** The place behind the brace that closes the one at `open`. The kernels have no braces in strings or comments. */
function closing(source: string, open: number): number {
  let depth = 0;
  for (let at = open; at < source.length; at++) {
    if (source[at] === "{") depth++;
    else if (source[at] === "}" && --depth === 0) return at + 1;
  }
  return source.length;
}

/** The builds that have what stands at a place: one alone inside a branch of `if (ASC_FEATURE_SIMD)`. */
export function buildsOf(source: string, place: number): readonly Build[] {
  for (const { index, 0: head } of source.matchAll(/if \(ASC_FEATURE_SIMD\) \{/g)) {
    const end = closing(source, index + head.length - 1);
    if (place > index && place < end) return ["simd"];
    const otherwise = /^ else \{/.exec(source.slice(end, end + 8));
    if (otherwise && place >= end && place < closing(source, end + 6)) return ["scalar"];
  }
  return BUILDS;
}

const imports = new Map<string, string[]>();

/** Files of assembly that a file imports, as paths from the root. */
function importsOf(file: string): string[] {
  const known = imports.get(file);
  if (known) return known;
  const source = readFileSync(file, "utf8");
  const found = [...source.matchAll(/ from "(\.[^"]+)"/g)].map(
    ([, path]) => `${posix.join(posix.dirname(file), path)}.ts`,
  );
  imports.set(file, found);
  return found;
}

/** How many imports lead from a file to each that it depends on. */
function distancesFrom(file: string): Map<string, number> {
  const distances = new Map([[file, 0]]);
  // A map is walked to its end, also where it grows on the way.
  for (const [near, distance] of distances)
    for (const far of importsOf(near)) if (!distances.has(far)) distances.set(far, distance + 1);
  return distances;
}

/** All kernels, as paths from the root; index.ts, which only passes them on, is none. */
export function kernelFiles(): string[] {
  const paths = readdirSync("assembly", { recursive: true, encoding: "utf8" }).map((path) =>
    path.replaceAll("\\", "/"),
  );
  const inside = paths.filter((path) => /^(?!__tests__)\w+\/[\w-]+\.ts$/.test(path));
  return inside.map((path) => `assembly/${path}`).sort();
}

/** The specs that import a file, directly or not: the nearest first, of two as near the one that imports less. */
export function specsOf(file: string): string[] {
  const specs = readdirSync(SPECS).filter((name) => name.endsWith(".spec.ts"));
  const seen = specs.flatMap((name) => {
    const distances = distancesFrom(`${SPECS}/${name}`);
    const distance = distances.get(file);
    return distance === undefined ? [] : [{ spec: `${SPECS}/${name}`, distance, files: distances.size }];
  });
  return seen.sort((a, b) => a.distance - b.distance || a.files - b.files).map(({ spec }) => spec);
}
