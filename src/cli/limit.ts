// propchaos limit: the infinite-width dynamics alone.

import type { Command } from "commander";
import { meanFieldLimit, predictLimit } from "../index.ts";
import { addDryRun, addOutputOptions, addRunOptions, type RunFlags, readNumber } from "./options.ts";
import { runJob } from "./session.ts";
import { limitSummary, settingsLine } from "./summary.ts";

const DESCRIPTION = `Solves the infinite-width limit of a problem: no network, no random numbers.

With a target of one direction w* only the law of alpha = <w, w*>, the overlap of a particle with it, moves:

  d alpha / dt = (1 - alpha^2) (phi'(alpha) - Q_t'(alpha))

with phi from the target and Q_t from the law itself. With several directions it is the law of the part of w in their span. The cost does not depend on the dimension d.`;

const HELP = `
Results: a table on stdout with the risk and the mean overlaps over time. With
--out DIR also DIR/limit.json and DIR/limit.csv. The mesh is refined until the
estimated error of the risk is below --tolerance. With several directions that
may take long: refinement ends after about half a minute, and the error that was
reached is said. Ask for --tolerance 1e-5 or so to be done sooner.

Exit codes: 0 done, 1 failed or diverged, 2 wrong usage, 130 interrupted (what
is finished is kept and written).

Examples:
  $ propchaos limit He4
  $ propchaos limit He4 --d 1000 --dynamics flow --time 2000 --record 9
  $ propchaos limit He4 --d 100000 --dynamics flow --time 1e5 --dry-run
  $ propchaos limit He4_orth --time 8 --tolerance 1e-6
  $ propchaos limit NP_mis --gradient euclidean --out results/np_mis
`;

/** Adds `propchaos limit`. */
export function addLimit(program: Command, done: (code: number) => void): void {
  const command = program
    .command("limit")
    .summary("the infinite-width dynamics alone")
    .description(DESCRIPTION)
    .argument("<problem>", 'name of a problem; see "propchaos problems"');
  command.option("--paths <n>", "keep alpha = <w, w*> of n particles at every record", readNumber);
  addDryRun(addOutputOptions(addRunOptions(command), "limit.json and limit.csv"))
    .addHelpText("after", HELP)
    .action(async (problem: string, flags: RunFlags) => {
      const { time, step, dynamics, gradient, tolerance, record, workers, paths } = flags;
      const settings = { time, step, dynamics, gradient, tolerance, record, workers, alphaPaths: paths };
      done(
        await runJob({
          problem,
          flags,
          settings: settingsLine(flags),
          files: ["limit.json", "limit.csv"],
          predict: (engine, model) => predictLimit(engine, model, settings),
          compute: (engine, model, control) => meanFieldLimit(engine, model, { ...settings, ...control }),
          summary: limitSummary,
        }),
      );
    });
}
