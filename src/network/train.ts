// trainNetwork: one network of finite width, from its start to the last record.

import { checkInteger, checkOneOf, checkOptions, checkSeed, wrongValue } from "../core/check.ts";
import {
  checkDynamics,
  DYNAMICS_OPTIONS,
  type Dynamics,
  type DynamicsOptions,
  type Gradient,
} from "../core/dynamics.ts";
import { plain } from "../core/plain.ts";
import { Run, type RunOptions, type Status } from "../core/run.ts";
import { version } from "../core/version.ts";
import { type Backend, checkEngine, type Engine } from "../engine/index.ts";
import { checkProblem } from "../problem/single-index.ts";
import type { Problem } from "../problem/types.ts";
import { checkSigns, unitRows } from "./initial.ts";
import { PopulationNetwork } from "./population.ts";
import { type DivergedStep, Trajectory } from "./trajectory.ts";

/** Options of `trainNetwork`. Either `width` or `initial`. */
export interface TrainOptions extends DynamicsOptions, RunOptions {
  /** Number of particles; they start as independent uniform points of the sphere, drawn from `seed`. */
  width?: number | undefined;
  /** Particles at the start, m x d row-major; rows of any nonzero norm, normalised on entry. */
  initial?: Float64Array | undefined;
  /** Second-layer signs, m values of +1 or -1; default all +1. */
  signs?: Int8Array | undefined;
  /** 0 to 2^32 - 1; default 1. Particle i does not depend on the width. */
  seed?: number | undefined;
  /** What the network is trained on: the population (infinite data). */
  data?: "population" | undefined;
  precision?: "float64" | undefined;
  /** Which particles to keep: those of the last record (default) or of all. */
  keep?: "last" | "all" | undefined;
}

/** @internal */
export const TRAIN_OPTIONS = [
  ...DYNAMICS_OPTIONS,
  "initial",
  "seed",
  "data",
  "precision",
  "onProgress",
  "signal",
] as const;

/** What `trainNetwork` resolves to. */
export interface TrainedNetwork {
  schema: "propchaos/network@1";
  version: string;
  backend: Backend;
  status: Status;
  /** The step in which a number stopped being finite and the flow time it led to; null unless status is "diverged". */
  divergence: DivergedStep | null;
  problem: Problem;
  settings: {
    width: number;
    time: number;
    step: number;
    dynamics: Dynamics;
    gradient: Gradient;
    data: "population";
    precision: "float64";
    /** null for particles given as `initial`. */
    seed: number | null;
    signed: boolean;
    record: number | number[];
    keep: "last" | "all";
  };
  /** Recorded flow times. */
  time: Float64Array;
  /** Population risk at each. */
  loss: Float64Array;
  /** Mean (f - y)^2 over the training and test set; null, as there is none. */
  trainError: null;
  testError: null;
  /** [m, d] */
  shape: [number, number];
  /**
   * Particles at record k, m x d row-major.
   * @throws RangeError where k is no record or was not kept.
   */
  particles(k: number): Float64Array;
  /** The document with plain arrays, ready for JSON.stringify; particles are not part of it. */
  toJSON(): unknown;
}

/**
 * Trains one network of finite width on the population by projected gradient descent in mean-field scaling, or along
 * gradient flow by the Runge-Kutta method of order 4 (SPEC.md, sections 1 and 3).
 *
 * @returns times, risks and particles. A run that is aborted or diverges keeps the records it reached.
 * @throws TypeError or RangeError for a bad argument, or where memory does not suffice.
 * @example
 * ```ts
 * const run = await trainNetwork(engine, problems.He4({ d: 32 }), { width: 256, time: 8, seed: 1 });
 * console.log(run.loss.at(-1), run.particles(run.time.length - 1));
 * ```
 */
export async function trainNetwork(engine: Engine, problem: Problem, options: TrainOptions): Promise<TrainedNetwork> {
  checkEngine(engine);
  const checked = checkProblem(problem);
  checkOptions("trainNetwork", options, [...TRAIN_OPTIONS, "width", "signs", "keep"]);
  const run = new Run(options);
  const plan = checkDynamics(options);
  checkOneOf("data", options.data ?? "population", ["population"]);
  checkOneOf("precision", options.precision ?? "float64", ["float64"]);
  const keep = checkOneOf("keep", options.keep ?? "last", ["last", "all"]);
  const seed = checkSeed("seed", options.seed ?? 1);
  const given = options.initial === undefined ? undefined : unitRows("initial", options.initial, checked.d);
  const width = given ? given.m : checkInteger("width", options.width, 1);
  if (given && options.width !== undefined && options.width !== given.m)
    wrongValue("width", `left out or ${given.m}, the number of rows of initial`, options.width);
  const signs = options.signs === undefined ? undefined : checkSigns(options.signs, width);

  const network = new PopulationNetwork(engine, checked, width, { signs, rungeKutta: plan.dynamics === "flow" });
  const loss: number[] = [];
  const kept = new Map<number, Float64Array>();
  let divergence: DivergedStep | null = null;
  try {
    const status = await run.guard(async () => {
      if (given) network.set(given.rows);
      else network.sample(seed, 0);
      const trajectory = new Trajectory(network, plan, run);
      for (let k = 0; k < plan.times.length; k++) {
        divergence = await trajectory.advanceTo(k);
        if (divergence) return "diverged";
        const { loss: value } = await network.risk(run);
        loss.push(value);
        if (keep === "last") kept.clear();
        kept.set(k, network.copy());
      }
      return "completed";
    });
    const { time, step, dynamics, gradient, record } = plan;
    return {
      schema: "propchaos/network@1",
      version,
      backend: engine.backend,
      status,
      divergence,
      problem: checked,
      settings: {
        width,
        time,
        step,
        dynamics,
        gradient,
        data: "population",
        precision: "float64",
        seed: given ? null : seed,
        signed: signs !== undefined,
        record,
        keep,
      },
      time: plan.times.slice(0, loss.length),
      loss: Float64Array.from(loss),
      trainError: null,
      testError: null,
      shape: [width, checked.d],
      particles(k) {
        const particles = kept.get(k);
        if (!particles) wrongValue("k", `a record that was kept (${[...kept.keys()].join(", ") || "none"})`, k);
        return particles.slice();
      },
      toJSON() {
        return plain(this);
      },
    };
  } finally {
    network.free();
  }
}
