// A small report that nobody computed: E|Delta|^2 and the function gap are exactly c(t) / m, with a known spread.

import { plain } from "../../src/core/plain.ts";
import type { GapReportWithTheory, GapTheory } from "../../src/experiment/gap-report.ts";
import type { NetworkTheory } from "../../src/experiment/network-theory.ts";
import { type Estimate, type GapReport, STATISTICS, type Statistic, type WidthReport } from "../../src/gap/document.ts";
import type { MeanFieldLimit } from "../../src/limit/result.ts";

const TIME = [0, 0.5, 1, 1.5, 2];

function estimate(values: readonly number[], relative: number): Estimate {
  return {
    mean: Float64Array.from(values),
    stderr: Float64Array.from(values, (value) => relative * Math.abs(value)),
  };
}

function widthReport(m: number): WidthReport {
  const growth = TIME.map((t) => t * t * 0.01);
  const values: Record<Statistic, number[]> = {
    loss: TIME.map((t) => Math.exp(-t) + 1 / m),
    meanDelta: growth.map((c) => 0.8 * Math.sqrt(c / m)),
    meanSquaredDelta: growth.map((c) => c / m),
    maxDelta: growth.map((c) => 4 * Math.sqrt(c / m)),
    medianDelta: growth.map((c) => 0.7 * Math.sqrt(c / m)),
    quantile90Delta: growth.map((c) => 2 * Math.sqrt(c / m)),
    quantile99Delta: growth.map((c) => 3 * Math.sqrt(c / m)),
    flippedShare: TIME.map(() => 0),
    functionGap: growth.map((c) => (2 * c) / m),
    mTimesSquaredMeanDelta: growth.map((c) => 0.64 * c),
    mTimesMeanSquaredDelta: growth,
    mTimesFunctionGap: growth.map((c) => 2 * c),
  };
  const statistics = Object.fromEntries(STATISTICS.map((name) => [name, estimate(values[name], 0.05)]));
  const resolved = TIME.map((t) => t > 0);
  return { m, seeds: 4, resolved: { delta: resolved, functionGap: resolved }, ...statistics } as WidthReport;
}

const PROBLEM = {
  kind: "single-index",
  name: "He4",
  d: 8,
  activation: { kind: "hermite", coefficients: [0, 0, 0, 0, 1] },
  link: { kind: "hermite", coefficients: [0, 0, 0, 0, 1] },
  signed: false,
  informationExponent: 4,
} as const;

/** A gap report with the given widths, as approximationGap would resolve to it. */
export function gapFixture(widths: readonly number[] = [16, 64, 256], changes: Partial<GapReport> = {}): GapReport {
  const report = {
    schema: "propchaos/gap@1",
    version: "0.0.0",
    backend: "scalar",
    status: "completed",
    divergence: null,
    problem: PROBLEM,
    settings: {
      widths: [...widths],
      time: 2,
      step: 0.02,
      dynamics: "pgd",
      gradient: "riemannian",
      data: "population",
      precision: "float64",
      objective: "squared",
      langevin: 0,
      pathNorm: 0,
      interaction: "auto",
      seeds: 4,
      seed: 1,
      reference: null,
      tolerance: 1e-8,
      record: 5,
    },
    time: Float64Array.from(TIME),
    meanField: {
      solver: "single-index",
      loss: Float64Array.from(TIME, (t) => Math.exp(-t)),
      errorEstimate: 1e-10,
      particleErrorEstimate: 2e-10,
    },
    measuredOn: { loss: "population", functionGap: "population" },
    widths: widths.map(widthReport),
    scaling:
      widths.length < 2
        ? null
        : {
            meanDelta: { slope: -0.5, low: -0.52, high: -0.48 },
            meanSquaredDelta: { slope: -1, low: -1.05, high: -0.95 },
            functionGap: { slope: -1, low: null, high: null },
          },
    ...changes,
  };
  return { ...report, toJSON: () => plain(report) } as GapReport;
}

/** A limit, as meanFieldLimit would resolve to it. */
export function limitFixture(): MeanFieldLimit {
  const limit = {
    schema: "propchaos/limit@1",
    version: "0.0.0",
    backend: "scalar",
    status: "completed",
    divergence: null,
    problem: PROBLEM,
    settings: { time: 2, step: null, dynamics: "flow", gradient: "riemannian", tolerance: 1e-8, record: 5 },
    time: Float64Array.from(TIME),
    loss: Float64Array.from(TIME, (t) => Math.exp(-t)),
    meanAlpha: new Float64Array(TIME.length),
    meanAlpha2: Float64Array.from(TIME, (t) => 1 - 0.875 * Math.exp(-t)),
    errorEstimate: 1e-10,
    particleErrorEstimate: 2e-10,
    nodes: 256,
    steps: 40,
  };
  const law = () => ({ alpha: Float64Array.of(-1, 1), weight: Float64Array.of(0.5, 0.5) });
  const asked = { alphaAt: (alpha0: number) => alpha0, velocityAt: () => 0, law };
  return { ...limit, ...asked, toJSON: () => plain(limit) } as MeanFieldLimit;
}

/** Theory of a network in which the prediction is exact up to a share 1 / m and Gronwall's bound leaves any panel. */
export function networkTheoryFixture(m: number, changes: Partial<NetworkTheory> = {}): NetworkTheory {
  const time = Float64Array.from(TIME);
  const meanDelta = time.map((t) => (0.08 * t) / Math.sqrt(m));
  const delta = (factor: number) => ({
    meanDelta: meanDelta.map((x) => factor * x),
    meanSquaredDelta: meanDelta.map((x) => (factor * factor * x * x) / 0.64),
    maxDelta: meanDelta.map((x) => 5 * factor * x),
  });
  const bound = (factor: (t: number) => number) => ({
    bound: meanDelta.map((x, k) => x * factor(time[k])),
    looseness: time.map((t) => (t > 0 ? factor(t) : 1)),
    holds: true,
  });
  return {
    m,
    seed: 1,
    time,
    measured: delta(1),
    predicted: delta(1 - 1 / m),
    relativeError: time.map((t) => t / m),
    bounds: {
      linearised: delta(1 - 1 / m).meanDelta,
      forcing: meanDelta.slice(),
      volterra: bound((t) => 1 + t),
      gronwall: bound((t) => Math.exp(48 * t)),
      lipschitz: 48,
      largestStability: time.map((t) => 1 + t),
      averageInteraction: time.map(() => 1),
      quadratureError: 0.01,
    },
    ...changes,
  };
}

/** A gap report with theory, as gapReport would resolve to it. */
export function theoryFixture(
  widths: readonly number[] = [16, 64, 256],
  changes: Partial<GapTheory> = {},
): GapReportWithTheory {
  const report = gapFixture(widths);
  const growth = Float64Array.from(TIME, (t) => t * t * 0.01);
  const constants = {
    time: Float64Array.from(TIME),
    mTimesFunctionGap: growth.map((c) => 2 * c),
    mTimesMeanSquaredDelta: growth,
    errorEstimate: 1e-4,
  };
  const theory = { constants, networks: widths.map((m) => networkTheoryFixture(m)), ...changes };
  return Object.assign(report, { theory });
}
