// What holds of every network, whatever the problem, the sizes and the settings: unit norms, nested starts and samples, symmetries,
// falling risk, no gap where there can be none, the same bits from both builds, and documents that come back.

import fc from "fast-check";
import {
  approximationGap,
  createEngine,
  type Engine,
  fromNPY,
  multiIndex,
  type Problem,
  readReport,
  risk,
  type TrainedNetwork,
  type TrainingOptions,
  type TrainOptions,
  toCSV,
  toNPY,
  trainNetwork,
  velocity,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPopulation, problemOf, settingsOf, turned, turnOf } from "../support/any-problem.ts";
import { distance, generator, unitRows } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const sizes = { m: fc.integer({ min: 1, max: 9 }), d: fc.integer({ min: 2, max: 7 }), seed: fc.nat(0xffffffff) };

interface Case {
  m: number;
  d: number;
  seed: number;
  problem: Problem;
  settings: TrainingOptions & { time: number };
}

const cases: fc.Arbitrary<Case> = fc
  .record(sizes)
  .chain(({ m, d, seed }) =>
    problemOf(d).chain((problem) => settingsOf(problem).map((settings) => ({ m, d, seed, problem, settings }))),
  );

function holds<T>(of: fc.Arbitrary<T>, check: (given: T) => Promise<void>, numRuns = 40): Promise<void> {
  return fc.assert(fc.asyncProperty(of, check), { numRuns, seed: 14 });
}

/** Rounding of float32, where it is used, and of few steps. */
function near({ settings }: Pick<Case, "settings">): number {
  return settings.precision === "float32" ? 1e-4 : 1e-9;
}

/** A run whose numbers all stayed finite; others have their own tests. */
async function trained(problem: Problem, options: TrainOptions): Promise<TrainedNetwork> {
  const run = await trainNetwork(engine, problem, { keep: "all", ...options });
  fc.pre(run.status === "completed");
  return run;
}

const last = (run: TrainedNetwork) => run.particles(run.time.length - 1);

describe("particles", () => {
  test("keep norm 1 but for rounding at every record, unless a path norm takes them off the sphere", () =>
    holds(cases, async ({ m, d, seed, problem, settings }) => {
      fc.pre(settings.pathNorm === 0);
      const run = await trained(problem, { ...settings, width: m, seed });
      for (let k = 0; k < run.time.length; k++) {
        const particles = run.particles(k);
        for (let i = 0; i < m; i++) {
          const square = particles.subarray(i * d, (i + 1) * d).reduce((sum, x) => sum + x * x, 0);
          expect(Math.abs(square - 1)).toBeLessThan(1e-14 * d);
        }
      }
    }));

  test("start as the first of any wider network, to the bit, in directions that more coordinates only lengthen", () =>
    holds(
      fc.tuple(cases, fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 9 })),
      async ([{ m, d, seed, problem, settings }, wider, deeper]) => {
        const start = { ...settings, time: 0, step: 0.05, seed };
        const particles = (await trainNetwork(engine, problem, { ...start, width: m })).particles();
        const more = (await trainNetwork(engine, problem, { ...start, width: m + wider })).particles();
        expect(more.slice(0, m * d)).toEqual(particles);
        const D = d + deeper;
        const deep = (await trainNetwork(engine, { ...problem, d: D }, { ...start, width: m })).particles();
        for (let i = 0; i < m; i++) {
          const part = deep.slice(i * D, i * D + d);
          const norm = Math.sqrt(part.reduce((sum, x) => sum + x * x, 0));
          expect(
            distance(
              part.map((x) => x / norm),
              particles.slice(i * d, (i + 1) * d),
            ),
          ).toBeLessThan(1e-14);
        }
      },
    ));

  test("permute with those of the start and their signs", () =>
    holds(cases, async ({ m, d, seed, problem, settings }) => {
      // Noise belongs to the place of a particle.
      fc.pre(settings.langevin === 0);
      const W = unitRows(m, d, seed);
      const signs = Int8Array.from({ length: m }, (_, i) => (problem.signed && i % 2 === 1 ? -1 : 1));
      const random = generator(seed);
      const order = Array.from({ length: m }, (_, i) => i).sort(() => random() - 0.5);
      const permute = (rows: Float64Array) =>
        Float64Array.from(order.flatMap((i) => [...rows.slice(i * d, (i + 1) * d)]));
      const one = await trained(problem, { ...settings, initial: W, signs });
      const other = await trained(problem, {
        ...settings,
        initial: permute(W),
        signs: signs.map((_, i) => signs[order[i]]),
      });
      expect(distance(last(other), permute(last(one)))).toBeLessThan(near({ settings }));
      if (one.loss && other.loss) expect(distance(other.loss, one.loss)).toBeLessThan(near({ settings }));
    }));
});

describe("samples", () => {
  test("of a set are the first of a larger one, to the bit", () =>
    holds(fc.tuple(cases, fc.integer({ min: 1, max: 300 })), async ([{ m, seed, problem, settings }, more]) => {
      const samples = 1 + (seed % 150);
      const data = { samples, batch: samples, test: 0 };
      const one = { ...settings, dynamics: "pgd", time: 0.05, step: 0.05, width: m, seed, record: [0.05] } as const;
      const few = await trainNetwork(engine, problem, { ...one, data });
      const many = await trainNetwork(engine, problem, { ...one, data: { ...data, samples: samples + more } });
      expect(many.status).toBe(few.status);
      // A step on a batch as large as the small set: the same step.
      if (few.status === "completed") expect(many.particles()).toEqual(few.particles());
    }));

  test("have the first coordinates of those in more dimensions, to the bit", () =>
    holds(fc.tuple(cases, fc.integer({ min: 1, max: 9 })), async ([{ m, d, seed, problem, settings }, deeper]) => {
      const D = d + deeper;
      const W = unitRows(m, d, seed);
      const padded = new Float64Array(m * D);
      for (let i = 0; i < m; i++) padded.set(W.subarray(i * d, (i + 1) * d), i * D);
      const data = { samples: 1 + (seed % 150), test: 1 + (seed % 40) };
      const start = { ...settings, data, time: 0, step: 0.05, seed };
      const errors = async (in_: Problem, initial: Float64Array) => {
        const { trainError, testError } = await trainNetwork(engine, in_, { ...start, initial });
        return [...(trainError ?? []), ...(testError ?? [])];
      };
      // The network looks at the first coordinates only, as does the target.
      const [low, high] = [await errors(problem, W), await errors({ ...problem, d: D }, padded)];
      expect(low).toHaveLength(2);
      expect(high).toEqual(low);
    }));
});

describe("a turn of the space", () => {
  /** The same problem with its teachers turned: a target of one direction is one of several. */
  function turnedProblem(problem: Problem, turn: Float64Array): [Problem, Problem] | null {
    if (problem.kind === "boolean") return null;
    const { d, activation, link } = problem;
    const axis = [Float64Array.from({ length: d }, (_, c) => (c === 0 ? 1 : 0))];
    const rows = problem.kind === "single-index" ? axis : problem.teachers;
    if (!Array.isArray(rows)) return null;
    const padded = rows.map((row) => Float64Array.from({ length: d }, (_, c) => row[c] ?? 0));
    const weights = problem.kind === "single-index" ? [1] : problem.weights;
    const options = { d, activation, link, weights, signed: problem.signed };
    const teachers = padded.map((row) => turned(turn, row, d));
    return [multiIndex({ ...options, teachers: padded }), multiIndex({ ...options, teachers })];
  }

  const gaussian = fc
    .record(sizes)
    .chain(({ m, d, seed }) =>
      problemOf(d, "gaussian").chain((problem) =>
        settingsOf(problem).map((settings) => ({ m, d, seed, problem, settings })),
      ),
    );

  test("turns velocities and whole runs on the population, and leaves risks as they are", () =>
    holds(gaussian, async ({ m, d, seed, problem, settings }) => {
      const turn = turnOf(d, seed);
      const pair = turnedProblem(problem, turn);
      if (!pair) throw new Error("a Gaussian problem has teachers");
      const W = unitRows(m, d, seed);
      const [V, moved] = [await velocity(engine, pair[0], W), await velocity(engine, pair[1], turned(turn, W, d))];
      expect(distance(moved, turned(turn, V, d))).toBeLessThan(1e-11);
      const [value, same] = [await risk(engine, pair[0], W), await risk(engine, pair[1], turned(turn, W, d))];
      expect(Math.abs(value - same)).toBeLessThan(1e-11);
      const options = { ...settings, data: "population", precision: "float64", pathNorm: 0, langevin: 0 } as const;
      const one = await trained(pair[0], { ...options, initial: W });
      const other = await trained(pair[1], { ...options, initial: turned(turn, W, d) });
      expect(distance(last(other), turned(turn, last(one), d))).toBeLessThan(1e-9);
    }));

  test("of inputs and particles turns runs on data; of Boolean ones, which the corners of a cube allow", () =>
    holds(fc.tuple(cases, fc.integer({ min: 1, max: 40 })), async ([{ m, d, seed, problem, settings }, n]) => {
      const random = generator(seed);
      const boolean = problem.kind === "boolean";
      const turn = boolean ? new Float64Array(d * d) : turnOf(d, seed);
      // Coordinates change places and signs.
      if (boolean) for (let c = 0; c < d; c++) turn[c * d + ((c + 1) % d)] = random() < 0.5 ? -1 : 1;
      const inputs = Float64Array.from({ length: n * d }, () =>
        boolean ? (random() < 0.5 ? -1 : 1) : 3 * random() - 1.5,
      );
      const labels = Float64Array.from({ length: n }, () => 2 * random() - 1);
      const W = unitRows(m, d, seed);
      const options = { ...settings, langevin: 0 };
      const one = await trained(problem, { ...options, data: { inputs, labels }, initial: W });
      const other = await trained(problem, {
        ...options,
        data: { inputs: turned(turn, inputs, d), labels },
        initial: turned(turn, W, d),
      });
      // A kink makes a step of a rounding error where an input lies on it: of measure 0, but for Boolean inputs.
      const kink = boolean && problem.activation.kind === "relu" && settings.precision === "float32";
      if (!kink) expect(distance(last(other), turned(turn, last(one), d))).toBeLessThan(near({ settings }));
    }));
});

describe("along gradient flow", () => {
  const smooth = fc
    .record(sizes)
    .chain(({ m, d, seed }) => problemOf(d, "smooth").map((problem) => ({ m, d, seed, problem })));

  test("the risk never rises on the population, nor the error on the samples it is trained on", () =>
    holds(fc.tuple(smooth, fc.boolean()), async ([{ m, d, seed, problem }, onData]) => {
      const W = unitRows(m, d, seed);
      const data = onData ? { samples: 1 + (seed % 60), test: 0 } : "population";
      const options = { dynamics: "flow", initial: W, time: 0.05, step: 0.0025, record: 6, data, seed } as const;
      const run = await trained(problem, options);
      const values = onData ? run.trainError : run.loss;
      if (!values) throw new Error("nothing was measured");
      // The integrator is of order 4: its error here is far below this.
      for (let k = 1; k < values.length; k++) expect(values[k]).toBeLessThan(values[k - 1] + 1e-9 * (1 + values[0]));
    }));
});

describe("a gap", () => {
  test("is 0 at the start, of every particle of every width", () =>
    holds(
      cases,
      async ({ m, d, seed, problem, settings }) => {
        const reference = 4 * m + 3;
        const report = await approximationGap(engine, problem, {
          ...settings,
          widths: [m],
          reference,
          seeds: 2,
          seed,
          record: [0],
        });
        fc.pre(report.status === "completed");
        const [width] = report.widths;
        for (const name of ["meanDelta", "meanSquaredDelta", "maxDelta", "medianDelta", "flippedShare"] as const)
          expect([...width[name].mean, ...width[name].stderr], name).toEqual([0, 0]);
        const initial = unitRows(reference, d, seed);
        const given = await approximationGap(engine, problem, {
          ...settings,
          initial,
          widths: [m],
          reference,
          record: [0],
        });
        expect(given.delta(0)).toEqual(new Float64Array(m));
      },
      30,
    ));

  test("of a network against itself, given as a reference of many copies, stays 0", () =>
    holds(
      fc.tuple(cases, fc.integer({ min: 2, max: 4 })),
      async ([{ m, d, seed, problem, settings }, copies]) => {
        // Noise is another for each copy; signs alternate over an even number only.
        fc.pre(settings.langevin === 0 && settings.pathNorm === 0);
        const W = unitRows(m, d, seed);
        const signs = Int8Array.from({ length: m * copies }, (_, i) => (problem.signed && (i % m) % 2 === 1 ? -1 : 1));
        const initial = Float64Array.from(new Array(copies).fill([...W]).flat());
        const report = await approximationGap(engine, problem, {
          ...settings,
          initial,
          signs,
          widths: [m],
          reference: m * copies,
        });
        fc.pre(report.status === "completed");
        const [{ maxDelta, functionGap }] = report.widths;
        expect(Math.max(...maxDelta.mean)).toBeLessThan(near({ settings }));
        expect(Math.max(...functionGap.mean.map(Math.abs))).toBeLessThan(near({ settings }));
      },
      30,
    ));
});

describe("documents of runs", () => {
  test("are the same from both builds, to the bit", async () => {
    const scalar = await createEngine({ backend: "scalar" });
    try {
      await holds(cases, async ({ m, seed, problem, settings }) => {
        const options = { ...settings, width: m, seed, keep: "all" } as const;
        const [one, other] = [
          await trainNetwork(engine, problem, options),
          await trainNetwork(scalar, problem, options),
        ];
        expect({ ...(other.toJSON() as object), backend: null }).toEqual({
          ...(one.toJSON() as object),
          backend: null,
        });
        for (let k = 0; k < one.time.length; k++) expect(other.particles(k)).toEqual(one.particles(k));
        if (!hasPopulation(problem)) return;
        const W = unitRows(m, problem.d, seed);
        expect(await velocity(scalar, problem, W)).toEqual(await velocity(engine, problem, W));
        expect(await risk(scalar, problem, W)).toBe(await risk(engine, problem, W));
      });
    } finally {
      scalar.dispose();
    }
  });

  test("come back from JSON and from CSV as they were", () =>
    holds(cases, async ({ m, seed, problem, settings }) => {
      const run = await trainNetwork(engine, problem, { ...settings, width: m, seed });
      const text = JSON.stringify(run);
      const back = readReport(text);
      expect(JSON.stringify(back)).toBe(text);
      const [head, ...rows] = toCSV(run)
        .replace(/^#.*\n/gm, "")
        .trim()
        .split("\n")
        .map((row) => row.split(","));
      for (const name of ["time", "loss", "trainError", "testError"] as const) {
        const cells = rows.map((row) => row[head.indexOf(name)]);
        // The shortest text that gives the number again; an empty cell where there is none.
        expect(cells.map((cell) => (cell === "" ? null : Number(cell)))).toEqual(
          rows.map((_, k) => run[name]?.[k] ?? null),
        );
      }
      const particles = fromNPY(toNPY(run.particles(), run.shape));
      expect(particles).toEqual({ data: run.particles(), shape: run.shape });
    }));
});
