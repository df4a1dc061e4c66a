// Self-concordance of one network: it is trained, and at each record both ends of the spectrum of every particle's local
// Hessian are found by the Lanczos method. Integrals over time are trapezoidal over the records.

import { plain } from "../../core/plain.ts";
import type { Run } from "../../core/run.ts";
import { version } from "../../core/version.ts";
import { regionBytes, type Slot } from "../../engine/arena.ts";
import type { Engine } from "../../engine/index.ts";
import { Dataset, datasetBytes } from "../../network/dataset.ts";
import { EmpiricalHessian, empiricalHessianBytes } from "../../network/empirical-hessian.ts";
import { Network, type NetworkInput, networkBytes } from "../../network/network.ts";
import { type Particles, roundUp } from "../../network/particles.ts";
import { PopulationHessian, populationHessianBytes } from "../../network/population-hessian.ts";
import { drawsNumbers, trainingSettings } from "../../network/training.ts";
import { countWork, type DivergedStep, Trajectory } from "../../network/trajectory.ts";
import type { Problem } from "../../problem/types.ts";
import type { GivenShape } from "../given-network.ts";
import { hessianLanczos, lanczosPlan } from "../hessian-lanczos.ts";
import type { LanczosPlan } from "../lanczos.ts";
import type { NetworkConcordance } from "./document.ts";
import { ConcordanceSeries, type Snapshot } from "./statistics.ts";
import { concordanceVerdict } from "./verdict.ts";

/** Residual of the extreme eigenvalues, relative to the norm. */
const EIGENVALUES = 1e-6;

/** Most Lanczos vectors, as for localHessianNorms. */
const MOST_VECTORS = 128;

/** A Lanczos iteration costs about so many steps of the training. */
const STEPS_AN_ITERATION = 2;

/** Checked arguments. */
export interface NetworkConcordanceInput {
  network: NetworkInput;
  /** Unit rows to start from; null where they are drawn. */
  rows: Float64Array | null;
  /** null where there is no alpha. */
  bound: number | null;
}

/** Whether particles have an alpha = <w, w*>. */
export function hasAlpha(problem: Problem): boolean {
  return problem.kind === "single-index";
}

function shapeOf({ problem, width }: NetworkInput): GivenShape {
  const stride = roundUp(problem.d, 4);
  return { m: width, d: problem.d, stride, vector: roundUp(width, 4) * stride };
}

/** The Lanczos process of all particles at once. */
function planOf(shape: GivenShape): LanczosPlan {
  return lanczosPlan("local", shape, EIGENVALUES, MOST_VECTORS);
}

/** Bytes that it will reserve. */
export function networkConcordanceBytes(engine: Engine, input: NetworkInput): number {
  const { problem, training, width } = input;
  const { data, precision } = training;
  const shape = shapeOf(input);
  const sizes = { width, dimension: problem.d, stride: shape.stride };
  const hessian = data
    ? datasetBytes(problem, data, precision) + empiricalHessianBytes(engine, problem, sizes)
    : populationHessianBytes(engine, problem, sizes);
  return networkBytes(engine, input) + hessian + regionBytes({ basis: planOf(shape).steps * shape.vector });
}

/** Trapezoidal integrals over the records, one a particle. */
class RecordIntegral {
  readonly value: Float64Array;
  private before: { now: Float64Array; time: number } | null = null;

  constructor(n: number) {
    this.value = new Float64Array(n);
  }

  add(now: Float64Array, time: number): void {
    const { before, value } = this;
    if (before)
      for (let i = 0; i < value.length; i++) value[i] += ((before.now[i] + now[i]) / 2) * (time - before.time);
    this.before = { now, time };
  }
}

function column({ view }: Slot, { width, stride }: Particles): Float64Array {
  return Float64Array.from({ length: width }, (_, i) => view[i * stride]);
}

function rowNorms({ view }: Slot, { width, dimension, stride }: Particles): Float64Array {
  return Float64Array.from({ length: width }, (_, i) => {
    let square = 0;
    for (let c = i * stride; c < i * stride + dimension; c++) square += view[c] * view[c];
    return Math.sqrt(square);
  });
}

/** What there is where particles have no alpha. */
const UNALIGNED = {
  constant: null,
  positiveConstant: null,
  towardsEquator: null,
  growth: null,
  amplification: null,
  verdict: null,
};

/** The same where they have. */
function aligned(series: ConcordanceSeries, time: Float64Array, bound: number) {
  const found = series.aligned();
  return { ...found, verdict: concordanceVerdict(time, found, bound) };
}

export async function networkConcordance(
  engine: Engine,
  { network: input, rows, bound }: NetworkConcordanceInput,
  run: Run,
): Promise<NetworkConcordance> {
  const { problem, training, width, signs, key } = input;
  const { plan, data, precision } = training;
  const lanczos = planOf(shapeOf(input));
  const purpose = `a network of width ${width} in dimension ${problem.d} and its Hessians`;
  engine.arena.require(purpose, networkConcordanceBytes(engine, input));
  const taken: { free(): void }[] = [];
  const take = <Part extends { free(): void }>(part: Part): Part => {
    taken.push(part);
    return part;
  };
  let series: ConcordanceSeries | undefined;
  let divergence: DivergedStep | null = null;
  try {
    const dataset = data && take(new Dataset(engine, problem, data, precision, key));
    const network = take(new Network(engine, input, dataset));
    const { particles } = network;
    const hessian = take(
      dataset
        ? new EmpiricalHessian(engine, problem, particles, dataset)
        : new PopulationHessian(engine, problem, particles),
    );
    const region = take(engine.arena.reserve("Lanczos vectors", { basis: lanczos.steps * hessian.direction.length }));
    const weights = new Float64Array(width).fill(1 / width);
    const integral = new RecordIntegral(width);
    const positiveIntegral = new RecordIntegral(width);
    const status = await run.guard(async () => {
      const records = plan.times.length;
      const looking = STEPS_AN_ITERATION * lanczos.steps;
      run.expect(countWork(plan) + records * looking);
      await dataset?.load(run);
      await network.start(rows, run);
      const trajectory = new Trajectory(network, plan, run.part(countWork(plan)));
      series = new ConcordanceSeries(
        engine.kernels.log,
        weights,
        hasAlpha(problem) ? column(particles.W, particles) : null,
      );
      for (let k = 0; k < records; k++) {
        divergence = await trajectory.advanceTo(k);
        if (divergence) return "diverged";
        const part = run.part(looking);
        const eigenvalues = hessianLanczos(
          "local",
          { engine, particles, hessian, seed: key.seed },
          region.slots.basis,
          lanczos,
        );
        const finite = await eigenvalues.run(part);
        await network.meanVelocity(run);
        const speed = rowNorms(particles.V, particles);
        if (!finite || !speed.every(Number.isFinite)) {
          divergence = { step: Math.max(1, trajectory.steps), time: plan.times[k] };
          return "diverged";
        }
        const { smallest, largest } = eigenvalues.spectrum();
        const norm = largest.map((value, i) => Math.max(Math.abs(value), Math.abs(smallest[i])));
        integral.add(norm, plan.times[k]);
        positiveIntegral.add(
          largest.map((value) => Math.max(0, value)),
          plan.times[k],
        );
        const withAlpha: Snapshot["aligned"] = hasAlpha(problem)
          ? {
              alpha: column(particles.W, particles),
              rate: column(particles.V, particles),
              integral: integral.value,
              positiveIntegral: positiveIntegral.value,
            }
          : null;
        series.push({ norm, largest, speed, aligned: withAlpha });
        part.finish();
      }
      return "completed";
    });
    const found = series ?? new ConcordanceSeries(engine.kernels.log, weights, null);
    const time = plan.times.slice(0, found.count);
    return {
      schema: "propchaos/self-concordance@1",
      version,
      backend: engine.backend,
      status,
      divergence,
      problem,
      subject: "network",
      settings: {
        width,
        ...trainingSettings(training),
        seed: !rows || drawsNumbers(training) ? key.seed : null,
        signed: signs !== null || problem.signed,
        bound,
      },
      time,
      particles: width,
      ...found.common(),
      ...(bound === null ? UNALIGNED : aligned(found, time, bound)),
      toJSON() {
        return plain(this);
      },
    };
  } finally {
    for (const part of taken) part.free();
  }
}
