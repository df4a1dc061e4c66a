// Executables of other JavaScript engines, from their npm packages. Install scripts move them to their usual place;
// without scripts they stay in the package for this system.

import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const modules = fileURLToPath(new URL("../../node_modules/", import.meta.url));

function find(name: string, scope: string, inside: string, usual: string): string {
  const folder = `${modules}${scope}`;
  const platforms = existsSync(folder) ? readdirSync(folder).map((platform) => `${folder}/${platform}/${inside}`) : [];
  const names = [...platforms, modules + usual].flatMap((path) => [path, `${path}.exe`]);
  const found = names.find((path) => existsSync(path));
  if (!found) throw new Error(`${name} is not installed: run npm ci`);
  return found;
}

export function bun(): string {
  return find("bun", "@oven", "bin/bun", "bun/bin/bun");
}

export function deno(): string {
  return find("deno", "@deno", "deno", "deno/deno");
}

/** The runtime of Cloudflare's workers. */
export function workerd(): string {
  return find("workerd", "@cloudflare", "bin/workerd", "workerd/bin/workerd");
}
