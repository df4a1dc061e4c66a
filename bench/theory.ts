// Theory: how long the limit constants of the gap take, and two hundred networks beside them; the gap equation beside the
// training of the network that it is about.

import { createEngine } from "../src/engine/index.ts";
import { approximationGap } from "../src/gap/approximation-gap.ts";
import { trainNetwork } from "../src/network/train.ts";
import { problems } from "../src/problem/zoo.ts";
import { gapLimitConstants } from "../src/theory/constants/gap-limit-constants.ts";
import { gapBounds } from "../src/theory/gap-equation/gap-bounds.ts";
import { linearisedGap } from "../src/theory/gap-equation/linearised-gap.ts";
import { compare, medians } from "./harness.ts";
import { record, say } from "./report.ts";

/** Medians of 3 over problems, dimensions and tolerances. */
export async function benchConstants(): Promise<void> {
  const engine = await createEngine();
  say("\nLimit constants of the gap, 33 records, medians of 3");
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
    const what = `${name}, d = ${d}, time ${time}, tolerance ${tolerance}`;
    record({ work: "limit constants", name: what, milliseconds: ms, errorEstimate, nodes, steps, modes });
    say(
      `  ${what.padEnd(46)}${(ms / 1000).toFixed(2).padStart(8)} s   error estimate ${errorEstimate?.toExponential(1)}, ${nodes} nodes, ${steps} steps, ${modes} modes`,
    );
  }
  engine.dispose();
}

/**
 * He4, d = 32, along gradient flow: m E|f - f_MF|^2 and m E|Delta|^2 of networks of widths 128 and 256, and what these say of
 * infinite width where they err by a multiple of 1/m, in standard errors away from the constants.
 */
export async function benchConstantsAgainstNetworks(): Promise<void> {
  const engine = await createEngine();
  const problem = problems.He4({ d: 32 });
  const [seeds, times] = [200, [1, 2]];
  const constants = await gapLimitConstants(engine, problem, { time: 2, record: times, tolerance: 1e-5 });
  const settings = { time: 2, record: times, dynamics: "flow", step: 0.05 } as const;
  const { widths } = await approximationGap(engine, problem, { ...settings, widths: [128, 256], seeds });
  const [narrow, wide] = widths;
  say(`\nLimit constants beside ${seeds} networks, He4, d = 32`);
  for (const [k, t] of times.entries()) {
    for (const name of ["mTimesFunctionGap", "mTimesMeanSquaredDelta"] as const) {
      const limit = constants[name][k];
      const [few, many] = [narrow, wide].map((width) => ({ mean: width[name].mean[k], stderr: width[name].stderr[k] }));
      // The networks share their particles, so their errors are not independent: this is an upper bound.
      const beyond = { mean: 2 * many.mean - few.mean, stderr: Math.hypot(2 * many.stderr, few.stderr) };
      say(`  t = ${t}, ${name}: constant ${limit.toFixed(6)}`);
      for (const [what, { mean, stderr }] of [
        ["m = 256", many],
        ["1/m extrapolated", beyond],
      ] as const) {
        const away = ((mean - limit) / stderr).toFixed(2);
        record({ work: `${name} beside the constant, t = ${t}`, name: what, mean, stderr, constant: limit });
        say(`    ${what.padEnd(18)}${mean.toFixed(6)} +- ${stderr.toFixed(6)}, ${away} standard errors away`);
      }
    }
  }
  engine.dispose();
}

/** He4, d = 32, m = 1024, 400 steps: the linearised gap, which trains the network too, and the bounds, in trainings. */
export async function benchGapEquation(): Promise<void> {
  const engine = await createEngine();
  const problem = problems.He4({ d: 32 });
  const settings = { width: 1024, time: 8, step: 0.02 };
  for (const dynamics of ["pgd", "flow"] as const) {
    await compare(
      `The gap equation, He4, d = 32, m = 1024, 400 steps, ${dynamics}`,
      [
        { name: "training alone", run: () => trainNetwork(engine, problem, { ...settings, dynamics }) },
        { name: "linearisedGap, training in it", run: () => linearisedGap(engine, problem, { ...settings, dynamics }) },
        { name: "gapBounds, 33 records", run: () => gapBounds(engine, problem, { ...settings, dynamics }) },
      ],
      { warmup: 0, runs: 1 },
    );
  }
  engine.dispose();
}
