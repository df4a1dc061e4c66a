// The program and its commands: reads arguments, runs one command, gives its exit code.

import { Command, CommanderError } from "commander";
import { version } from "../index.ts";
import { addConstants } from "./constants.ts";
import { UsageError } from "./errors.ts";
import { addGap } from "./gap.ts";
import { addGaps } from "./gaps.ts";
import { addLimit } from "./limit.ts";
import { EXIT, harmless, warn } from "./output.ts";
import { addPlot } from "./plot.ts";
import { addProblems } from "./problems.ts";
import { addScaling } from "./scaling.ts";
import { addSweep } from "./sweep.ts";
import { addTheory } from "./theory.ts";
import { addTrain } from "./train.ts";

const DESCRIPTION = `How far is a neural network of width m from its infinite-width limit?

propchaos trains one-hidden-layer networks

  f(x) = (1/m) sum_i sigma(<w_i, x>)

by projected gradient descent in mean-field scaling, solves their infinite-width limit, and measures the approximation gap between the two.`;

const HELP = `
Time is flow time: a step of size eta advances it by eta. Data go to stdout, a
progress bar to stderr on a terminal.

Examples:
  $ propchaos problems
  $ propchaos gap He4 --widths 128,256,512,1024 --time 16 --out results/he4
  $ propchaos gaps He4 --d 8 --samples 4096,16384
  $ propchaos limit He4 --d 1000 --dynamics flow --time 2000
  $ propchaos theory He4 --width 512 --time 8
  $ propchaos constants He4 --time 8
  $ propchaos plot results/he4
  $ propchaos sweep plan.json --out results/sweep
  $ propchaos scaling time --k 3,4 --d 100..1000

"propchaos help gap" says what gap computes and where its results go.
`;

/** The program; `done` is told the exit code of the command that was run. */
export function createProgram(done: (code: number) => void): Command {
  const program = new Command("propchaos")
    .description(DESCRIPTION)
    .version(version, "-V, --version", "print the version")
    .addHelpText("after", HELP)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(harmless(text.replace(/^error: /, "propchaos: "))) });
  // Subcommands take over the settings above, so they come last.
  addGap(program, done);
  addGaps(program, done);
  addLimit(program, done);
  addTrain(program, done);
  addTheory(program, done);
  addConstants(program, done);
  addSweep(program, done);
  addPlot(program, done);
  addScaling(program, done);
  addProblems(program, done);
  return program;
}

function exitCodeOf(error: unknown): number {
  // Commander has said what is wrong, or shown help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  warn(error instanceof Error ? error.message : String(error));
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}

/** Runs the command that the arguments name, and gives its exit code. Throws nothing and never ends the process. */
export async function runProgram(args: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const program = createProgram((given) => {
    code = given;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    return exitCodeOf(error);
  }
}
