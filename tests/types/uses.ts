// What users write: it must compile against the published types.

import {
  activation,
  approximationGap,
  type Backend,
  booleanTarget,
  convergenceTime,
  createEngine,
  describeProblem,
  type Engine,
  type EngineOptions,
  fromNPY,
  type GapOptions,
  type GapReport,
  gapScaling,
  gaussianBump,
  hermite,
  type LimitOptions,
  type MeanFieldLimit,
  meanFieldLimit,
  multiIndex,
  type Problem,
  type ProblemFamily,
  type Progress,
  problemNames,
  problems,
  readReport,
  relu,
  requiredWidth,
  risk,
  runSweep,
  type ScalingReport,
  type Stability,
  type StoredReport,
  type SweepPlan,
  type SweepStore,
  scalingLaw,
  separateGaps,
  singleIndex,
  stability,
  sweepTasks,
  type TrainedNetwork,
  toCSV,
  toNPY,
  trainNetwork,
  velocity,
} from "propchaos";

export async function networks(engine: Engine, signal: AbortSignal): Promise<Float64Array> {
  const onProgress = ({ done, total }: Progress): number => done / total;
  const options = { width: 8, time: 1, dynamics: "flow", keep: "all", signal, onProgress } as const;
  const network: TrainedNetwork = await trainNetwork(engine, problems.He4({ d: 4 }), options);
  const [m, d]: [number, number] = network.shape;
  const last: number | undefined = network.loss?.at(-1);
  const W = network.particles(0);
  const v: Float64Array = await velocity(engine, network.problem, W);
  const value: number = await risk(engine, network.problem, W);
  return Float64Array.of(m, d, last ?? value, v[0] ?? 0);
}

export async function onData(engine: Engine): Promise<void> {
  const inputs = new Int8Array(12).fill(1);
  await trainNetwork(engine, problems.XOR_2({ d: 4 }), { width: 8, time: 1, data: { inputs, labels: inputs } });
  await trainNetwork(engine, problems.He4({ d: 4 }), {
    initial: new Float64Array(8),
    signs: new Int8Array(2),
    time: 1,
    data: { samples: 10, batch: 5, order: "shuffled", resample: true },
    precision: "float32",
    objective: "correlation",
    langevin: 0.1,
    interaction: "pairs",
  });
}

export async function limits(engine: Engine): Promise<number> {
  const options: LimitOptions = { time: 1, record: [0, 0.5, 1], tolerance: 1e-6 };
  const single = await meanFieldLimit(engine, problems.He4({ d: 4 }), options);
  // Of one index there is an alpha; of a problem in general there need not be.
  const alpha: number | undefined = single.meanAlpha.at(-1);
  const general: MeanFieldLimit = await meanFieldLimit(engine, problems.Man_2({ d: 4 }) as Problem, options);
  return (general.meanAlpha?.at(-1) ?? alpha ?? 0) + single.alphaAt(0.5, 2) + (general.errorEstimate ?? 0);
}

export async function factors(engine: Engine): Promise<number> {
  const options = { width: 8, time: 1 };
  const single: Float64Array = (await stability(engine, problems.He4({ d: 4 }), options)).factors(1, 0).parallel;
  const several: Float64Array = (await stability(engine, problems.Man_2({ d: 4 }), options)).factors(1, 0).plane;
  const general: Stability = await stability(engine, problems.Man_2({ d: 4 }) as Problem, options);
  return single.length + several.length + general.largest.length;
}

export async function gaps(engine: Engine): Promise<string> {
  const options: GapOptions = { widths: [4, 8], time: 1, seeds: 2, workers: 2 };
  const report: GapReport = await approximationGap(engine, problems.He4({ d: 4 }), options);
  const slope: number | undefined = report.scaling?.meanDelta?.slope;
  // A network that is given has the distances of its neurons, too.
  const given = await approximationGap(engine, problems.He4({ d: 4 }), { initial: new Float64Array(8), time: 1 });
  const delta: Float64Array = given.delta(0);
  const three = await separateGaps(engine, problems.He4({ d: 4 }), { widths: [4], samples: [10], time: 1 });
  return toCSV(report) + toCSV(three) + String(slope) + delta.length;
}

export async function laws(engine: Engine): Promise<string> {
  const family: ProblemFamily = { activation: hermite({ 3: 1 }) };
  const times = await convergenceTime(engine, [family, "He4", (d) => problems.He3({ d })], { dimensions: [4, 8] });
  const share: number = times.settings.share;
  const gap = await gapScaling(engine, problems.He4({ d: 4 }), { widths: [4, 8], time: 1 });
  const report: ScalingReport = share > 0.4 ? times : gap;
  // The kind says which settings there are.
  const dimensions: number[] = report.kind === "time" ? report.settings.dimensions : [];
  const { slope, warning } = await scalingLaw(
    engine,
    [1, 2],
    [
      [1, 2],
      [3, 4],
    ],
    { expected: 1 },
  );
  const { width, trials } = await requiredWidth(engine, problems.He4({ d: 4 }), { gap: 1 });
  return toCSV(report) + (warning ?? slope) + (width ?? trials.length) + dimensions.length;
}

export function problemsOfOnesOwn(): Problem[] {
  const tanh = activation((z) => Math.tanh(z));
  return [
    singleIndex({ d: 3, activation: tanh, link: hermite({ 4: 1, 6: 0.5 }) }),
    multiIndex({ d: 3, activation: hermite([0, 1, 0.5]), teachers: [[1, 0, 0]], weights: [1] }),
    booleanTarget({ d: 3, terms: [{ coordinates: [0, 2], weight: 1 }], activation: relu(), signed: true }),
    singleIndex({ d: 3, activation: gaussianBump({ rate: 1, square: 1 }) }),
    ...problemNames.map((name) => problems[name]({ d: 32 })),
  ];
}

export function documents(text: string): StoredReport["schema"] {
  const { data, shape } = fromNPY(toNPY(Float64Array.of(1, 2), [2]));
  const report = readReport(text);
  if (report.schema === "propchaos/gap@1") report.widths.map(({ m }) => m);
  return `${data.length}${shape.length}${describeProblem("He4").name}` === "" ? "propchaos/gaps@1" : report.schema;
}

export async function sweeps(engine: Engine, store: SweepStore): Promise<number> {
  const problem = singleIndex({ d: 4, activation: hermite({ 3: 1 }) });
  const plan: SweepPlan = { problems: ["He4", { problem, seeds: 2 }], d: [8, 16], samples: [null, 64], widths: [4, 8] };
  const { results, missing } = await runSweep(engine, plan, { store, part: { part: 1, parts: 2 } });
  const slopes = results.map(({ samples, report }) => [samples ?? 0, report?.scaling?.functionGap?.slope ?? 0]);
  return slopes.length + missing.length + sweepTasks(plan).length;
}

export async function engines(module: NonNullable<EngineOptions["module"]>): Promise<Backend> {
  using engine = await createEngine({ backend: "auto", memoryLimitBytes: 1e9, module });
  return engine.backend;
}
