// Small documents that nobody computed, one of each kind that has a figure.

import type { GapReport, WidthReport } from "../../src/gap/document.ts";
import type { GapsReport } from "../../src/gap/separate-document.ts";
import type { MeanFieldLimit } from "../../src/limit/result.ts";
import type { GapLimitConstants } from "../../src/theory/constants/gap-limit-constants.ts";
import type { StoredConcordance } from "../../src/theory/self-concordance/document.ts";
import { gapFixture, limitFixture } from "./fixtures.ts";

export const TIME = Float64Array.of(0, 0.5, 1, 1.5, 2);
export const series = (f: (t: number) => number) => TIME.map(f);
export const estimate = (f: (t: number) => number) => ({ mean: series(f), stderr: series((t) => 0.1 * f(t)) });

export function withDistribution(): GapReport {
  const report = gapFixture([16, 64], { settings: { ...gapFixture().settings, distribution: true } });
  report.widths.forEach((width: WidthReport, i) => {
    width.distribution = {
      final: { below: 4, first: -8 - 4 * i, counts: [6, 0, 6] },
      maximum: { below: 0, first: -4, counts: [16] },
    };
  });
  return report;
}

export function besideReference(): GapReport {
  const report = gapFixture([16, 64]);
  report.meanField = { ...report.meanField, solver: "reference-network", width: 128 };
  for (const width of report.widths) {
    const scale = ({ mean, stderr }: { mean: Float64Array; stderr: Float64Array }) => {
      const factor = 128 / (128 - width.m);
      return { mean: mean.map((x) => factor * x), stderr: stderr.map((x) => factor * x) };
    };
    const { meanSquaredDelta, functionGap, mTimesMeanSquaredDelta, mTimesFunctionGap } = width;
    width.corrected = {
      meanSquaredDelta: scale(meanSquaredDelta),
      functionGap: scale(functionGap),
      mTimesMeanSquaredDelta: scale(mTimesMeanSquaredDelta),
      mTimesFunctionGap: scale(mTimesFunctionGap),
    };
  }
  return report;
}

export function withPaths(): MeanFieldLimit {
  const alpha = [series((t) => 0.1 + 0.4 * t), series(() => -0.05)];
  return Object.assign(limitFixture(), { alphaPaths: { start: [0.1, -0.05], alpha } });
}

const PROVENANCE = {
  version: "0",
  backend: "scalar",
  status: "completed",
  divergence: null,
  problem: gapFixture().problem,
  time: TIME,
};

export const network = {
  ...PROVENANCE,
  schema: "propchaos/network@1" as const,
  status: "completed" as const,
  settings: { width: 5, step: 0.1, dynamics: "pgd" as const, gradient: "riemannian" as const },
  loss: series((t) => Math.exp(-t)),
  trainError: series((t) => 0.9 * Math.exp(-t)),
  testError: null,
};

export const constants = {
  ...PROVENANCE,
  schema: "propchaos/constants@1",
  settings: { time: 2, dynamics: "flow", tolerance: 1e-4, record: 5 },
  mTimesFunctionGap: series((t) => 2 + t),
  mTimesMeanSquaredDelta: series((t) => t * t),
  errorEstimate: 1e-5,
} as unknown as GapLimitConstants;

function spread(scale: number) {
  const of = (factor: number) => series((t) => factor * scale * (1 + t));
  return { median: of(1), quantile90: of(2), quantile99: of(3), maximum: of(4) };
}
export const concordance = {
  ...PROVENANCE,
  schema: "propchaos/self-concordance@1",
  subject: "limit",
  settings: { step: 0.1, dynamics: "pgd", gradient: "riemannian" },
  ratio: spread(1),
  constant: spread(2),
  positiveConstant: spread(3),
  amplification: spread(0.1),
  verdict: { holds: true, exponent: 1.6, bound: 4.5 },
} as unknown as StoredConcordance;

export function gaps(): GapsReport {
  const of = (c: number) => ({ meanSquaredDelta: estimate((t) => c * t), functionGap: estimate((t) => 2 * c * t) });
  const sizes = [1000, 4000].flatMap((n) => [16, 64].map((m) => ({ n, m })));
  const slope = { slope: -1, low: -1.1, high: -0.9 };
  const slopes = { meanSquaredDelta: slope, functionGap: slope };
  return {
    ...PROVENANCE,
    schema: "propchaos/gaps@1",
    settings: { reference: 256, step: 0.1, gradient: "riemannian", seed: 1 },
    seeds: 3,
    width: sizes.map(({ n, m }) => ({ n, m, ...of(1 / m), corrected: of(1.5 / m) })),
    sample: sizes.map(({ n, m }) => ({ n, m, ...of(1 / n) })),
    discretisation: [16, 64].map((m) => ({ m, ...of(1e-5) })),
    scaling: { width: [1000, 4000].map((n) => ({ n, ...slopes })), sample: [16, 64].map((m) => ({ m, ...slopes })) },
  } as unknown as GapsReport;
}

export function sweep(missing: unknown[] = []) {
  const result = (d: number, step: number, report: GapReport | null) => ({
    problem: "He4",
    d,
    samples: null,
    step,
    report,
  });
  return {
    schema: "propchaos/sweep@1" as const,
    results: [result(8, 0.02, gapFixture([16, 64])), result(16, 0.1, gapFixture([64, 256])), result(32, 0.1, null)],
    missing,
  };
}

export const nothing = gapFixture([], {
  status: "diverged",
  time: new Float64Array(0),
  meanField: { solver: "single-index", loss: new Float64Array(0), errorEstimate: null, particleErrorEstimate: null },
});
export const noLimit = {
  ...limitFixture(),
  time: new Float64Array(),
  loss: new Float64Array(),
  meanAlpha: null,
  meanAlpha2: null,
};
