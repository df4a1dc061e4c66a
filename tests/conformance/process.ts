// The cases in Node, bun and deno: messages go to stdout, one a line.

import * as propchaos from "propchaos";
import { runCases } from "./run-cases.ts";

const { bun, deno, node } = process.versions;
await runCases(propchaos, bun ?? deno ?? node, (message) => console.log(JSON.stringify(message)));
// Threads that are slow to end are no part of the answer.
process.exit();
