// `npm run web`: the explorer as static files in build/web, on the built package.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "vite";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

if (!existsSync("dist/index.js")) throw new Error("the explorer stands on the built package: run npm run build first");
await build({ configFile: "web/vite.config.ts", logLevel: "warn" });
