// A network that the user gives, with its Hessians in the module's memory: arguments checked, memory computed before it is
// taken, and given back whatever happens.

import { checkOptions, checkSeed } from "../core/check.ts";
import { checkDynamics } from "../core/dynamics.ts";
import { Run, type RunOptions, type Status } from "../core/run.ts";
import { checkEngine, type Engine } from "../engine/index.ts";
import { checkData, type DataOption, type DataPlan } from "../network/data.ts";
import { Dataset, datasetBytes } from "../network/dataset.ts";
import { EmpiricalHessian, empiricalHessianBytes } from "../network/empirical-hessian.ts";
import type { Hessian } from "../network/hessian.ts";
import { checkSigns, unitRows } from "../network/initial.ts";
import { signsOf } from "../network/network.ts";
import { type ParticleShape, Particles, particlesBytes, roundUp } from "../network/particles.ts";
import { PopulationHessian, populationHessianBytes } from "../network/population-hessian.ts";
import { checkProblem } from "../problem/check.ts";
import type { Problem } from "../problem/types.ts";

/** Options of everything that looks at the Hessians of a given network. */
export interface HessianOptions extends RunOptions {
  /** Second-layer signs, m values of +1 or -1; default those of the problem. */
  signs?: Int8Array | undefined;
  /**
   * What the expectation is over: `"population"` (default), drawn samples, or given ones, as for `trainNetwork`. The mean is
   * over the whole training set, in float64; `batch`, `order`, `resample` and test sets play no part.
   */
  data?: DataOption | undefined;
  /** 0 to 2^32 - 1; default 1. Of drawn samples and of the start vectors of norms. */
  seed?: number | undefined;
}

/** The network in memory, and the run that looks at it. */
export interface GivenNetwork {
  engine: Engine;
  run: Run;
  particles: Particles;
  hessian: Hessian;
  seed: number;
}

/** Its sizes. */
export interface GivenShape {
  m: number;
  d: number;
  /** d in memory. */
  stride: number;
  /** Entries of a field of vectors in memory. */
  vector: number;
}

/** The arguments of a public function, unchecked. */
export interface GivenArguments {
  engine: Engine;
  problem: Problem;
  W: Float64Array;
  options: HessianOptions;
}

/** Training set alone, in the order of its rows. */
function trainingSet(data: DataPlan | null): DataPlan | null {
  return data && { ...data, test: 0, order: "sequential", resample: false };
}

/**
 * Checks the arguments of the function `name`, whose options have the keys of `HessianOptions` and `keys`, and computes.
 * `prepare` checks what else there is and says how many bytes `compute` will reserve.
 */
export async function withGivenNetwork(
  name: string,
  { engine, problem, W, options }: GivenArguments,
  keys: readonly string[],
  prepare: (shape: GivenShape) => number,
  compute: (network: GivenNetwork) => Promise<Status>,
): Promise<Status> {
  checkEngine(engine);
  const checked = checkProblem(problem);
  checkOptions(name, options, ["signs", "data", "seed", "onProgress", "signal", ...keys]);
  const run = new Run(options);
  const { rows, m } = unitRows("W", W, checked.d);
  const signs = options.signs === undefined ? signsOf(checked, m) : checkSigns(options.signs, m);
  const data = trainingSet(checkData(options.data, checked, checkDynamics({ time: 0 })));
  const seed = checkSeed("seed", options.seed ?? 1);
  const shape: ParticleShape = { width: m, dimension: checked.d, lanes: 4, signs, rungeKutta: false };
  const sizes = { ...shape, stride: roundUp(checked.d, 4) };
  const more = prepare({ m, d: checked.d, stride: sizes.stride, vector: roundUp(m, 4) * sizes.stride });
  const bytes = data
    ? datasetBytes(checked, data, "float64") + empiricalHessianBytes(engine, checked, sizes)
    : populationHessianBytes(engine, checked, sizes);
  const purpose = `the Hessians of a network of width ${m} in dimension ${checked.d}`;
  engine.arena.require(purpose, particlesBytes(shape) + bytes + more);
  const taken: { free(): void }[] = [];
  const take = <Part extends { free(): void }>(part: Part): Part => {
    taken.push(part);
    return part;
  };
  try {
    const dataset = data && take(new Dataset(engine, checked, data, "float64", { seed, replica: 0 }));
    const particles = take(new Particles(engine, shape));
    particles.set(rows);
    const hessian = take(
      dataset
        ? new EmpiricalHessian(engine, checked, particles, dataset)
        : new PopulationHessian(engine, checked, particles),
    );
    return await run.guard(async () => {
      await dataset?.load(run);
      return compute({ engine, run, particles, hessian, seed });
    });
  } finally {
    for (const part of taken) part.free();
  }
}
