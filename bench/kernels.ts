// Each kernel against the same algorithm in plain TypeScript, and SIMD against the scalar build.

import type { Gradient } from "../src/core/dynamics.ts";
import { Run } from "../src/core/run.ts";
import { createEngine, type Engine } from "../src/engine/index.ts";
import { fillSphere } from "../src/engine/random.ts";
import { Field } from "../src/limit/field.ts";
import { LimitParticles } from "../src/limit/particles.ts";
import { Network } from "../src/network/network.ts";
import { checkTraining } from "../src/network/training.ts";
import type { Problem } from "../src/problem/types.ts";
import { problems } from "../src/problem/zoo.ts";
import { type Contender, compare, percent, processorTime, shareOf, timings } from "./harness.ts";
import { plainEnergy, plainHessians, plainMoments, plainNormals, plainSeries, plainStep } from "./peers.ts";
import { record, say } from "./report.ts";
import { curved, watchedWorks } from "./works.ts";

const CUBE = [0, 0, 0, 4];
const FOURTH = [0, 0, 0, 0, 1];
const run = new Run({});

async function sampled(engine: Engine, problem: Problem, width: number, gradient: Gradient): Promise<Network> {
  const training = checkTraining({ time: 1, step: 0.02, gradient, interaction: "pairs" }, problem);
  const network = new Network(engine, { problem, training, width, signs: null, key: { seed: 1, replica: 0 } });
  await network.start(null, run);
  return network;
}

async function population(simd: Engine, scalar: Engine, m: number, d: number): Promise<void> {
  const networks = await Promise.all(
    [simd, scalar].map((engine) => sampled(engine, problems.He4({ d }), m, "riemannian")),
  );
  const W = networks[0].particles.copy();
  await compare(
    `One PGD step of a population network, He4, m = ${m}, d = ${d}, float64 (4 m^2 d operations)`,
    [
      { name: "propchaos, simd", run: () => networks[0].step(0, run), format: "float64" },
      { name: "propchaos, scalar build", run: () => networks[1].step(0, run) },
      { name: "plain TypeScript", run: () => plainStep(W, m, d, 0.02, CUBE, CUBE) },
    ],
    { flops: 4 * m * m * d, runs: 9 },
  );
  await compare(
    `Risk of the same network (2 m^2 d operations)`,
    [
      { name: "propchaos, simd", run: () => networks[0].risk(run), format: "float64" },
      { name: "propchaos, scalar build", run: () => networks[1].risk(run) },
      { name: "plain TypeScript", run: () => plainEnergy(W, m, d, FOURTH) },
    ],
    { flops: 2 * m * m * d, runs: 9 },
  );
  for (const network of networks) network.free();
}

async function hessians(simd: Engine, scalar: Engine, m: number, d: number): Promise<void> {
  const made = [simd, scalar].map((engine) => curved(engine, problems.He4({ d }), m));
  const [fast, slow] = await Promise.all(made);
  const [W, V] = [fast.particles.copy(), fast.particles.copy(fast.hessian.direction)];
  const contenders = (which: "local" | "interaction", flops: number) =>
    compare(
      `Product with the ${which} Hessian for all particles, He4, m = ${m}, d = ${d} (${flops} m^2 d operations)`,
      [
        { name: "velocity, simd", run: () => fast.hessian.force.velocity("riemannian", run) },
        { name: "product, simd", run: () => fast.hessian[which](run) },
        { name: "product, scalar build", run: () => slow.hessian[which](run) },
        { name: "product, plain TypeScript", run: () => plainHessians(which, W, V, m, d, CUBE, [0, 0, 12]) },
      ],
      { runs: 9 },
    );
  await contenders("local", 6);
  await contenders("interaction", 8);
  for (const { free } of [fast, slow]) free();
}

async function highDegree(simd: Engine, scalar: Engine, m: number, d: number): Promise<void> {
  const problem = problems.Ge4({ d });
  const networks = await Promise.all([
    sampled(simd, problem, m, "riemannian"),
    sampled(simd, problem, m, "euclidean"),
    sampled(scalar, problem, m, "riemannian"),
  ]);
  await compare(
    `One PGD step, Ge4 (degree 94), m = ${m}, d = ${d}, both gradients`,
    [
      { name: "propchaos, simd, riemannian", run: () => networks[0].step(0, run) },
      { name: "propchaos, simd, euclidean", run: () => networks[1].step(0, run) },
      { name: "propchaos, scalar build, riemannian", run: () => networks[2].step(0, run) },
    ],
    { runs: 9 },
  );
  for (const network of networks) network.free();
}

async function random(simd: Engine, m: number, d: number): Promise<void> {
  const region = simd.arena.reserve("bench", { W: m * d });
  const out = new Float64Array(m * d);
  await compare(`${m} uniform points of the sphere, d = ${d}`, [
    {
      name: "propchaos (Philox4x32-10, counter-based)",
      run: () => fillSphere(simd, region.slots.W, { m, d, dp: d, seed: 1, replica: 0 }),
    },
    { name: "host (Math.random, log, cos), normals only", run: () => plainNormals(out) },
  ]);
  region.free();
}

async function transport(simd: Engine, scalar: Engine, name: "He4" | "Ge4", n: number): Promise<void> {
  const field = new Field(problems[name]({ d: 32 }));
  const alpha = Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n);
  const gamma = alpha.map((a) => Math.sqrt(1 - a * a));
  const weight = new Float64Array(n).fill(1 / n);
  const psi = new Float64Array(field.driveLength).fill(0.1);
  const M = new Float64Array(field.degree + 1);
  const out = new Float64Array(n);
  const contenders = [simd, scalar].map((engine) => {
    const particles = new LimitParticles(engine, field, n, true);
    particles.set(alpha, gamma);
    const region = engine.arena.reserve("bench", {
      weight: n,
      table: field.table.length,
      partial: 2 * M.length,
      M: M.length,
    });
    region.slots.weight.view.set(weight);
    region.slots.table.view.set(field.table);
    const { slots } = region;
    const moments = () =>
      engine.kernels.zonalMoments(
        particles.state.address,
        slots.weight.address,
        n,
        slots.table.address,
        field.degree,
        slots.partial.address,
        slots.M.address,
      );
    return { name: `propchaos, ${engine.backend}`, moments, series: () => particles.rate(0, psi, 0, particles.n) };
  });
  const title = `the infinite-width law, ${name} (degree ${field.degree}), ${n} nodes`;
  await compare(`Moments of ${title}`, [
    ...contenders.map(({ name, moments }) => ({ name, run: moments })),
    { name: "plain TypeScript", run: () => plainMoments(alpha, weight, field.table, M) },
  ]);
  await compare(`Velocity of ${title}`, [
    ...contenders.map(({ name, series }) => ({ name, run: series })),
    { name: "plain TypeScript (series only)", run: () => plainSeries(alpha, field.psiTable, psi, out) },
  ]);
}

/** Shares of the peak, the watched kernels in turn. */
async function shares(engine: Engine): Promise<void> {
  const works = await watchedWorks(engine, 8192);
  const contenders: Contender[] = works.map(({ name, format, run }) => ({ name, format, run }));
  const times = await timings(contenders, { warmup: 5, runs: 25, clock: processorTime });
  const title = "Share of the peak of 128-bit Wasm, by the operations of the matrix products and processor time";
  say(`\n${title}: median and best of 25`);
  for (const [i, { name, format, flops, free }] of works.entries()) {
    const { median, best } = times[i];
    const [share, bestShare] = [await shareOf(flops, median, format), await shareOf(flops, best, format)];
    const gflops = flops / median / 1e6;
    record({ work: title, name, milliseconds: median, gflops, share, bestShare });
    say(`  ${name.padEnd(72)}${gflops.toFixed(1).padStart(5)} GFLOP/s  ${percent(share)}  ${percent(bestShare)}`);
    free();
  }
}

export async function benchKernels(): Promise<void> {
  const simd = await createEngine();
  const scalar = await createEngine({ backend: "scalar" });
  await shares(simd);
  await population(simd, scalar, 1024, 32);
  await hessians(simd, scalar, 1024, 32);
  await highDegree(simd, scalar, 512, 32);
  await random(simd, 8192, 32);
  await transport(simd, scalar, "He4", 4096);
  await transport(simd, scalar, "Ge4", 4096);
}
