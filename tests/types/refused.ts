// Mistakes that the published types must catch: each line below a directive must not compile, or the directive is an
// error itself.

import {
  approximationGap,
  createEngine,
  type Engine,
  type GapReport,
  hermite,
  meanFieldLimit,
  multiIndex,
  problems,
  singleIndex,
  toNPY,
  trainNetwork,
} from "propchaos";

export function engines(): void {
  // @ts-expect-error - no such build
  void createEngine({ backend: "avx" });
  // @ts-expect-error - no such option
  void createEngine({ threads: 4 });
  // @ts-expect-error - bytes, not a number in words
  void createEngine({ memoryLimitBytes: "1 GiB" });
}

export async function members(engine: Engine): Promise<void> {
  // @ts-expect-error - a promise, which was not awaited
  createEngine().backend;
  // @ts-expect-error - what is inside is not published
  engine.kernels;
  // @ts-expect-error - not to be changed
  engine.backend = "scalar";
}

export function problemsOfOnesOwn(): void {
  // @ts-expect-error - no problem of that name
  problems.He5({ d: 4 });
  // @ts-expect-error - the dimension is missing
  problems.He4({});
  // @ts-expect-error - a function needs activation() around it
  singleIndex({ d: 4, activation: (z: number) => z });
  // @ts-expect-error - the teachers are missing
  multiIndex({ d: 4, activation: hermite({ 4: 1 }) });
  // @ts-expect-error - coefficients are numbers
  hermite({ 4: "1" });
}

export async function runs(engine: Engine): Promise<void> {
  const problem = problems.He4({ d: 4 });
  // @ts-expect-error - the engine is missing
  await trainNetwork(problem, { width: 4, time: 1 });
  // @ts-expect-error - no such dynamics
  await trainNetwork(engine, problem, { width: 4, time: 1, dynamics: "adam" });
  // @ts-expect-error - the time is missing
  await trainNetwork(engine, problem, { width: 4 });
  // @ts-expect-error - a plain array is no Float64Array
  await trainNetwork(engine, problem, { initial: [1, 0, 0, 0], time: 1 });
  // @ts-expect-error - an option that is spelt wrongly
  await meanFieldLimit(engine, problem, { time: 1, tolerence: 1e-6 });
  // @ts-expect-error - widths are a list
  await approximationGap(engine, problem, { widths: 64, time: 1 });
  // @ts-expect-error - a limit is not trained on data
  await meanFieldLimit(engine, problem, { time: 1, data: { samples: 10 } });
}

export async function results(engine: Engine, report: GapReport): Promise<void> {
  const options = { time: 1 };
  // @ts-expect-error - several indices have no alpha, so it may be null
  (await meanFieldLimit(engine, problems.Man_2({ d: 4 }), options)).meanAlpha.at(-1);
  // @ts-expect-error - null where there are fewer than two widths
  report.scaling.meanDelta;
  // @ts-expect-error - only a network that is given has them
  report.delta(0);
  // @ts-expect-error - the shape is missing
  toNPY(Float64Array.of(1));
}
