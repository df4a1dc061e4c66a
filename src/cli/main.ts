#!/usr/bin/env node
// The command line: runs one command and ends with its exit code.

import { guardStreams } from "./output.ts";
import { runProgram } from "./program.ts";

guardStreams();
const code = await runProgram(process.argv.slice(2));
// Not process.exit, which would cut off what stdout still has to write. That stdout failed meanwhile is not taken back.
process.exitCode = code || process.exitCode;
