// propchaos gap: networks of several widths against their infinite-width limit.

import { type Command, Option } from "commander";
import { approximationGap, figures, predictGap } from "../index.ts";
import { givenNetwork } from "./initial.ts";
import { addOutputOptions, addRunOptions, type GapFlags, readNumber, readNumbers } from "./options.ts";
import { runJob } from "./session.ts";
import { gapSummary } from "./summary.ts";

const DESCRIPTION = `Trains networks of several widths m, solves the infinite-width limit beside them, and measures the approximation gap.

Every particle w_i of a network is paired with xi_i, the path that the same start takes in the limit:

  Delta_i(t) = w_i(t) - xi_i(t)

Propagation of chaos means that E|Delta|^2 and the squared distance of the two functions fall as 1/m.`;

const HELP = `
Results: a table on stdout for the last time. With --out DIR also DIR/gap.json
(everything), DIR/gap.csv (one row a width and time) and DIR/gap.svg (a figure).
Runs with equal options give equal results, to the bit.

--initial FILE.npy starts one network of your own, saved by NumPy as float64 or
float32 with one particle a row; its width and dimension are those of the file.

Exit codes: 0 done, 1 failed or diverged, 2 wrong usage, 130 interrupted (what
is finished is kept and written).

Examples:
  $ propchaos gap He4
  $ propchaos gap He4 --widths 128,256,512 --time 16 --out results/he4
  $ propchaos gap He4 --widths 4096,8192 --dry-run
  $ propchaos gap Ge4 --dynamics flow --time 4 --record 0,1,2,4 --json
`;

/** Adds `propchaos gap`. */
export function addGap(program: Command, done: (code: number) => void): void {
  const command = program
    .command("gap")
    .summary("networks of several widths against their infinite-width limit")
    .description(DESCRIPTION)
    .argument("<problem>", 'name of a problem; see "propchaos problems"');
  addRunOptions(command)
    .addOption(
      new Option("--widths <list>", "widths m, with commas between them")
        .argParser(readNumbers)
        .default([128, 256, 512, 1024], "128,256,512,1024"),
    )
    .option("--seeds <n>", "networks a width, each with a start of its own", readNumber, 8)
    .option("--seed <n>", "seed of all random numbers, 0 to 4294967295", readNumber, 1)
    .option("--initial <file>", "one given network instead: a .npy file of m x d particles");
  addOutputOptions(command, "gap.json, gap.csv and gap.svg")
    .addHelpText("after", HELP)
    .action(async (problem: string, flags: GapFlags) => {
      const { time, step, dynamics, gradient, tolerance, record, workers } = flags;
      const given = givenNetwork(command, flags);
      const { widths, seeds, seed } = flags;
      const networks = given ? { initial: given.initial } : { widths, seeds, seed };
      const settings = { ...networks, time, step, dynamics, gradient, tolerance, record, workers };
      done(
        await runJob({
          problem,
          flags: given ? given.flags : flags,
          files: ["gap.json", "gap.csv", "gap.svg"],
          predict: (engine, model) => predictGap(engine, model, settings),
          compute: (engine, model, control) => approximationGap(engine, model, { ...settings, ...control }),
          summary: gapSummary,
          figures: async (report) => {
            const { renderSVG } = await import("./svg.ts");
            return { "gap.svg": await renderSVG(figures.gap(report)) };
          },
        }),
      );
    });
}
