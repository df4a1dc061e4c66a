// The infinite-width limit against closed forms, symmetries and wide networks; its records and its edges.

import {
  approximationGap,
  createEngine,
  type Engine,
  type LimitOptions,
  meanFieldLimit,
  problems,
  risk,
  type SingleIndexProblem,
  trainNetwork,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { coefficientsOf, distance, hermiteProblem, notFinite, unitRows } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const DYNAMICS = [
  { dynamics: "flow" },
  { dynamics: "pgd", gradient: "riemannian" },
  { dynamics: "pgd", gradient: "euclidean" },
] as const;

/** E alpha^k, alpha the first coordinate of a uniform point of the sphere of R^d: (k-1)!! / (d (d+2) ... (d+k-2)). */
function uniformMoment(k: number, d: number): number {
  if (k % 2 === 1) return 0;
  let moment = 1;
  for (let j = 0; j < k / 2; j++) moment *= (2 * j + 1) / (d + 2 * j);
  return moment;
}

/**
 * L(0) = sum b_k^2 - 2 sum b_k c_k E alpha^k + sum c_k^2 E alpha^k: the inner product of two independent uniform points
 * has the law of alpha.
 */
function initialLoss({ d, activation, link }: SingleIndexProblem): number {
  const c = coefficientsOf(activation);
  const b = coefficientsOf(link);
  let loss = b.reduce((sum, value) => sum + value * value, 0);
  for (let k = 0; k < c.length; k++) loss += (c[k] * c[k] - 2 * (b[k] ?? 0) * c[k]) * uniformMoment(k, d);
  return loss;
}

async function limitOf(problem: SingleIndexProblem, options: Partial<LimitOptions>) {
  return meanFieldLimit(engine, problem, { time: 1, dynamics: "flow", ...options });
}

const PROBLEMS: [string, SingleIndexProblem][] = [
  ["He4, d = 32", problems.He4({ d: 32 })],
  ["He3, d = 2", problems.He3({ d: 2 })],
  ["He4_misspecified, d = 3", problems.He4_misspecified({ d: 3 })],
  ["He4_small, d = 1000000", problems.He4_small({ d: 1_000_000 })],
  ["Ge4, d = 16", problems.Ge4({ d: 16 })],
  ["NP_mis, d = 2", problems.NP_mis({ d: 2 })],
  ["all degrees, d = 5", hermiteProblem(5, [0.7, -0.2, 0.5, 0.3, -0.6], [-0.1, 0.4, 0.8, -0.3, 0.2])],
  ["link of higher degree, d = 7", hermiteProblem(7, [0, 0.5, 0.5], [0.3, 0, 0, 0, 0, 2])],
  ["activation of higher degree, d = 7", hermiteProblem(7, [0, 0.5, 0, 0, 0, 0, 0.4], [0, 1])],
  ["constants, d = 2", hermiteProblem(2, [2], [-3])],
  ["degree 128, d = 3", hermiteProblem(3, { 2: 0.5, 128: 1 })],
];

describe("at time 0", () => {
  test.each(PROBLEMS)("the loss is the closed form of the uniform law: %s", async (_, problem) => {
    const limit = await limitOf(problem, { time: 0 });
    const expected = initialLoss(problem);
    expect(Math.abs(limit.loss[0] - expected)).toBeLessThan(1e-13 * Math.max(1, expected));
    expect([...limit.time]).toEqual([0]);
    expect(limit.status).toBe("completed");
    expect(limit.alphaAt(0.3, 0)).toBe(0.3);
  });

  test.each([2, 3, 4, 32, 10_000])("E alpha = 0 and E alpha^2 = 1/d for d = %i", async (d) => {
    // An odd problem, so that both halves of the law are there.
    const limit = await limitOf(problems.He3({ d }), { time: 0 });
    expect(Math.abs(limit.meanAlpha[0])).toBeLessThan(1e-15);
    expect(Math.abs(limit.meanAlpha2[0] * d - 1)).toBeLessThan(1e-12);
  });

  test("many small networks have on average the limit's loss plus their own energy over m", async () => {
    // E risk = L + (E sigma^2 - E q(s)) / m, exactly, for independent uniform particles.
    const problem = problems.He4_misspecified({ d: 4 });
    const m = 3;
    const c = coefficientsOf(problem.activation);
    const excess = c.reduce((sum, value, k) => sum + value * value * (1 - uniformMoment(k, 4)), 0) / m;
    const report = await approximationGap(engine, problem, { widths: [m], time: 0, seeds: 2000 });
    const { mean, stderr } = report.widths[0].loss;
    expect(stderr[0]).toBeGreaterThan(0);
    expect(Math.abs(mean[0] - initialLoss(problem) - excess)).toBeLessThan(4 * stderr[0]);
  });
});

describe("a linear activation in three dimensions has a closed form", () => {
  // alpha = (alpha_0 + T) / (1 + alpha_0 T), T = tanh(tau), dtau/dt = psi = 1 - M, M = E alpha over alpha_0 uniform in
  // [-1, 1]; loss = 1 - 2 M + M^2.
  const meanOf = (T: number) =>
    T < 1e-3 ? (2 * T) / 3 + (2 * T ** 3) / 15 : 1 / T - ((1 - T * T) / (2 * T * T)) * Math.log((1 + T) / (1 - T));

  test("loss, E alpha and single particles agree within 1e-7", async () => {
    const record = [0.25, 0.5, 1, 2, 4];
    const limit = await limitOf(hermiteProblem(3, { 1: 1 }), { time: 4, record, tolerance: 1e-10 });
    const rate = (tau: number) => 1 - meanOf(Math.tanh(tau));
    const h = 1 / 1024;
    let tau = 0;
    let steps = 0;
    for (const [k, t] of record.entries()) {
      for (; steps < t / h; steps++) {
        const k1 = rate(tau);
        const k2 = rate(tau + (h / 2) * k1);
        const k3 = rate(tau + (h / 2) * k2);
        const k4 = rate(tau + h * k3);
        tau += (h / 6) * (k1 + 2 * k2 + 2 * k3 + k4);
      }
      const T = Math.tanh(tau);
      const M = meanOf(T);
      expect(Math.abs(limit.meanAlpha[k] - M)).toBeLessThan(1e-7);
      expect(Math.abs(limit.loss[k] - (1 - 2 * M + M * M))).toBeLessThan(1e-7);
      for (const alpha0 of [-0.999, -0.5, 0, 0.3, 0.99])
        expect(Math.abs(limit.alphaAt(alpha0, k) - (alpha0 + T) / (1 + alpha0 * T))).toBeLessThan(1e-7);
    }
  });
});

describe("symmetries of the transport", () => {
  test.each(DYNAMICS)(
    "even problems: 0 stays 0 and -alpha mirrors alpha, to the bit ($dynamics $gradient)",
    async (o) => {
      for (const problem of [problems.He4({ d: 5 }), problems.NP_mis({ d: 2 })]) {
        const limit = await limitOf(problem, { ...o, time: 2 });
        const last = limit.time.length - 1;
        expect(Math.abs(limit.alphaAt(0, last))).toBe(0);
        for (const alpha0 of [1e-9, 0.1, 0.7, 0.999]) {
          expect(limit.alphaAt(-alpha0, last)).toBe(-limit.alphaAt(alpha0, last));
        }
        expect(distance(limit.meanAlpha, new Float64Array(last + 1))).toBe(0);
      }
    },
  );

  test.each(DYNAMICS)("particles on the axis stay there, and no two cross ($dynamics $gradient)", async (o) => {
    for (const problem of [problems.He3({ d: 3 }), hermiteProblem(4, [0, 0.5, -0.4, 0.7], [0, 0.6, 0.5, 0.2])]) {
      const limit = await limitOf(problem, { ...o, time: 2 });
      const last = limit.time.length - 1;
      expect([limit.alphaAt(1, last), limit.alphaAt(-1, last)]).toEqual([1, -1]);
      const starts = Array.from({ length: 41 }, (_, i) => -1 + i / 20);
      const ends = starts.map((alpha0) => limit.alphaAt(alpha0, last));
      for (let i = 1; i < ends.length; i++) expect(ends[i]).toBeGreaterThan(ends[i - 1]);
    }
  });

  test("the sign of the link's odd part only turns the axis round", async () => {
    const limit = await limitOf(hermiteProblem(6, { 3: 1 }), { time: 3 });
    const mirrored = await limitOf(hermiteProblem(6, { 3: 1 }, { 3: -1 }), { time: 3 });
    expect(distance(mirrored.loss, limit.loss)).toBeLessThan(1e-14);
    expect(Math.abs(mirrored.alphaAt(-0.4, 32) + limit.alphaAt(0.4, 32))).toBeLessThan(1e-14);
  });

  test("a negative even coefficient drives particles from the poles towards the equator", async () => {
    // Early on: later the particles, crowded there, push each other back.
    const limit = await limitOf(hermiteProblem(4, { 4: 1 }, { 4: -0.5 }), { time: 0.1 });
    for (const alpha0 of [0.3, 0.6, 0.95]) {
      expect(limit.alphaAt(alpha0, 32)).toBeLessThan(alpha0);
      expect(limit.alphaAt(alpha0, 32)).toBeGreaterThan(0);
    }
    expect(limit.loss[32]).toBeLessThan(limit.loss[0]);
  });
});

describe("an activation and a link that are c times as large", () => {
  test.each(DYNAMICS)("do the same c^2 times as fast ($dynamics $gradient)", async (o) => {
    const limit = await limitOf(hermiteProblem(4, { 4: 1 }), { time: 0.1, step: 0.025, record: 5, ...o });
    // From the second on the tolerance is below what rounding does to the loss: refinement ends there all the same.
    for (const c of [2 ** 5, 2 ** 14, 2 ** 260]) {
      const [time, step] = [0.1 / c / c, 0.025 / c / c];
      const larger = await limitOf(hermiteProblem(4, { 4: c }), { time, step, record: 5, ...o });
      expect(larger.status).toBe("completed");
      larger.loss.forEach((loss, k) => {
        expect(Math.abs(loss / c / c / limit.loss[k] - 1)).toBeLessThan(1e-8);
        expect(Math.abs(larger.alphaAt(0.3, k) - limit.alphaAt(0.3, k))).toBeLessThan(1e-7);
      });
    }
  });
});

describe("degrees that do not meet", () => {
  test.each([
    ["different degrees", hermiteProblem(3, { 4: 1 }, { 3: 1 })],
    ["a constant activation", hermiteProblem(3, [2], [0, 1])],
    ["a zero activation", hermiteProblem(8, [0], { 4: 1 })],
  ])("without an information exponent nothing moves: %s", async (_, problem) => {
    expect(problem.informationExponent).toBeNull();
    for (const options of DYNAMICS) {
      const limit = await limitOf(problem, { ...options, time: 4 });
      expect(limit.status).toBe("completed");
      expect(distance(limit.loss, new Float64Array(33).fill(initialLoss(problem)))).toBeLessThan(1e-12);
      for (const alpha0 of [-0.9, 0.1, 0.5]) expect(Math.abs(limit.alphaAt(alpha0, 32) - alpha0)).toBeLessThan(1e-12);
    }
  });

  test("what the activation cannot reach of the link adds its square to the loss and moves nothing", async () => {
    const plain = await limitOf(hermiteProblem(5, { 3: 1 }), { time: 2 });
    const wide = await limitOf(hermiteProblem(5, { 3: 1 }, { 3: 1, 7: 0.5 }), { time: 2 });
    expect(
      distance(
        wide.loss,
        plain.loss.map((loss) => loss + 0.25),
      ),
    ).toBeLessThan(1e-13);
    expect(wide.alphaAt(0.3, 32)).toBe(plain.alphaAt(0.3, 32));
  });

  test("constants add (b_0 - c_0)^2 to the loss and move nothing in the flow", async () => {
    const plain = await limitOf(problems.He4({ d: 5 }), { time: 2 });
    const shifted = await limitOf(hermiteProblem(5, { 0: 0.5, 4: 1 }, { 0: -1, 4: 1 }), { time: 2 });
    expect(
      distance(
        shifted.loss,
        plain.loss.map((loss) => loss + 2.25),
      ),
    ).toBeLessThan(1e-12);
    expect(Math.abs(shifted.alphaAt(0.3, 32) - plain.alphaAt(0.3, 32))).toBeLessThan(1e-13);
  });
});

describe("records", () => {
  const problem = problems.He4({ d: 6 });

  test("a count means equal times with 0 and the end; the default is 33", async () => {
    expect([...(await limitOf(problem, { record: 3 })).time]).toEqual([0, 0.5, 1]);
    const { time, loss } = await limitOf(problem, {});
    expect(time.length).toBe(33);
    expect(loss.length).toBe(33);
    expect([time[0], time[8], time[32]]).toEqual([0, 0.25, 1]);
  });

  test("flow hits listed times exactly, and what is recorded does not depend on the list", async () => {
    const times = [0.1, 0.123456789, 0.9];
    const limit = await limitOf(problem, { record: Float64Array.from(times) });
    expect([...limit.time]).toEqual(times);
    const alone = await limitOf(problem, { record: [0.9] });
    expect([...alone.time]).toEqual([0.9]);
    expect(Math.abs(alone.loss[0] - limit.loss[2])).toBeLessThan(2e-8);
  });

  test("PGD moves times to the nearest step and reports that time", async () => {
    const limit = await limitOf(problem, { dynamics: "pgd", step: 0.1, record: [0.04, 0.16, 0.33, 1] });
    expect(distance(limit.time, [0, 0.2, 0.3, 1])).toBeLessThan(1e-15);
    const all = await limitOf(problem, { dynamics: "pgd", step: 0.1, record: 11 });
    expect([...limit.loss]).toEqual([0, 2, 3, 10].map((k) => all.loss[k]));
  });

  test("a short PGD run is recorded at every step by default", async () => {
    const { time } = await limitOf(problem, { dynamics: "pgd", time: 0.3, step: 0.1 });
    expect(distance(time, [0, 0.1, 0.2, 0.3])).toBeLessThan(1e-15);
  });

  test("a time that is a whole number of steps but for rounding is taken, any other is not", async () => {
    // 0.1 * 3 is not 0.3 in binary.
    expect((await limitOf(problem, { dynamics: "pgd", time: 0.3, step: 0.1, record: [0.3] })).steps).toBe(3);
    await expect(limitOf(problem, { dynamics: "pgd", time: 1, step: 0.3 })).rejects.toThrow(RangeError);
    await expect(limitOf(problem, { dynamics: "pgd", time: 1 + 1e-8, step: 0.1 })).rejects.toThrow(/^time must/);
  });

  test("a run along the flow may be shorter than the default step", async () => {
    const limit = await limitOf(problem, { time: 0.001, record: [0.001] });
    expect(limit.loss[0]).toBeLessThan(initialLoss(problem));
  });

  test("the document is plain JSON and says how it was made", async () => {
    const limit = await limitOf(problem, { record: [0, 1], tolerance: 1e-6 });
    const document = JSON.parse(JSON.stringify(limit));
    expect(document.settings).toEqual({
      time: 1,
      step: null,
      dynamics: "flow",
      gradient: "riemannian",
      tolerance: 1e-6,
      record: [0, 1],
    });
    expect(document.time).toEqual([0, 1]);
    expect(document.loss).toEqual([...limit.loss]);
    expect(document.schema).toBe("propchaos/limit@1");
    expect(notFinite(limit)).toEqual([]);
  });

  test("its settings give the run again, to the bit", async () => {
    for (const options of DYNAMICS) {
      const first = await limitOf(problem, { ...options, record: 4 });
      const { settings, loss } = JSON.parse(JSON.stringify(first));
      expect([...(await meanFieldLimit(engine, problem, settings)).loss]).toEqual(loss);
    }
  });

  test("alphaAt refuses what is no record or no starting point, and an engine that is gone", async () => {
    const own = await createEngine();
    const limit = await meanFieldLimit(own, problem, { time: 1, dynamics: "flow", record: [1] });
    expect(() => limit.alphaAt(0.5, 1)).toThrow(RangeError);
    expect(() => limit.alphaAt(0.5, -1)).toThrow(RangeError);
    expect(() => limit.alphaAt(1.0001, 0)).toThrow(/^alpha0 must be .* at most 1; got 1.0001/);
    expect(() => limit.alphaAt("0.5" as unknown as number, 0)).toThrow(TypeError);
    own.dispose();
    expect(() => limit.alphaAt(0.5, 0)).toThrow(/^engine must be an engine that is not disposed/);
  });
});

describe("the limit and networks", () => {
  test.each(DYNAMICS)("alphaAt is the partner that the gap is measured against ($dynamics $gradient)", async (o) => {
    const d = 5;
    const problem = hermiteProblem(d, [0, 0.3, 0.5, 0.2, 1]);
    const initial = unitRows(7, d, 3);
    const settings = { ...o, time: 2, step: 0.1, record: [0.5, 2] };
    const limit = await meanFieldLimit(engine, problem, settings);
    const network = await trainNetwork(engine, problem, { ...settings, initial, keep: "all" });
    const report = await approximationGap(engine, problem, { ...settings, initial });
    for (let k = 0; k < 2; k++) {
      const W = network.particles(k);
      const gaps = Array.from({ length: 7 }, (_, i) => {
        const w = initial.subarray(i * d, (i + 1) * d);
        const alpha = limit.alphaAt(w[0], k);
        const stretch = Math.sqrt((1 - alpha * alpha) / (1 - w[0] * w[0]));
        const squares = Array.from(w, (x, c) => (W[i * d + c] - (c === 0 ? alpha : stretch * x)) ** 2);
        return Math.sqrt(squares.reduce((sum, x) => sum + x, 0));
      });
      expect(distance(report.delta(k), gaps)).toBeLessThan(1e-12);
    }
  });

  test("a particle on the axis has a partner that stays there", async () => {
    const initial = Float64Array.of(1, 0, 0, 0, 0, 1, -1, 0, 0);
    const report = await approximationGap(engine, problems.He3({ d: 3 }), { initial, time: 1, step: 0.1 });
    expect(notFinite(report)).toEqual([]);
    expect([report.delta(10)[0], report.delta(10)[2]]).toEqual([0, 0]);
  });

  test("the mean loss of three wide networks is the limit's within a few / m", async () => {
    const m = 4096;
    const problem = problems.He4({ d: 8 });
    const report = await approximationGap(engine, problem, {
      widths: [m],
      seeds: 3,
      time: 1,
      step: 0.2,
      record: [0, 1],
    });
    for (let k = 0; k < 2; k++)
      expect(Math.abs(report.widths[0].loss.mean[k] - report.meanField.loss[k])).toBeLessThan(30 / m);
    expect(report.widths[0].functionGap.mean[1]).toBeLessThan(5 / m);
    expect(report.widths[0].meanSquaredDelta.mean[1]).toBeLessThan(5 / m);
  });

  test("a network of one particle on the teacher is the limit of no other problem: its gap stands above zero", async () => {
    const teacher = Float64Array.of(1, 0, 0);
    const problem = problems.He4({ d: 3 });
    expect(Math.abs(await risk(engine, problem, teacher))).toBeLessThan(1e-15);
    const report = await approximationGap(engine, problem, { initial: teacher, time: 1 });
    // The particle does not move, but f_MF is another function.
    expect(report.widths[0].meanDelta.mean.at(-1)).toBe(0);
    expect(report.widths[0].functionGap.mean[0]).toBeGreaterThan(0.1);
  });
});
