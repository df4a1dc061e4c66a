// The same bits everywhere: one hash over whole gap reports, which every engine, both builds and any number of workers
// must give once version, backend and workers are removed. It covers random numbers, kernels in both precisions, limit,
// reference network, dynamics, statistics and bootstrap.

import type { approximationGap, createEngine, GapReport, problems } from "propchaos";

/** The public functions this needs, from wherever the package was loaded. */
export interface Api {
  createEngine: typeof createEngine;
  approximationGap: typeof approximationGap;
  problems: typeof problems;
}

/**
 * SHA-256 of the reports below. It changes only with the bits of a result: then the change goes into CHANGELOG.md. Get
 * the new one from the failing test.
 */
export const REPORTS_HASH = "2ce14c016b269407662067ca62de173d1159aa6a6e96e9ec624b12cef458ff6c";

/**
 * JSON of five gap reports. On the population: PGD with both gradients, flow, k* = 3 and 4, degree 94, odd widths and
 * dimensions. On samples: ReLU with signs in float64 beside a reference network, in shuffled batches that straddle the
 * blocks of the kernels; a Gaussian bump in float32 beside the limit.
 */
export async function gapReports(api: Api, backend: "simd" | "scalar", workers?: number): Promise<string> {
  const engine = await api.createEngine({ backend });
  const common = { seeds: 3, seed: 20250413, record: 5, workers };
  const reports = [
    await api.approximationGap(engine, api.problems.He4({ d: 12 }), {
      ...common,
      widths: [16, 33, 64],
      time: 3,
      step: 0.05,
    }),
    await api.approximationGap(engine, api.problems.He3({ d: 7 }), {
      ...common,
      widths: [21, 40],
      time: 2,
      step: 0.05,
      gradient: "euclidean",
    }),
    await api.approximationGap(engine, api.problems.Ge4({ d: 5 }), {
      ...common,
      widths: [9, 30],
      time: 1,
      step: 0.1,
      dynamics: "flow",
    }),
    await api.approximationGap(engine, api.problems.XOR_2({ d: 5 }), {
      ...common,
      widths: [5, 18],
      reference: 37,
      time: 2,
      step: 0.1,
      data: { samples: 150, batch: 70, test: 45, order: "shuffled" },
    }),
    await api.approximationGap(engine, api.problems.Ge4({ d: 6 }), {
      ...common,
      widths: [9, 20],
      time: 1,
      step: 0.1,
      data: { samples: 130 },
      precision: "float32",
    }),
  ];
  engine.dispose();
  return reports
    .map((report) => {
      const document = report.toJSON() as Record<string, unknown>;
      if (document.status !== "completed") throw new Error(`a report ended as ${document.status}`);
      delete document.version;
      delete document.backend;
      const used = document.workers as GapReport["workers"];
      if (workers !== undefined && used?.count !== workers) throw new Error(`a report used ${used?.count} workers`);
      delete document.workers;
      return JSON.stringify(document);
    })
    .join("\n");
}

/** SHA-256 in hexadecimal, by the host's web cryptography. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Hash of the reports of one build, computed by so many workers, or as many as the package chooses. */
export async function reportsHash(api: Api, backend: "simd" | "scalar", workers?: number): Promise<string> {
  return sha256(await gapReports(api, backend, workers));
}
