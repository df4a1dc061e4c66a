// Problems of every kind for properties, with what belongs to them: the group that leaves the law of their inputs as it is, and settings
// in which they can be trained. No Node modules: it runs in browsers too.

import fc from "fast-check";
import {
  type Activation,
  booleanTarget,
  gaussianBump,
  hermite,
  multiIndex,
  type Problem,
  type ProblemName,
  problemNames,
  problems,
  relu,
  singleIndex,
  type TrainingOptions,
} from "propchaos";
import { generator } from "./arithmetic.ts";

const number = (size: number) => fc.double({ min: -size, max: size, noNaN: true });
const series = fc.array(number(1), { minLength: 1, maxLength: 5 }).map((c) => hermite(c));
const bump = fc
  .record({ rate: fc.double({ min: 0.2, max: 1, noNaN: true }), square: number(1), constant: number(1) })
  .map(gaussianBump);
/** Activations without a kink, and all. */
const smooth: fc.Arbitrary<Activation> = fc.oneof(series, series, bump);
const activations: fc.Arbitrary<Activation> = fc.oneof(smooth, fc.constant(relu()));

/** Unit vectors need one entry that is not small. */
const teacher = (d: number) =>
  fc.array(number(1), { minLength: d, maxLength: d }).map((row) => [row[0] < 0 ? -1 : 1, ...row.slice(1)]);

function singleOf(d: number, activation: fc.Arbitrary<Activation>): fc.Arbitrary<Problem> {
  return fc.tuple(activation, fc.option(series)).map(([activation, link]) => {
    // Without a link the target is made of the activation.
    return singleIndex({ d, activation, ...(link && { link }) });
  });
}

function multiOf(d: number, activation: fc.Arbitrary<Activation>): fc.Arbitrary<Problem> {
  return fc
    .record({
      activation,
      link: series,
      teachers: fc.array(teacher(d), { minLength: 1, maxLength: 3 }),
      weight: number(1),
      signed: fc.boolean(),
    })
    .map(({ activation, link, teachers, weight, signed }) => {
      const weights = teachers.map((_, r) => 0.7 - weight * r);
      return multiIndex({ d, activation, link, teachers, weights, signed });
    });
}

function booleanOf(d: number): fc.Arbitrary<Problem> {
  const term = fc
    .tuple(fc.uniqueArray(fc.nat(d - 1), { maxLength: 3 }), number(1))
    .map(([coordinates, weight]) => ({ coordinates, weight }));
  return fc
    .record({
      activation: activations,
      terms: fc.uniqueArray(term, {
        minLength: 1,
        maxLength: 3,
        selector: ({ coordinates }) => [...coordinates].sort().join(),
      }),
      signed: fc.boolean(),
    })
    .map(({ activation, terms, signed }) => booleanTarget({ d, terms, activation, signed }));
}

/** Those of the zoo that have so few dimensions; their teachers are drawn. */
function zooOf(d: number): fc.Arbitrary<Problem> {
  const names = problemNames.filter((name) => {
    try {
      return problems[name]({ d }).d === d;
    } catch {
      return false;
    }
  });
  return fc.constantFrom<ProblemName[]>(...names).map((name) => problems[name]({ d }));
}

/** Problems of any kind, or with Gaussian inputs, or of those without a kink in the activation. */
export function problemOf(d: number, only: "any" | "gaussian" | "smooth" = "any"): fc.Arbitrary<Problem> {
  const some = only === "smooth" ? smooth : activations;
  const gaussian = [singleOf(d, some), multiOf(d, some)];
  return only === "any" ? fc.oneof(...gaussian, booleanOf(d), zooOf(d)) : fc.oneof(...gaussian);
}

/** Whether the package has a closed form of a problem on the population. */
export function hasPopulation(problem: Problem): boolean {
  return problem.kind !== "boolean";
}

/** Settings in which a problem can be trained for a few steps. */
export function settingsOf(problem: Problem): fc.Arbitrary<TrainingOptions & { time: number }> {
  return fc
    .record({
      flow: fc.boolean(),
      euclidean: fc.boolean(),
      onData: hasPopulation(problem) ? fc.boolean() : fc.constant(true),
      samples: fc.integer({ min: 1, max: 9 }),
      batch: fc.integer({ min: 1, max: 9 }),
      order: fc.constantFrom("sequential" as const, "shuffled" as const),
      resample: fc.boolean(),
      single: fc.boolean(),
      objective: fc.constantFrom("squared" as const, "correlation" as const),
      langevin: fc.constantFrom(0, 0, 0.3),
      pathNorm: fc.constantFrom(0, 0, 0.4),
      interaction: fc.constantFrom("auto" as const, "pairs" as const),
      steps: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ flow, euclidean, onData, samples, batch, order, resample, single, objective, steps, ...rest }) => {
      const pathNorm = onData && !flow ? rest.pathNorm : 0;
      const data = { samples, test: 3, order, ...(!flow && { batch: Math.min(batch, samples), resample }) };
      return {
        time: 0.05 * steps,
        step: 0.05,
        dynamics: flow ? "flow" : "pgd",
        gradient: !flow && (euclidean || pathNorm > 0) ? "euclidean" : "riemannian",
        data: onData ? data : "population",
        precision: onData && single ? "float32" : "float64",
        objective,
        langevin: flow ? 0 : rest.langevin,
        pathNorm,
        interaction: rest.interaction,
      };
    });
}

/** A turn of d-dimensional space: row-major, orthogonal but for rounding. Each is a product of reflections. */
export function turnOf(d: number, seed: number): Float64Array {
  const random = generator(seed);
  const turn = Float64Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? 1 : 0));
  for (let k = 0; k < 3; k++) {
    const u = Float64Array.from({ length: d }, () => random() - 0.5);
    const square = u.reduce((sum, x) => sum + x * x, 0);
    for (let i = 0; i < d; i++) {
      const row = turn.subarray(i * d, (i + 1) * d);
      const along = (2 * row.reduce((sum, x, c) => sum + x * u[c], 0)) / square;
      for (let c = 0; c < d; c++) row[c] -= along * u[c];
    }
  }
  return turn;
}

/** Rows x of d numbers, each as R x. */
export function turned(turn: Float64Array, rows: Float64Array, d: number): Float64Array {
  return rows.map((_, at) => {
    const [i, c] = [Math.floor(at / d), at % d];
    let sum = 0;
    for (let k = 0; k < d; k++) sum += turn[c * d + k] * rows[i * d + k];
    return sum;
  });
}
