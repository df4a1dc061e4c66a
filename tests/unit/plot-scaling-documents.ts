// Small reports of scaling laws that nobody computed: factor / x, a logarithm, and what follows no law.

import type { ScalingPoint, ScalingReport, ScalingSeries } from "../../src/experiment/scaling/document.ts";
import type { ScalingLaw } from "../../src/experiment/scaling/law.ts";
import { problems } from "../../src/problem/zoo.ts";

export const LAW: ScalingLaw = {
  law: "power",
  slope: -1,
  low: -1.1,
  high: -0.9,
  intercept: 0,
  expected: -1,
  localSlopes: [-1, -1],
  drift: 0,
  holds: true,
  warning: null,
};

export function point(x: number, y: number, spread = 0.1): ScalingPoint {
  return { x, y, low: y * (1 - spread), high: y * (1 + spread) };
}

export function seriesOf(name: string, factor: number, changes: Partial<ScalingSeries> = {}): ScalingSeries {
  const points = [10, 100, 1000].map((x) => point(x, factor / x));
  const fit = { ...LAW, intercept: Math.log(factor) };
  return { name, problem: problems.He4({ d: 4 }), points, missing: [], fit, ...changes };
}

const SETTINGS: { [Kind in ScalingReport["kind"]]: object } = {
  time: { dimensions: [10, 100, 1000], share: 0.5, tolerance: 1e-4, horizon: 1e4 },
  width: { dimensions: [10], gap: 0.01, statistic: "meanDelta", time: null, step: 0.05, seeds: 4, seed: 1 },
  gap: { time: 2, step: 0.1, dynamics: "pgd", gradient: "riemannian", seeds: 4, seed: 1 },
  samples: { time: 2, step: 0.1, gradient: "euclidean", seeds: 1, seed: 1 },
  decay: { time: 1000, from: 10, tolerance: 1e-3 },
};

export function report(kind: ScalingReport["kind"], all: ScalingSeries[], status = "completed"): ScalingReport {
  return { schema: "propchaos/scaling@1", status, kind, settings: SETTINGS[kind], series: all } as ScalingReport;
}

const WARNING = "not a power law in this window: the local slope goes from -1 at x = 10 to 2 at x = 1000";
export const bent = seriesOf("functionGap", 1, { fit: { ...LAW, holds: false, warning: WARNING } });
export const logarithm = seriesOf("h_2", 1, {
  points: [10, 100, 1000].map((x) => point(x, 1 + Math.log(x) / 4, 0)),
  fit: { ...LAW, law: "logarithm", slope: 0.25, intercept: 1, expected: 0.25 },
});
export const unknown = seriesOf("He4", 1, {
  points: [10, 100].map((x) => ({ x, y: x, low: null, high: null })),
  fit: { ...LAW, slope: 1, low: null, high: null, expected: null, drift: null, holds: null },
});
