// The limit constants of the gap: how long they take, and two hundred networks beside them.

import { createEngine } from "../src/engine/index.ts";
import { approximationGap } from "../src/gap/approximation-gap.ts";
import { problems } from "../src/problem/zoo.ts";
import { gapLimitConstants } from "../src/theory/constants/gap-limit-constants.ts";
import { medians } from "./harness.ts";

/** Medians of 3 over problems, dimensions and tolerances. */
export async function benchConstants(): Promise<void> {
  const engine = await createEngine();
  console.log("\nLimit constants of the gap, 33 records, medians of 3");
  for (const [name, d, time, tolerance] of [
    ["He4", 32, 8, 1e-3],
    ["He4", 32, 8, 1e-4],
    ["He4", 32, 8, 1e-6],
    ["He3", 32, 8, 1e-4],
    ["NP_mis", 32, 8, 1e-4],
    ["Ge4", 32, 8, 1e-3],
    ["He4", 10_000, 8, 1e-4],
  ] as const) {
    const problem = problems[name]({ d });
    const solve = () => gapLimitConstants(engine, problem, { time, tolerance });
    const { errorEstimate, nodes, steps, modes } = await solve();
    const [ms] = await medians([{ name, run: solve }], { warmup: 0, runs: 3 });
    const what = `${name}, d = ${d}, time ${time}, tolerance ${tolerance}`.padEnd(46);
    console.log(
      `  ${what}${(ms / 1000).toFixed(2).padStart(8)} s   error estimate ${errorEstimate?.toExponential(1)}, ${nodes} nodes, ${steps} steps, ${modes} modes`,
    );
  }
  engine.dispose();
}

/** He4, d = 32: networks of width 256 along gradient flow, in standard errors away from the constants. */
export async function benchConstantsAgainstNetworks(): Promise<void> {
  const engine = await createEngine();
  const problem = problems.He4({ d: 32 });
  const [m, seeds, record] = [256, 200, [1, 2]];
  const constants = await gapLimitConstants(engine, problem, { time: 2, record, tolerance: 1e-5 });
  const settings = { time: 2, record, dynamics: "flow", step: 0.05 } as const;
  const { widths } = await approximationGap(engine, problem, { ...settings, widths: [m], seeds });
  const [{ mTimesFunctionGap, mTimesMeanSquaredDelta }] = widths;
  console.log(`\nLimit constants beside ${seeds} networks of width ${m}, He4, d = 32`);
  for (const [k, t] of record.entries()) {
    for (const [what, { mean, stderr }, limit] of [
      ["m E|f - f_MF|^2", mTimesFunctionGap, constants.mTimesFunctionGap[k]],
      ["m E|Delta|^2", mTimesMeanSquaredDelta, constants.mTimesMeanSquaredDelta[k]],
    ] as const) {
      const away = (mean[k] - limit) / stderr[k];
      console.log(
        `  t = ${t}  ${what.padEnd(16)} ${mean[k].toFixed(6)} +- ${stderr[k].toFixed(6)}, constant ${limit.toFixed(6)}, ${away.toFixed(2)} standard errors`,
      );
    }
  }
  engine.dispose();
}
