// The linearised attraction in one pass over the pairs, as the linearised gap takes it.

import { expect, test } from "vitest";
import { Run } from "../../src/core/run.ts";
import { createEngine } from "../../src/engine/index.ts";
import { Particles } from "../../src/network/particles.ts";
import { PopulationHessian } from "../../src/network/population-hessian.ts";
import { hermite, relu } from "../../src/problem/activation.ts";
import { multiIndex } from "../../src/problem/multi-index.ts";
import type { Problem } from "../../src/problem/types.ts";
import { problems } from "../../src/problem/zoo.ts";
import { distance, unitRows } from "../support/arithmetic.ts";

const m = 37;
const d = 5;
const signs = Int8Array.from({ length: m }, (_, i) => (i % 3 === 0 ? -1 : 1));
const W = unitRows(m, d, 1);
const V = W.map((_, at) => Math.sin(at));
const run = new Run({});

// Without a target the velocity is minus the attraction.
test.each<[string, Problem]>([
  ["a series of both parities", { ...problems.Zero({ d }), activation: hermite([0.2, 0.5, -1, 0.3]) }],
  ["ReLU", problems.Zero({ d })],
])("is minus the velocity without target, and the interaction with it: %s", async (_, problem) => {
  const engine = await createEngine();
  const particles = new Particles(engine, { width: m, dimension: d, lanes: 4, signs, rungeKutta: false });
  const hessian = new PopulationHessian(engine, problem, particles);
  particles.set(W);
  const product = () => particles.copy(hessian.product);

  await hessian.force.velocity("riemannian", run);
  await hessian.attraction(run);
  const attraction = product();
  expect(
    distance(
      attraction,
      particles.copy(particles.V).map((v) => -v),
    ),
  ).toBeLessThan(1e-15);

  particles.set(V, hessian.direction);
  await hessian.interaction(run);
  const expected = product().map((x, at) => x + attraction[at]);
  const shares: number[] = [];
  await hessian.attraction(run, (share) => shares.push(share));
  expect(distance(product(), expected)).toBeLessThan(1e-14);
  expect(shares.at(-1)).toBe(1);

  hessian.free();
  particles.free();
  expect(engine.arena.bytesInUse).toBe(0);
});

test("memory that does not suffice for all parts is given back", async () => {
  const engine = await createEngine({ memoryLimitBytes: 2 ** 20 });
  const teachers = Array.from({ length: 20 }, (_, r) => [1, r]);
  const problem = multiIndex({ d, activation: relu(), teachers });
  let refusals = 0;
  for (let width = 1000; width < 10_000; width += 100) {
    const particles = new Particles(engine, { width, dimension: d, lanes: 4, signs: null, rungeKutta: false });
    const before = engine.arena.bytesInUse;
    try {
      new PopulationHessian(engine, problem, particles).free();
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      refusals++;
    }
    expect(engine.arena.bytesInUse).toBe(before);
    particles.free();
    if (refusals > 20) break;
  }
  expect(refusals).toBeGreaterThan(20);
});
