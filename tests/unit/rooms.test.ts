import { expect, test } from "vitest";
import { findViolations, readSources } from "../../scripts/rooms.ts";

function violations(files: Record<string, string>): string[] {
  return findViolations(new Map(Object.entries(files)));
}

test("the sources keep to their rooms", () => {
  const sources = readSources();
  expect(sources.size).toBeGreaterThan(20);
  expect(findViolations(sources)).toEqual([]);
});

test("a room may know the rooms below it", () => {
  expect(
    violations({
      "src/core/check.ts": "export const x = 1;",
      "src/gap/a.ts": 'import { x } from "../core/check.ts"; import { y } from "./b.ts"; console.log(x, y);',
      "src/gap/b.ts": 'export { x as y } from "../core/check.ts";',
      "src/index.ts": 'export * from "./gap/a.ts";',
      "src/cli/main.ts": 'import fs from "node:fs"; import "../index.ts"; await import("commander");',
      "src/node.ts": 'export * from "./index.ts"; export * from "./cli/main.ts";',
    }),
  ).toEqual([]);
});

test.each([
  ["src/core/a.ts", 'import { x } from "../engine/b.ts";', "core must not know engine"],
  ["src/network/a.ts", 'import { x } from "../limit/b.ts";', "network must not know limit"],
  ["src/limit/a.ts", 'import type { X } from "../network/b.ts";', "limit must not know network"],
  ["src/gap/a.ts", 'export * from "../theory/b.ts";', "gap must not know theory"],
  ["src/gap/a.ts", 'export type X = import("../theory/b.ts").X;', "gap must not know theory"],
  ["src/plot/a.ts", 'import { x } from "../index.ts";', "plot must not know index.ts"],
  ["src/index.ts", 'import { x } from "./cli/main.ts";', "index.ts must not know cli"],
  ["src/attic/a.ts", "export const x = 1;", "no room called attic"],
  ["src/gap/a.ts", 'import { x } from "../../scripts/test.ts";', "outside src"],
  ["src/io/a.ts", 'import { readFileSync } from "node:fs";', "imports node:fs"],
  ["src/io/a.ts", 'const load = () => import("./b.ts");', "dynamically"],
  ["src/io/a.ts", "const load = (path: string) => import(path);", "dynamically"],
  ["src/engine/a.ts", "const x = await fetch('/');", "awaits at top level"],
  ["src/engine/a.ts", "for await (const x of stream) console.log(x);", "awaits at top level"],
])("%s may not contain: %s", (path, text, message) => {
  expect(violations({ [path]: text })).toEqual([expect.stringContaining(message)]);
});

test("await inside a function is no await at top level", () => {
  expect(
    violations({ "src/engine/a.ts": "export async function f() { await g(); } const h = async () => await f();" }),
  ).toEqual([]);
});

test("circles of imports are found once, and types make none", () => {
  const files = {
    "src/gap/a.ts": 'import { b } from "./b.ts"; export const a = b;',
    "src/gap/b.ts": 'import { c } from "./c.ts"; export const b = c;',
    "src/gap/c.ts": 'import { a } from "./a.ts"; export const c = a;',
  };
  expect(violations(files)).toEqual([
    "circle of imports: src/gap/a.ts -> src/gap/b.ts -> src/gap/c.ts -> src/gap/a.ts",
  ]);
  expect(
    violations({ ...files, "src/gap/c.ts": 'import type { a } from "./a.ts"; export type C = typeof a;' }),
  ).toEqual([]);
});
