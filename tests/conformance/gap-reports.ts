// Whole gap reports: random numbers, kernels in both precisions, limit, reference network, dynamics, statistics and
// bootstrap in one.

import type { Engine } from "propchaos";
import type { Api } from "./cases.ts";
import { numbers } from "./digest.ts";

/**
 * Five gap reports. On the population: PGD with both gradients, flow, k* = 3 and 4, degree 94, odd widths and
 * dimensions. On samples: ReLU with signs in float64 beside a reference network, in shuffled batches that straddle the
 * blocks of the kernels; a Gaussian bump in float32 beside the limit.
 */
export async function gapReports(propchaos: Api, engine: Engine, workers: number): Promise<object[]> {
  const { approximationGap, problems } = propchaos;
  const common = { seeds: 3, seed: 20250413, record: 5, workers };
  const reports = [
    await approximationGap(engine, problems.He4({ d: 12 }), {
      ...common,
      widths: [16, 33, 64],
      time: 3,
      step: 0.05,
    }),
    await approximationGap(engine, problems.He3({ d: 7 }), {
      ...common,
      widths: [21, 40],
      time: 2,
      step: 0.05,
      gradient: "euclidean",
    }),
    await approximationGap(engine, problems.Ge4({ d: 5 }), {
      ...common,
      widths: [9, 30],
      time: 1,
      step: 0.1,
      dynamics: "flow",
    }),
    await approximationGap(engine, problems.XOR_2({ d: 5 }), {
      ...common,
      widths: [5, 18],
      reference: 37,
      time: 2,
      step: 0.1,
      data: { samples: 150, batch: 70, test: 45, order: "shuffled" },
    }),
    await approximationGap(engine, problems.Ge4({ d: 6 }), {
      ...common,
      widths: [9, 20],
      time: 1,
      step: 0.1,
      data: { samples: 130 },
      precision: "float32",
    }),
  ];
  return reports.map((report) => {
    if (report.workers?.count !== workers) throw new Error(`a report used ${report.workers?.count} workers`);
    return numbers(report);
  });
}
