// propchaos theory: what theory says of a problem, in the limit and in a network beside it.

import type { Command } from "commander";
import { figures, type TheoryReport, theoryReport } from "../index.ts";
import { UsageError } from "./errors.ts";
import { addPlainOutputOptions, addRunOptions, readNumber, type TheoryFlags } from "./options.ts";
import { runJob } from "./session.ts";
import { theorySettingsLine, theorySummary } from "./summary-theory.ts";
import { sampledData } from "./training.ts";

const DESCRIPTION = `Says why networks of a problem stay close to their infinite-width limit, or why not.

Self-concordance compares the local Hessian D(w), the derivative of a particle's velocity v(w) by its own place, with that velocity:

  C = |D| |α| / |v|,   α = <w, w*>

Where C stays bounded, deviations of a particle grow by a power of 1/|α|, hence of the dimension, and not exponentially with time.

Beside it stand a linear prediction of the network's gap, bounds on that, and the gap times m in the limit of large m.`;

const HELP = `
The limit is looked at where it has one direction w* and Hermite series that
end, by closed forms; a network beside it by the Lanczos method, at each record.
All other problems have the network alone: give --width. Boolean problems, and
others with --samples, are trained on samples.

The verdict asks whether the positive part of the largest eigenvalue of D adds
up to at most p (1 + log 1/|α_0|) for 99% of the particles, with p at most
--bound. In a network it is added up over the records only: take many.

Prediction, bounds and the limits of large m are for problems of one direction
w*, all signs +1, on the population; bounds want records from 0 that are dense.

Results: tables on stdout. With --out DIR also DIR/theory.json (everything),
DIR/theory.csv (one row a subject and time) and, where there is a prediction or
a limit of large m, DIR/theory.svg (a figure).

Exit codes: 0 done, 1 failed or diverged, 2 wrong usage, 130 interrupted (what
is finished is kept and written).

Examples:
  $ propchaos theory He4
  $ propchaos theory He4 --width 512 --time 8 --dynamics flow
  $ propchaos theory He4_misspecified --width 0 --dynamics flow --time 128
  $ propchaos theory XOR_4 --d 16 --width 256 --samples 16384 --time 4
`;

/** Adds `propchaos theory`. */
export function addTheory(program: Command, done: (code: number) => void): void {
  const command = program
    .command("theory")
    .summary("why networks stay close to their limit: Hessians, self-concordance, prediction, bounds")
    .description(DESCRIPTION)
    .argument("<problem>", 'name of a problem; see "propchaos problems"');
  addRunOptions(command, 8)
    .option("--width <m>", "width of the network beside the limit; 0 for the limit alone", readNumber, 512)
    .option("--seed <n>", "seed of all random numbers, 0 to 4294967295", readNumber, 1)
    .option(
      "--samples <n>",
      "train on n samples instead of the population (default of Boolean problems: 16384)",
      readNumber,
    )
    .option("--batch <n>", "samples a step (default: 8192, or all where there are fewer)", readNumber)
    .option(
      "--bound <p>",
      "largest exponent that the verdict lets pass (default: 1.5 (k* - 1), at least 1.5)",
      readNumber,
    );
  addPlainOutputOptions(command, "theory.json, theory.csv and theory.svg")
    .addHelpText("after", HELP)
    .action(async (problem: string, flags: TheoryFlags) => {
      const { time, step, dynamics, gradient, record, width, seed, bound } = flags;
      const chosen = (name: string) => command.getOptionValueSource(name) === "cli";
      for (const name of ["seed", "samples", "batch"])
        if (width === 0 && chosen(name))
          throw new UsageError(`--${name} must be left out with --width 0: there is no network`);
      const network = width === 0 ? {} : { width, seed, data: sampledData(problem, flags) };
      // Where there is no limit, the library refuses a tolerance that somebody asked for.
      const tolerance = chosen("tolerance") ? flags.tolerance : undefined;
      const settings = { time, step, dynamics, gradient, record, tolerance, bound, ...network };
      done(
        await runJob<TheoryReport>({
          problem,
          flags,
          settings: theorySettingsLine(flags),
          files: ["theory.json", "theory.csv", "theory.svg"],
          compute: (engine, model, control) => theoryReport(engine, model, { ...settings, ...control }),
          summary: theorySummary,
          figures: async (report): Promise<Record<string, string>> => {
            if (!report.gapEquation && !report.constants) return {};
            const { renderSVG } = await import("./svg.ts");
            return { "theory.svg": await renderSVG(figures.theory(report)) };
          },
        }),
      );
    });
}
