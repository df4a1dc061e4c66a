// Wide networks approach the limit with several indices at the rate 1/m, each particle along its own mean-field path.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDynamics, type DynamicsOptions } from "../../src/core/dynamics.ts";
import { Run } from "../../src/core/run.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { meanFieldPaths } from "../../src/limit/paths.ts";
import type { LimitState, Solution } from "../../src/limit/refine.ts";
import { solveLimit } from "../../src/limit/solve.ts";
import { trainNetwork } from "../../src/network/train.ts";
import type { MultiIndexProblem } from "../../src/problem/types.ts";
import { problems } from "../../src/problem/zoo.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

/** m |f_W - f_MF|^2 and m E|Delta|^2 at the records of one network. */
async function scaledGaps(
  problem: MultiIndexProblem,
  limit: Solution,
  m: number,
  options: DynamicsOptions,
  seed: number,
) {
  const { d } = problem;
  const plan = checkDynamics(options);
  const network = await trainNetwork(engine, problem, { ...options, width: m, seed, keep: "all" });
  const region = engine.arena.reserve("rows", { W: Math.ceil(m / 8) * 8 * d });
  const { W } = region.slots;
  const paths = meanFieldPaths(engine, limit.path, { m, d, stride: d });
  const gaps: { f: number; delta: number }[] = [];
  for (let k = 0; k < plan.times.length; k++) {
    const rows = network.particles(k);
    W.view.set(rows);
    if (k === 0) paths.start(W);
    await paths.advanceTo(k, new Run({}));
    // |f_W|^2 = mean q(<w_i, w_j>) = |mean w (x) w (x) w (x) w|^2 for h_4, by the mean of (w_i (x) w_i) over pairs.
    let energy = 0;
    for (let i = 0; i < m; i++) {
      let sum = 0;
      for (let j = 0; j < i; j++) {
        let s = 0;
        for (let c = 0; c < d; c++) s += rows[i * d + c] * rows[j * d + c];
        sum += s * s * (s * s);
      }
      energy += 1 + 2 * sum;
    }
    energy /= m * m;
    const f = energy - 2 * paths.overlap(k, W) + paths.energy(k);
    const delta = paths.distances(W).reduce((sum, x) => sum + x * x, 0) / m;
    gaps.push({ f: m * f, delta: m * delta });
  }
  paths.free();
  region.free();
  return gaps;
}

describe("networks beside their limit", () => {
  const CASES: [string, MultiIndexProblem, DynamicsOptions][] = [
    ["He4_orth", problems.He4_orth({ d: 8 }), { time: 1, step: 0.1, record: [0, 0.5, 1] }],
    ["He4_orth, Euclidean", problems.He4_orth({ d: 8 }), { time: 1, step: 0.1, gradient: "euclidean", record: [0, 1] }],
    ["Man_2, flow", problems.Man_2({ d: 8 }), { time: 1, step: 0.1, dynamics: "flow", record: [0, 1] }],
    ["eight random teachers, r = 8", problems.He4_random_8_8({ d: 8 }), { time: 0.5, step: 0.1, record: [0, 0.5] }],
  ];
  test.each(CASES)(
    "m |f - f_MF|^2 and m E|Delta|^2 do not depend on m: %s",
    async (_, problem, options) => {
      const state: LimitState = { solution: null, errorEstimate: null, particleErrorEstimate: null };
      await solveLimit(engine, problem, checkDynamics(options), 1e-4, new Run({}), state);
      const limit = state.solution as Solution;
      const mean = async (m: number, seeds: number) => {
        const all: { f: number; delta: number }[][] = [];
        for (let seed = 1; seed <= seeds; seed++) all.push(await scaledGaps(problem, limit, m, options, seed));
        return all[0].map((_, k) => ({
          f: all.reduce((sum, gaps) => sum + gaps[k].f, 0) / seeds,
          delta: all.reduce((sum, gaps) => sum + gaps[k].delta, 0) / seeds,
        }));
      };
      const narrow = await mean(128, 16);
      const wide = await mean(2048, 1);
      narrow.forEach(({ f, delta }, k) => {
        // A network is a sum of 77 moments at d = 8, so a single one is within some tens of percent of its expectation.
        expect(wide[k].f / f).toBeGreaterThan(0.6);
        expect(wide[k].f / f).toBeLessThan(1.6);
        if (k === 0) {
          expect(delta).toBeLessThan(1e-25);
        } else {
          expect(wide[k].delta / delta).toBeGreaterThan(0.4);
          expect(wide[k].delta / delta).toBeLessThan(2);
        }
      });
      // At time 0 the expectation is q(1) - E q = 1 - 3 / (d (d + 2)).
      expect(Math.abs(narrow[0].f - (1 - 3 / 80))).toBeLessThan(0.15);
    },
    20_000,
  );
});
