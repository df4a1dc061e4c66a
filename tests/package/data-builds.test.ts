// Runs on data give the same bits with the simd and the scalar build, whatever the number of workers.

import {
  approximationGap,
  createEngine,
  type GapOptions,
  type Problem,
  problems,
  type TrainOptions,
  trainNetwork,
} from "propchaos";
import { describe, expect, test } from "vitest";

const RUNS: [string, Problem, TrainOptions][] = [
  ["He4, odd sizes", problems.He4({ d: 7 }), { width: 33, time: 0.5, step: 0.1, data: { samples: 131, batch: 70 } }],
  [
    "a bump, Euclidean",
    problems.Ge4({ d: 3 }),
    { width: 6, time: 0.5, step: 0.1, gradient: "euclidean", data: { samples: 65 } },
  ],
  [
    "a series of two degrees, shuffled",
    problems.He4_misspecified({ d: 5 }),
    { width: 9, time: 0.3, step: 0.1, data: { samples: 99, batch: 40, order: "shuffled" } },
  ],
  [
    "Boolean, ReLU, signs, resampled",
    problems.Hop_1_3({ d: 6 }),
    { width: 41, time: 0.5, step: 0.1, data: { samples: 130, batch: 65, resample: true } },
  ],
  [
    "several teachers, flow",
    problems.He4_random_2_8({ d: 4 }),
    { width: 11, time: 0.5, step: 0.1, dynamics: "flow", data: { samples: 50 } },
  ],
  ["noise", problems.Zero({ d: 4 }), { width: 10, time: 0.5, step: 0.1, langevin: 0.3, data: { samples: 50 } }],
  [
    "path norm, correlation",
    problems.XOR_2({ d: 3 }),
    { width: 10, time: 0.5, step: 0.1, pathNorm: 1, objective: "correlation", data: { samples: 50 } },
  ],
];

describe.each(RUNS)("simd and scalar: %s", (_, problem, options) => {
  test.each(["float64", "float32"] as const)("%s", async (precision) => {
    const results = [];
    for (const backend of ["simd", "scalar"] as const) {
      const engine = await createEngine({ backend });
      const run = await trainNetwork(engine, problem, { ...options, precision });
      expect([run.backend, run.status]).toEqual([backend, "completed"]);
      const { backend: _, ...document } = run.toJSON() as Record<string, unknown>;
      results.push({ document: JSON.stringify(document), particles: [...run.particles()] });
      engine.dispose();
    }
    expect(results[1]).toEqual(results[0]);
  });
});

const GAPS: [string, Problem, GapOptions][] = [
  [
    "against the limit",
    problems.He4({ d: 5 }),
    { widths: [8, 17], seeds: 3, time: 0.5, step: 0.1, data: { samples: 70 } },
  ],
  [
    "beside a reference network",
    problems.XOR_2({ d: 5 }),
    { widths: [5, 8], seeds: 3, time: 0.5, step: 0.1, data: { samples: 70 } },
  ],
  [
    "float32",
    problems.He4_orth({ d: 5 }),
    { widths: [5, 8], seeds: 3, time: 0.5, step: 0.1, data: { samples: 70, batch: 30 }, precision: "float32" },
  ],
];

test.each(GAPS)("no worker, one and two: %s", async (_, problem, options) => {
  const documents = [];
  for (const workers of [0, 1, 2]) {
    const engine = await createEngine();
    const report = await approximationGap(engine, problem, { ...options, workers });
    expect([report.status, report.workers?.count]).toEqual(["completed", workers]);
    const { workers: __, ...document } = report.toJSON() as Record<string, unknown>;
    documents.push(JSON.stringify(document));
    engine.dispose();
  }
  expect(documents[1]).toBe(documents[0]);
  expect(documents[2]).toBe(documents[0]);
});
