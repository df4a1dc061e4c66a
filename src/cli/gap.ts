// propchaos gap: networks of several widths against their infinite-width limit.

import type { Command } from "commander";
import { approximationGap, figures, gapReport, predictGap, type StoredGapWithTheory } from "../index.ts";
import { UsageError } from "./errors.ts";
import { givenNetwork } from "./initial.ts";
import {
  addDryRun,
  addNetworkOptions,
  addOutputOptions,
  addRunOptions,
  addTrainingOptions,
  type GapFlags,
} from "./options.ts";
import { runJob } from "./session.ts";
import { gapSummary, settingsLine } from "./summary.ts";
import { gapTheorySummary } from "./summary-equation.ts";
import { trainingOptions } from "./training.ts";

const DESCRIPTION = `Trains networks of several widths m beside their infinite-width limit, and measures the approximation gap.

Every particle w_i of a network is paired with xi_i, the path that the same start takes in the limit:

  Delta_i(t) = w_i(t) - xi_i(t)

Propagation of chaos means that E|Delta|^2 and the squared distance of the two functions fall as 1/m.`;

const HELP = `
The limit is solved for Gaussian problems with all signs +1. For all others,
for noise and other losses, and with --reference M, a network of width M >> m
with the same first particles, samples and noise takes its place: it is off by
1/M itself, which the results say, beside values corrected by M / (M - m).

Networks learn from the population, or with --samples or --data from samples:
those of n samples are the first of more, and the first coordinates of more.
Boolean problems have samples only.

--theory puts beside the measurement what theory says: the limits of the gap
times m, and for the first network of each width a linear prediction of Delta
and two bounds on it. For problems whose limit is solved, on the population;
records begin at 0. The limits are for problems of one direction w*.

Results: a table on stdout for the last time. With --out DIR also DIR/gap.json
(everything), DIR/gap.csv (one row a width and time) and DIR/gap.svg (a figure);
with --theory also DIR/theory.svg.
Runs with equal options give equal results, to the bit.

--initial FILE.npy starts one network of your own, saved by NumPy as float64 or
float32 with one particle a row; its width and dimension are those of the file.
With --reference M it has M rows, and --widths takes the first of them.

Exit codes: 0 done, 1 failed or diverged, 2 wrong usage, 130 interrupted (what
is finished is kept and written).

Examples:
  $ propchaos gap He4
  $ propchaos gap He4 --widths 128,256,512 --time 16 --out results/he4
  $ propchaos gap He4 --time 2 --record 51 --theory --out results/theory
  $ propchaos gap He4 --samples 65536 --precision float32 --time 8
  $ propchaos gap XOR_4 --d 16 --gradient euclidean --step 0.5 --time 64
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
  addNetworkOptions(addRunOptions(command), [128, 256, 512, 1024]).option(
    "--initial <file>",
    "one given network instead: a .npy file of m x d particles",
  );
  command.option("--theory", "prediction, bounds and limit constants beside the measurement");
  command.option("--distribution", "also how |Delta| is spread over the particles (for propchaos plot)");
  addDryRun(addOutputOptions(addTrainingOptions(command), "gap.json, gap.csv and gap.svg"))
    .addHelpText("after", HELP)
    .action(async (problem: string, flags: GapFlags) => {
      const { time, step, dynamics, gradient, tolerance, record, workers, distribution } = flags;
      if (flags.theory && flags.dryRun)
        throw new UsageError(
          "--dry-run must be left out with --theory: it knows what the measurement takes, not the theory",
        );
      const given = givenNetwork(command, flags);
      const { widths, seeds, seed } = flags;
      const { d, ...training } = trainingOptions(command, problem, given ? given.flags : flags);
      const prefixes = training.reference === undefined ? {} : { widths };
      const networks = given
        ? { initial: given.initial, seed: given.flags.seed, ...prefixes }
        : { widths, seeds, seed };
      const settings = {
        ...networks,
        ...training,
        time,
        step,
        dynamics,
        gradient,
        tolerance,
        record,
        workers,
        distribution,
      };
      const shown = { ...(given ? given.flags : flags), d };
      done(
        await runJob<StoredGapWithTheory>({
          problem,
          flags: shown,
          settings: settingsLine(shown),
          files: ["gap.json", "gap.csv", "gap.svg", ...(flags.theory ? ["theory.svg"] : [])],
          predict: (engine, model) => predictGap(engine, model, settings),
          compute: (engine, model, control) =>
            (flags.theory ? gapReport : approximationGap)(engine, model, { ...settings, ...control }),
          summary: (report) => [...gapSummary(report), ...gapTheorySummary(report)],
          figures: async (report) => {
            const { renderSVG } = await import("./svg.ts");
            const theory = report.theory ? { "theory.svg": await renderSVG(figures.theory(report)) } : {};
            return { "gap.svg": await renderSVG(figures.gap(report)), ...theory };
          },
        }),
      );
    });
}
