// What every engine and both builds must compute to the bit. A new case is one entry of CASES: a name and a function
// whose result, of numbers, typed arrays and documents, is hashed (digest.ts); `npm run conformance -- --write` then
// enters its hash into hashes.json, if all engines agree. Keep a case below half a second.

import type { Engine, GapReport } from "propchaos";
import { numbers } from "./digest.ts";
import { gapReports } from "./gap-reports.ts";
import { elementaryFunctions, randomWords } from "./kernel-cases.ts";

/** The package, from wherever it was loaded. */
export type Api = typeof import("propchaos");

export interface Case {
  /** As in hashes.json. */
  name: string;
  /** Anything `digest` takes. The engine is shared by all cases; `workers: 0` unless workers are what is compared. */
  run(propchaos: Api, engine: Engine): unknown;
}

/** Every `of` of a list, in turn. */
async function each<T, R>(list: readonly T[], of: (item: T) => R | Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of list) results.push(await of(item));
  return results;
}

/** m points of R^d, no two alike; they are normalised on entry. */
function rows(m: number, d: number): Float64Array {
  return Float64Array.from({ length: m * d }, (_, i) => ((37 * i + 11) % 101) / 64 - 0.75);
}

export const CASES: readonly Case[] = [
  { name: "random numbers", run: (_, engine) => randomWords(engine) },
  { name: "elementary functions", run: (_, engine) => elementaryFunctions(engine) },
  {
    // Sizes around the blocks of the kernels; polynomials of several degrees, a series of degree 94, the arc-cosine kernel.
    name: "velocity and risk",
    run: ({ problems, singleIndex, relu, velocity, risk }, engine) => {
      const signless = singleIndex({ d: 9, activation: relu(), link: relu() });
      const zoo = [problems.He3({ d: 7 }), problems.He4_misspecified({ d: 33 }), problems.Ge4({ d: 5 })];
      return each([...zoo, problems.He4_random_2_8({ d: 16 }), signless], (problem) =>
        each([1, 3, 33, 65], async (m) => [
          await velocity(engine, problem, rows(m, problem.d), { interaction: "pairs" }),
          await risk(engine, problem, rows(m, problem.d), { interaction: "pairs" }),
        ]),
      );
    },
  },
  {
    // Degrees 1 to 6 and 94, heads and tails in odd numbers, more particles than a panel.
    name: "velocity and risk by moments",
    run: ({ problems, singleIndex, hermite, velocity, risk }, engine) => {
      const mixed = singleIndex({ d: 5, activation: hermite([0.5, 1, -0.75, 0.5, 0.25, -1]), signed: true });
      const zoo = [problems.He4_misspecified({ d: 6 }), problems.He4_random_2_8({ d: 16 }), problems.Ge4({ d: 2 })];
      return each([mixed, ...zoo], (problem) =>
        each([1, 7, 65, 130], async (m) => [
          await velocity(engine, problem, rows(m, problem.d), { interaction: "moments" }),
          await risk(engine, problem, rows(m, problem.d), { interaction: "moments" }),
        ]),
      );
    },
  },
  {
    name: "training on the population",
    run: ({ problems, trainNetwork }, engine) => {
      const common = { time: 1, step: 0.05, record: 3, keep: "all", seed: 7 } as const;
      const runs = [
        [problems.He4({ d: 12 }), { width: 33 }],
        [problems.He3({ d: 7 }), { width: 65, gradient: "euclidean" }],
        [problems.Man_2({ d: 6 }), { width: 21, dynamics: "flow" }],
        [problems.He4_small({ d: 5 }), { width: 10, langevin: 0.1, objective: "correlation" }],
      ] as const;
      return each(runs, async ([problem, options]) => {
        const run = await trainNetwork(engine, problem, { ...common, ...options });
        return [numbers(run), ...Array.from(run.time, (_, k) => run.particles(k))];
      });
    },
  },
  {
    // Each kind of activation in both precisions; batches that straddle the blocks of the kernels.
    name: "training on data",
    run: ({ problems, trainNetwork }, engine) => {
      const common = { time: 0.5, step: 0.1, record: 2 };
      const runs = [
        [problems.He4({ d: 7 }), { width: 33, data: { samples: 131, batch: 70, order: "shuffled" } }],
        [problems.Ge4({ d: 3 }), { width: 6, gradient: "euclidean", data: { samples: 65 } }],
        [problems.Hop_1_3({ d: 6 }), { width: 41, data: { samples: 130, batch: 65, resample: true } }],
        [problems.He4_random_2_8({ d: 4 }), { width: 11, dynamics: "flow", data: { samples: 50 } }],
        [problems.XOR_2({ d: 3 }), { width: 10, pathNorm: 1, objective: "correlation", data: { samples: 50 } }],
      ] as const;
      return each(runs, ([problem, options]) =>
        each(["float64", "float32"] as const, async (precision) => {
          const run = await trainNetwork(engine, problem, { ...common, ...options, precision });
          return [numbers(run), run.particles()];
        }),
      );
    },
  },
  {
    name: "limit of one index",
    run: ({ problems, meanFieldLimit }, engine) => {
      const common = { tolerance: 1e-6, record: 4, workers: 0 };
      const runs = [
        [problems.He4({ d: 32 }), { time: 4, step: 0.05 }],
        [problems.He3({ d: 12 }), { time: 2, step: 0.1, gradient: "euclidean" }],
        [problems.Ge4({ d: 6 }), { time: 1, dynamics: "flow" }],
      ] as const;
      return each(runs, async ([problem, options]) => {
        const limit = await meanFieldLimit(engine, problem, { ...common, ...options });
        return [numbers(limit), ...[-1, -0.3, 0, 0.7].map((alpha0) => limit.alphaAt(alpha0, 3))];
      });
    },
  },
  {
    // Polar panels for two indices, scrambled quasi-Monte-Carlo for eight.
    name: "limit of several indices",
    run: ({ problems, meanFieldLimit }, engine) => {
      const common = { record: 2, workers: 0 };
      const runs = [
        [problems.He4_orth({ d: 16 }), { time: 1, dynamics: "flow", tolerance: 1e-5 }],
        [problems.He4_random_8_8({ d: 9 }), { time: 0.2, step: 0.05, tolerance: 1e-2 }],
      ] as const;
      return each(runs, async ([problem, options]) =>
        numbers(await meanFieldLimit(engine, problem, { ...common, ...options })),
      );
    },
  },
  {
    // Population and data, both signs, ReLU, a bump; norms by the Lanczos process.
    name: "Hessians",
    run: (propchaos, engine) => {
      const { problems, singleIndex, relu, localHessianProduct, interactionHessianProduct } = propchaos;
      const runs = [
        [problems.He4_misspecified({ d: 9 }), {}],
        [singleIndex({ d: 5, activation: relu(), link: relu() }), {}],
        [problems.Ge4({ d: 4 }), { data: { samples: 70 } }],
        [problems.XOR_2({ d: 6 }), { data: { samples: 70 } }],
      ] as const;
      return each(runs, async ([problem, options]) => {
        const W = rows(33, problem.d);
        const V = rows(34, problem.d).subarray(problem.d);
        const norms = await propchaos.localHessianNorms(engine, problem, W, options);
        return [
          await localHessianProduct(engine, problem, W, V, options),
          await interactionHessianProduct(engine, problem, W, V, options),
          [norms.norm, norms.largest, norms.smallest],
          (await propchaos.interactionHessianNorm(engine, problem, W, { ...options, tolerance: 1e-4 })).norm,
        ];
      });
    },
  },
  {
    name: "self-concordance",
    run: async ({ problems, selfConcordance }, engine) => {
      const common = { time: 1, step: 0.05, record: 3 };
      const limit = await selfConcordance(engine, problems.He3({ d: 8 }), { ...common, dynamics: "flow" });
      const network = await selfConcordance(engine, problems.He4({ d: 5 }), { ...common, width: 9 });
      return [numbers(limit), numbers(network)];
    },
  },
  {
    name: "limit constants",
    run: ({ problems, gapLimitConstants }, engine) =>
      each([problems.He4({ d: 6 }), problems.He3({ d: 3 }), problems.NP_mis({ d: 4 })], async (problem) =>
        numbers(await gapLimitConstants(engine, problem, { time: 0.5, record: 3, tolerance: 1e-2 })),
      ),
  },
  {
    name: "gap equation",
    run: ({ problems, linearisedGap, gapBounds, stability }, engine) => {
      const runs = [
        [problems.He4({ d: 6 }), { dynamics: "flow" }],
        [problems.He3({ d: 5 }), { gradient: "euclidean" }],
      ] as const;
      return each(runs, async ([problem, options]) => {
        const settings = { width: 37, time: 0.6, step: 0.1, record: 4, ...options };
        const gap = await linearisedGap(engine, problem, settings);
        return [
          numbers(gap),
          gap.predictedDelta(),
          numbers(await gapBounds(engine, problem, settings)),
          (await stability(engine, problem, settings)).average,
        ];
      });
    },
  },
  {
    name: "gap equation with several indices",
    run: ({ problems, gapBounds, stability }, engine) => {
      const runs = [
        [problems.He4_orth({ d: 4 }), { dynamics: "flow", tolerance: 1e-6 }],
        [problems.He4_random_8_8({ d: 8 }), { gradient: "euclidean", tolerance: 1e-2 }],
      ] as const;
      return each(runs, async ([problem, options]) => {
        const settings = { width: 9, time: 0.4, step: 0.1, record: 3, ...options };
        const { average, factors } = await stability(engine, problem, settings);
        const { plane, across } = factors(2, 0);
        return [numbers(await gapBounds(engine, problem, settings)), average, plane, across];
      });
    },
  },
  {
    name: "three gaps",
    run: async ({ problems, separateGaps }, engine) => {
      const options = { widths: [6, 12], samples: [40, 90], time: 0.4, step: 0.1, seeds: 3, workers: 0 };
      return numbers(await separateGaps(engine, problems.He4({ d: 6 }), options));
    },
  },
  {
    // Numbers as text, there and back. Not figures: they may use the host's logarithm.
    name: "files",
    run: async ({ problems, approximationGap, readReport, toCSV, toNPY, fromNPY }, engine) => {
      const options = { widths: [5, 9], time: 0.5, step: 0.1, seeds: 2, record: 3, workers: 0 };
      const report = await approximationGap(engine, problems.He3({ d: 4 }), options);
      // Of one version and backend, which stand in files, too.
      const document = { ...numbers(report), version: "1.0.0", backend: "simd" };
      const read = readReport(JSON.stringify(document)) as GapReport;
      const npy = toNPY(rows(4, 5), [4, 5]);
      return [read, toCSV(read), npy, fromNPY(npy).data];
    },
  },
  { name: "gap reports", run: (propchaos, engine) => gapReports(propchaos, engine, 0) },
  // The same hash as without workers.
  { name: "gap reports on two workers", run: (propchaos, engine) => gapReports(propchaos, engine, 2) },
];
