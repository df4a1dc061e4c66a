// Options of training, each against its formula written out: Langevin noise, the correlation objective, the path norm,
// gradient flow on data, float32.

import {
  createEngine,
  type Engine,
  hermite,
  type Problem,
  problems,
  relu,
  singleIndex,
  type TrainOptions,
  trainNetwork,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { normal } from "../support/philox.ts";
import {
  alternating,
  meanSquare,
  normalised,
  outputs,
  tangent,
  velocity,
  velocityOf,
} from "../support/plain-network.ts";
import { distance, generator, logLogSlope, unitRows } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

function samples(n: number, d: number, seed = 1): { inputs: Float64Array; labels: Float64Array } {
  const random = generator(seed);
  const inputs = Float64Array.from({ length: n * d }, () => 2 * (random() + random() + random() - 1.5));
  return { inputs, labels: Float64Array.from({ length: n }, () => 2 * random() - 0.5) };
}

const train = (problem: Problem, options: TrainOptions) => trainNetwork(engine, problem, options);

describe("langevin", () => {
  // sigma' = 0: nothing but noise moves the particles.
  const still = singleIndex({ d: 3, activation: hermite([1]) });
  const noise = (seed: number, m: number, d: number, step: number) =>
    Float64Array.from({ length: m * d }, (_, at) => normal([seed, 0], [5, Math.floor(at / d), at % d, step]));

  test.each(["population", "samples"])(
    "adds step s z, the normals of the documentation, fresh in each step: %s",
    async (on) => {
      const [m, d, seed] = [7, 3, 9];
      const W = unitRows(m, d, 1);
      const run = await train(still, {
        ...{ initial: W, time: 0.75, step: 0.25, record: 4, keep: "all", seed, langevin: 1.5 },
        data: on === "population" ? "population" : { samples: 4 },
      });
      let now: Float64Array = W;
      for (let k = 0; k < 3; k++) {
        const z = noise(seed, m, d, k);
        now = normalised(
          now.map((w, at) => w + 0.25 * 1.5 * z[at]),
          d,
        );
        expect(distance(run.particles(k + 1), now)).toBeLessThan(1e-13);
      }
      expect(run.settings).toMatchObject({ langevin: 1.5, seed });
    },
  );

  test("is the same for particle i at every width, and grows with its strength", async () => {
    const options = { time: 0.4, step: 0.1, record: [0.4] };
    const particles = async (width: number, langevin: number) =>
      (await train(problems.Zero({ d: 5 }), { ...options, width, langevin, objective: "correlation" })).particles();
    // No target and no interaction: only noise.
    expect((await particles(6, 0.3)).slice(0, 20)).toEqual(await particles(4, 0.3));
    const start = await particles(4, 0);
    const far = [0.001, 0.002, 0.004];
    const ways: number[] = [];
    for (const s of far) ways.push(distance(await particles(4, s), start));
    expect(ways[1] / ways[0]).toBeCloseTo(2, 2);
    expect(ways[2] / ways[1]).toBeCloseTo(2, 2);
  });

  test("comes on top of the velocity, and the norm stays 1", async () => {
    const [m, d] = [6, 4];
    const problem = problems.He3({ d });
    const data = samples(30, d);
    const W = unitRows(m, d, 2);
    const run = await train(problem, { initial: W, time: 0.1, step: 0.1, record: [0.1], langevin: 0.7, seed: 2, data });
    const v = velocity({ activation: problem.activation, W, d }, data);
    const z = noise(2, m, d, 0);
    const plain = normalised(
      W.map((w, at) => w + 0.1 * (v[at] + 0.7 * z[at])),
      d,
    );
    expect(distance(run.particles(), plain)).toBeLessThan(1e-13);
    expect(distance(normalised(run.particles(), d), run.particles())).toBeLessThan(1e-15);
  });
});

describe("the correlation objective", () => {
  test("on the population: the teacher's part of the velocity alone, the risk as ever", async () => {
    const [m, d] = [5, 4];
    const [b, c] = [
      [0.3, 1, 0.5, 0.2],
      [0.1, 0.7, -0.4, 0.6],
    ];
    const problem = singleIndex({ d, activation: hermite(c), link: hermite(b), signed: true });
    const W = unitRows(m, d, 3);
    const options = { initial: W, time: 0.2, step: 0.2, record: [0, 0.2] };
    const run = await train(problem, { ...options, objective: "correlation" });
    // a_i phi'(<w_i, e_1>) P_w e_1 with phi = sum b_k c_k s^k
    const signs = alternating(m);
    const pull = W.map((_, at) => {
      const s = W[at - (at % d)];
      const slope = b.reduce((sum, bk, k) => sum + bk * c[k] * k * s ** Math.max(0, k - 1), 0);
      return at % d === 0 ? signs[at / d] * slope : 0;
    });
    expect(distance(velocityOf(W, run.particles(), d, 0.2), tangent(W, pull, d))).toBeLessThan(1e-13);
    expect(run.loss?.[0]).toBe((await train(problem, options)).loss?.[0]);
    // Euclidean: with the radial part sum_k b_k e_k s^k, e_k = k c_k + sqrt((k+1)(k+2)) c_(k+2).
    const euclidean = await train(problem, { ...options, objective: "correlation", gradient: "euclidean" });
    const e = c.map((ck, k) => k * ck + Math.sqrt((k + 1) * (k + 2)) * (c[k + 2] ?? 0));
    const plain = W.map((w, at) => {
      const i = Math.floor(at / d);
      const s = W[i * d];
      const radial = b.reduce((sum, bk, k) => sum + bk * e[k] * s ** k, 0);
      return w + 0.2 * (tangent(W, pull, d)[at] + signs[i] * radial * w);
    });
    expect(distance(euclidean.particles(), normalised(plain, d))).toBeLessThan(1e-13);
  });

  test("along the flow no particle feels another: each goes its own way", async () => {
    const problem = problems.He4_orth({ d: 4 });
    const W = unitRows(6, 4, 4);
    const options = { time: 2, dynamics: "flow", objective: "correlation", step: 0.1 } as const;
    const all = (await train(problem, { ...options, initial: W })).particles();
    for (let i = 0; i < 6; i++) {
      const alone = await train(problem, { ...options, initial: W.slice(4 * i, 4 * i + 4) });
      expect(distance(alone.particles(), all.slice(4 * i, 4 * i + 4))).toBeLessThan(1e-12);
    }
  });
});

describe("the path norm", () => {
  test("w <- w + step (g - (lambda / m) w), off the sphere, the error with it", async () => {
    const [m, d, lambda] = [6, 4, 2.5];
    const data = samples(50, d);
    const problem = singleIndex({ d, activation: relu(), signed: true });
    let W: Float64Array = unitRows(m, d, 5);
    const run = await train(problem, {
      ...{ initial: W, time: 1, step: 0.25, record: 5, keep: "all", pathNorm: lambda, data },
    });
    const network = () => ({ activation: problem.activation, W, d, signs: alternating(m) });
    for (let k = 0; k < 5; k++) {
      expect(distance(run.particles(k), W)).toBeLessThan(1e-13);
      expect(run.trainError?.[k]).toBeCloseTo(meanSquare(outputs(network(), data.inputs), data.labels), 12);
      const g = velocity(network(), data, { gradient: "euclidean" });
      W = W.map((w, at) => w + 0.25 * (g[at] - (lambda / m) * w));
    }
    expect(run.settings).toMatchObject({ gradient: "euclidean", pathNorm: lambda });
    expect(run.loss).toBeNull();
    expect(distance(normalised(W, d), W)).toBeGreaterThan(0.1);
  });
});

describe("gradient flow on data", () => {
  const [m, d] = [5, 3];
  const problem = singleIndex({ d, activation: hermite([0, 0.5, 0.6, 0.3]), signed: true });
  const data = samples(40, d);
  const W0 = unitRows(m, d, 6);

  test("is a Runge-Kutta method of order 4 on all samples at once", async () => {
    const options = { initial: W0, time: 1.6, dynamics: "flow", record: [1.6], data } as const;
    const end = async (step: number) => (await train(problem, { ...options, step })).particles();
    // An independent integration, so fine that its error does not count.
    let W: Float64Array = W0;
    const field = (at: Float64Array) =>
      velocity({ activation: problem.activation, W: normalised(at, d), d, signs: alternating(m) }, data);
    const h = 0.005;
    for (let n = 0; n < 320; n++) {
      const along = (k: Float64Array, s: number) => W.map((w, at) => w + s * k[at]);
      const k1 = field(W);
      const k2 = field(along(k1, h / 2));
      const k3 = field(along(k2, h / 2));
      const k4 = field(along(k3, h));
      W = normalised(
        W.map((w, at) => w + (h / 6) * (k1[at] + 2 * k2[at] + 2 * k3[at] + k4[at])),
        d,
      );
    }
    const steps = [0.4, 0.2, 0.1, 0.05];
    const errors: number[] = [];
    for (const step of steps) errors.push(distance(await end(step), W));
    expect(Math.abs(logLogSlope(steps, errors) - 4)).toBeLessThan(0.4);
    expect(errors[3]).toBeLessThan(1e-5);
  });

  test("projected descent goes to it at order 1", async () => {
    const flow = (await train(problem, { initial: W0, time: 1, dynamics: "flow", step: 0.02, data })).particles();
    const steps = [0.04, 0.02, 0.01];
    const errors: number[] = [];
    for (const step of steps)
      errors.push(distance((await train(problem, { initial: W0, time: 1, step, record: 2, data })).particles(), flow));
    expect(Math.abs(logLogSlope(steps, errors) - 1)).toBeLessThan(0.1);
  });

  test("the training error never rises", async () => {
    const run = await train(problem, { initial: W0, time: 4, dynamics: "flow", step: 0.05, record: 41, data });
    const error = Array.from(run.trainError as Float64Array);
    for (let k = 1; k < error.length; k++) expect(error[k]).toBeLessThan(error[k - 1]);
  });
});

describe("float32", () => {
  test.each<[string, Problem]>([
    ["He4", problems.He4({ d: 9 })],
    ["a bump", problems.NP_mis({ d: 5 })],
    ["Boolean", problems.XOR_3({ d: 6 })],
  ])("stays near float64, and is something else: %s", async (_, problem) => {
    const options = { width: 37, time: 0.5, step: 0.1, record: 3, data: { samples: 300, batch: 128 } };
    const [single, double] = [
      await train(problem, { ...options, precision: "float32" }),
      await train(problem, options),
    ];
    expect([single.settings.precision, double.settings.precision]).toEqual(["float32", "float64"]);
    const off = distance(single.particles(), double.particles());
    expect(off).toBeLessThan(1e-5);
    expect(off).toBeGreaterThan(1e-12);
    for (const name of ["trainError", "testError"] as const)
      expect(distance(single[name] as Float64Array, double[name] as Float64Array)).toBeLessThan(1e-3);
    // The start is that of float64, and so is the population risk.
    expect(single.loss?.[0]).toBe(double.loss?.[0]);
  });
});
