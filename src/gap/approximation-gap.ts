// approximationGap, the main job: networks of several widths and seeds, each coupled with its infinite-width limit.

import { checkInteger, checkOneOf, checkOptions, checkSeed, wrongKind, wrongValue } from "../core/check.ts";
import { checkDynamics, type DynamicsOptions, type Plan } from "../core/dynamics.ts";
import { plain } from "../core/plain.ts";
import { Run, type RunOptions, type Status, type Work } from "../core/run.ts";
import { version } from "../core/version.ts";
import { checkEngine, type Engine } from "../engine/index.ts";
import type { Path } from "../limit/path.ts";
import { checkTolerance, type LimitState, solveLimit } from "../limit/solve.ts";
import { unitRows } from "../network/initial.ts";
import { TRAIN_OPTIONS } from "../network/train.ts";
import { countWork } from "../network/trajectory.ts";
import { checkProblem } from "../problem/single-index.ts";
import type { Problem } from "../problem/types.ts";
import { type CoupledRun, Coupling, couplingBytes, type Measurement } from "./coupling.ts";
import type { Divergence, GapReport } from "./document.ts";
import { slopes, widthReport } from "./report.ts";

/** Options of `approximationGap`: either `widths` (and `seeds`, `seed`), or `initial`. */
export interface GapOptions extends DynamicsOptions, RunOptions {
  /** Numbers of particles, distinct positive integers. */
  widths?: readonly number[] | undefined;
  /** One given network instead: m x d row-major; rows of any nonzero norm, normalised on entry. */
  initial?: Float64Array | undefined;
  /** Number of replicas a width; default 8. Replica r of every width shares its first particles. */
  seeds?: number | undefined;
  /** 0 to 2^32 - 1; default 1. Replica r draws from the key (seed, r). */
  seed?: number | undefined;
  /** What the networks are trained on: the population (infinite data). */
  data?: "population" | undefined;
  precision?: "float64" | undefined;
  /** Largest error of the limit's loss, absolute; default 1e-8. */
  tolerance?: number | undefined;
}

/** A gap report of one given network, with the gap of each of its particles. */
export interface GivenNetworkReport extends GapReport {
  /**
   * |Delta| of the m particles at record k.
   * @throws RangeError where k is no record that was reached.
   */
  delta(k: number): Float64Array;
}

/** Networks to train: a width and a replica, or the given particles. */
interface Networks {
  widths: number[];
  replicas: number;
  seed: number;
  rows: Float64Array | null;
}

function checkNetworks(options: GapOptions, d: number): Networks {
  if (options.initial !== undefined) {
    for (const name of ["widths", "seeds", "seed"] as const)
      if (options[name] !== undefined)
        wrongValue(name, "left out beside initial, which is one given network", options[name]);
    const { rows, m } = unitRows("initial", options.initial, d);
    return { widths: [m], replicas: 1, seed: 1, rows };
  }
  const { widths } = options;
  if (!Array.isArray(widths)) wrongKind("widths", "a list of positive integers", widths);
  if (widths.length === 0) wrongValue("widths", "a list of at least one width", widths);
  // Not widths.forEach, which would pass over the holes of a sparse list.
  for (const [i, width] of widths.entries()) {
    checkInteger(`widths[${i}]`, width, 1);
    if (widths.indexOf(width) < i) wrongValue(`widths[${i}]`, "different from the widths before it", width);
  }
  const replicas = checkInteger("seeds", options.seeds ?? 8, 1, 1_000_000);
  return { widths: [...widths], replicas, seed: checkSeed("seed", options.seed ?? 1), rows: null };
}

/** What a gap run has at any time. */
interface Progress {
  limit: LimitState;
  /** runs[w][s], in the order of the widths. */
  runs: Measurement[][][];
  deltas: Float64Array[];
  divergence: Divergence | null;
}

async function runAll(
  engine: Engine,
  problem: Problem,
  plan: Plan,
  networks: Networks,
  tolerance: number,
  work: Work,
  progress: Progress,
): Promise<Status> {
  const widest = Math.max(...networks.widths);
  engine.arena.require(`a network of width ${widest} beside its limit`, couplingBytes(engine, problem, plan, widest));
  const steps = countWork(plan);
  const cost = (m: number) => (m * (m + 64) * steps) / 1e6;
  const total = networks.widths.reduce((sum, m) => sum + cost(m), 0) * networks.replicas;
  const limitShare = 1 + total / 50;
  work.expect(limitShare + total);
  const status = await solveLimit(engine, problem, plan, tolerance, work.part(limitShare), progress.limit);
  const { solution } = progress.limit;
  if (solution?.divergence) progress.divergence = { where: "limit", m: null, replica: null, ...solution.divergence };
  if (!solution || status !== "completed") return status;
  // All widths of one replica before the next replica: an interrupted run has every width.
  for (let replica = 0; replica < networks.replicas; replica++) {
    for (const [w, m] of networks.widths.entries()) {
      const run = await coupledRun(engine, problem, plan, solution.path, networks, m, replica, work.part(cost(m)));
      progress.deltas = run.deltas;
      if (run.divergence) {
        progress.divergence = { where: "network", m, replica: networks.rows ? null : replica, ...run.divergence };
        return "diverged";
      }
      progress.runs[w].push(run.measurements);
    }
  }
  return "completed";
}

async function coupledRun(
  engine: Engine,
  problem: Problem,
  plan: Plan,
  path: Path,
  { rows, seed }: Networks,
  m: number,
  replica: number,
  work: Work,
): Promise<CoupledRun> {
  const coupling = new Coupling(engine, problem, path, plan, m);
  try {
    if (rows) coupling.network.set(rows);
    else coupling.network.sample(seed, replica);
    return await coupling.run(work);
  } finally {
    coupling.free();
  }
}

/**
 * The approximation gap: trains networks of finite width, solves the infinite-width limit beside them, couples every
 * particle with its own mean-field path, and reports risk, |Delta|, function gap and their slopes over the widths
 * (SPEC.md, sections 1, 3 and 4).
 *
 * @returns the gap document; with `initial` also `delta(k)`. A run that is aborted or diverges keeps the networks that
 * were finished.
 * @throws TypeError or RangeError for a bad argument, or where memory does not suffice.
 * @example
 * ```ts
 * const report = await approximationGap(engine, problems.He4({ d: 32 }), { widths: [128, 256, 512], time: 8, seeds: 8 });
 * console.log(report.scaling?.meanDelta); // slope near -1/2
 * ```
 */
export function approximationGap(
  engine: Engine,
  problem: Problem,
  options: GapOptions & { initial: Float64Array },
): Promise<GivenNetworkReport>;
export function approximationGap(engine: Engine, problem: Problem, options: GapOptions): Promise<GapReport>;
export async function approximationGap(engine: Engine, problem: Problem, options: GapOptions): Promise<GapReport> {
  checkEngine(engine);
  const checked = checkProblem(problem);
  checkOptions("approximationGap", options, [...TRAIN_OPTIONS, "widths", "seeds", "tolerance"]);
  const run = new Run(options);
  const plan = checkDynamics(options);
  const data = checkOneOf("data", options.data ?? "population", ["population"]);
  const precision = checkOneOf("precision", options.precision ?? "float64", ["float64"]);
  const tolerance = checkTolerance(options.tolerance);
  const networks = checkNetworks(options, checked.d);

  const progress: Progress = {
    limit: { solution: null, errorEstimate: null, particleErrorEstimate: null },
    runs: networks.widths.map(() => []),
    deltas: [],
    divergence: null,
  };
  const status = await run.guard(() => runAll(engine, checked, plan, networks, tolerance, run, progress));

  const { solution, errorEstimate, particleErrorEstimate } = progress.limit;
  const errors = { particle: particleErrorEstimate ?? 0, loss: errorEstimate ?? 0 };
  const finished = networks.widths.map((m, w) => ({ m, runs: progress.runs[w] })).filter(({ runs }) => runs.length > 0);
  const widths = finished.map(({ m, runs }) => widthReport(m, runs, errors));
  const time = plan.times.slice(0, solution?.loss.length ?? 0);
  const report: GapReport = {
    schema: "propchaos/gap@1",
    version,
    backend: engine.backend,
    status,
    divergence: progress.divergence,
    problem: checked,
    settings: {
      widths: networks.widths,
      time: plan.time,
      step: plan.step,
      dynamics: plan.dynamics,
      gradient: plan.gradient,
      data,
      precision,
      seeds: networks.rows ? null : networks.replicas,
      seed: networks.rows ? null : networks.seed,
      tolerance,
      record: plan.record,
    },
    time,
    meanField: {
      solver: "single-index",
      loss: Float64Array.from(solution?.loss ?? []),
      errorEstimate,
      particleErrorEstimate,
    },
    widths,
    scaling: slopes(
      engine,
      networks.seed,
      widths,
      finished.map(({ runs }) => runs),
    ),
    toJSON() {
      return plain(this);
    },
  };
  if (!networks.rows) return report;
  const delta = (k: number) => {
    checkInteger("k", k, 0, progress.deltas.length - 1);
    return progress.deltas[k].slice();
  };
  return Object.assign(report, { delta });
}
