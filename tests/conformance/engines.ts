// The engines in which the cases run, and how each is found and started.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CHROMIUM_ARGS, ensureChromium } from "../../scripts/chromium.ts";
import { npm } from "../../scripts/npm.ts";
import { findOrInstall, systemPaths } from "../../scripts/programs.ts";
import { bun, deno } from "../support/engines.ts";

export interface EngineKind {
  name: string;
  /** Whether the cases run in a page; otherwise in a process. */
  page: boolean;
  /** Path of the program, which is installed if this may. @throws Error with a sentence that says how to get it. */
  find(): string;
  /** The whole command. `target` is the address of the page or the path of the script, `folder` an empty one. */
  command(program: string, target: string, folder: string): string[];
  env?: Record<string, string>;
}

/** The path that a variable of the environment names, or where the search finds the program. */
function choice(variable: string, search: () => string | undefined): () => string | undefined {
  return () => process.env[variable] || search();
}

const NEWEST_NODE = fileURLToPath(new URL("newest-node/", import.meta.url));

/** The executable of the newest Node in its npm package for this system, if it has the version of newest-node/package.json. */
function installedNewestNode(): string | undefined {
  const manifest = (folder: string) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const packages = Object.entries<string>(manifest(NEWEST_NODE).optionalDependencies);
  for (const [name, version] of packages) {
    const folder = join(NEWEST_NODE, "node_modules", name);
    const path = join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
    if (existsSync(path) && manifest(folder).version === version) return path;
  }
  return undefined;
}

function findNewestNode(): string {
  const find = choice("NEWEST_NODE_PATH", installedNewestNode);
  if (!find()) npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], NEWEST_NODE);
  const found = find();
  if (found) return found;
  throw new Error("npm has no Node for this system: install a newer one and set NEWEST_NODE_PATH to its executable");
}

const FIREFOX = {
  commands: ["firefox-esr", "firefox"],
  macApps: ["Firefox.app/Contents/MacOS/firefox"],
  windowsPaths: ["Mozilla Firefox\\firefox.exe"],
};

/** Preferences that keep a fresh profile from asking, reporting and looking for updates. */
const FIREFOX_PREFERENCES = {
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.aboutwelcome.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
};

function findMiniBrowser(): string | undefined {
  const libraries = ["/usr/libexec", "/usr/lib", "/usr/lib64"].filter((folder) => existsSync(folder));
  const folders = libraries.flatMap((folder) => [folder, ...readdirSync(folder).map((name) => join(folder, name))]);
  const paths = folders.flatMap((folder) =>
    ["webkitgtk-6.0", "webkit2gtk-4.1", "webkit2gtk-4.0"].map((version) => join(folder, version, "MiniBrowser")),
  );
  return paths.find((path) => existsSync(path));
}

/** Whether there is a virtual display: xvfb-run needs xauth. */
function hasXvfb(): boolean {
  return ["xvfb-run", "xauth"].every((command) =>
    systemPaths({ commands: [command] }).some((path) => existsSync(path)),
  );
}

export const ENGINES: readonly EngineKind[] = [
  { name: "node", page: false, find: () => process.execPath, command: (program, script) => [program, script] },
  { name: "newest-node", page: false, find: findNewestNode, command: (program, script) => [program, script] },
  { name: "bun", page: false, find: bun, command: (program, script) => [program, script] },
  {
    name: "deno",
    page: false,
    find: deno,
    command: (program, script) => [program, "run", "--cached-only", "--no-lock", "--node-modules-dir=manual", script],
    env: { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
  },
  {
    name: "chromium",
    page: true,
    find: ensureChromium,
    command: (program, url, folder) => [program, ...CHROMIUM_ARGS, "--headless", `--user-data-dir=${folder}`, url],
  },
  {
    name: "firefox",
    page: true,
    find: () =>
      findOrInstall(
        choice("FIREFOX_PATH", () => systemPaths(FIREFOX).find((path) => existsSync(path))),
        ["firefox-esr"],
        "install Firefox (Debian: apt-get install firefox-esr), or set FIREFOX_PATH to its executable",
      ),
    command(program, url, folder) {
      const lines = Object.entries(FIREFOX_PREFERENCES).map(([name, value]) => `user_pref("${name}", ${value});\n`);
      writeFileSync(join(folder, "user.js"), lines.join(""));
      return [program, "--headless", "--no-remote", "--profile", folder, url];
    },
    env: { MOZ_CRASHREPORTER_DISABLE: "1" },
  },
  {
    name: "webkit",
    page: true,
    find: () =>
      findOrInstall(
        choice("WEBKIT_PATH", () => (hasXvfb() ? findMiniBrowser() : undefined)),
        ["webkit2gtk-driver", "xvfb", "xauth"],
        "install WebKitGTK's MiniBrowser and a virtual display (Debian: apt-get install webkit2gtk-driver xvfb xauth)",
      ),
    command: (program, url) => ["xvfb-run", "-a", program, "--private", url],
    // Its sandbox cannot be set up by root; the page is ours.
    env: { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", LIBGL_ALWAYS_SOFTWARE: "1" },
  },
];
