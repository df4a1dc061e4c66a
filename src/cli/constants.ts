// propchaos constants: the limit constants of the gap, no network.

import type { Command } from "commander";
import { gapLimitConstants } from "../index.ts";
import {
  addHorizonOptions,
  addPlainOutputOptions,
  addRecordOption,
  addRelativeTolerance,
  type SharedFlags,
} from "./options.ts";
import { runJob } from "./session.ts";
import { constantsSummary } from "./summary-constants.ts";

const DESCRIPTION = `Computes what the gap between a network of width m and its limit comes to, times m, as m grows: no network, no random numbers.

Along gradient flow

  m E|f - f_MF|^2   and   m E|Delta|^2,   Delta_i(t) = w_i(t) - xi_i(t)

converge to constants: the random start makes Gaussian fluctuations of size 1/sqrt(m) about the infinite-width law, and these obey a linear equation along it. For problems of one direction w*, all signs +1.`;

const HELP = `
Results: a table on stdout over time. With --out DIR also DIR/constants.json and
DIR/constants.csv. Times and nodes are refined until both constants have settled
to --tolerance, relative. A network of width m then has a gap of about the
constant divided by m: compare "propchaos gap --dynamics flow".

Exit codes: 0 done, 1 failed or diverged, 2 wrong usage, 130 interrupted (what
is finished is kept and written).

Examples:
  $ propchaos constants He4
  $ propchaos constants He3 --d 1000 --time 40 --tolerance 1e-3
  $ propchaos constants NP_mis --time 8 --record 0,1,2,4,8 --json
`;

interface ConstantsFlags extends SharedFlags {
  tolerance: number;
}

/** Adds `propchaos constants`. */
export function addConstants(program: Command, done: (code: number) => void): void {
  const command = program
    .command("constants")
    .summary("the gap times m in the limit of large m, without a network")
    .description(DESCRIPTION)
    .argument("<problem>", 'name of a problem; see "propchaos problems"');
  addRecordOption(addRelativeTolerance(addHorizonOptions(command, 8)));
  addPlainOutputOptions(command, "constants.json and constants.csv")
    .addHelpText("after", HELP)
    .action(async (problem: string, flags: ConstantsFlags) => {
      const { time, tolerance, record } = flags;
      done(
        await runJob({
          problem,
          flags,
          settings: `gradient flow to flow time ${time}, relative tolerance ${tolerance}`,
          files: ["constants.json", "constants.csv"],
          compute: (engine, model, control) =>
            gapLimitConstants(engine, model, { time, tolerance, record, ...control }),
          summary: constantsSummary,
        }),
      );
    });
}
