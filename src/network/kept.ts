// What trainNetwork keeps of the way of the particles: whole records, thinned trajectories, paths of alpha.

import { checkInteger, checkOneOf, checkOptions } from "../core/check.ts";
import { type AlphaPaths, checkAlphaCount } from "../problem/alpha-paths.ts";
import type { Problem } from "../problem/types.ts";
import type { Particles } from "./particles.ts";

/** Thinned trajectories that are kept. */
export interface TrajectoryOption {
  /** At so many of the recorded times, equally spaced among them, the first and the last always; default all. */
  records?: number | undefined;
  /** Of so many particles, the first ones; default all. */
  particles?: number | undefined;
}

/** Particles at several times. */
export interface KeptTrajectory {
  /** Recorded times that were kept and reached. */
  time: Float64Array;
  /** Weights, [times, particles, d] row-major; what `toNPY(data, shape)` writes. */
  data: Float64Array;
  shape: [number, number, number];
}

/** What is kept, checked. */
export interface KeepPlan {
  keep: "last" | "all";
  alphaPaths: number | null;
  /** Records, ascending, and how many particles; null where no trajectory is kept. */
  trajectory: { records: number[]; particles: number } | null;
}

/** Which of so many records: `count` of them, as equally spaced as their numbers allow. */
function equallySpaced(records: number, count: number): number[] {
  if (count === 1) return [records - 1];
  return Array.from({ length: count }, (_, i) => Math.round((i * (records - 1)) / (count - 1)));
}

/** @throws TypeError or RangeError naming the option. */
export function checkKeep(
  options: { keep?: unknown; alphaPaths?: unknown; trajectory?: TrajectoryOption | undefined },
  problem: Problem,
  width: number,
  records: number,
): KeepPlan {
  const { trajectory } = options;
  if (trajectory !== undefined) checkOptions("trajectory", trajectory, ["records", "particles"]);
  const count = checkInteger("trajectory.records", trajectory?.records ?? records, 1, records);
  const particles = checkInteger("trajectory.particles", trajectory?.particles ?? width, 1, width);
  return {
    keep: checkOneOf("keep", options.keep ?? "last", ["last", "all"]),
    alphaPaths: checkAlphaCount(options.alphaPaths, problem, width),
    trajectory: trajectory === undefined ? null : { records: equallySpaced(records, count), particles },
  };
}

/** Bytes of what is kept, most of them on the host's side. */
export function keptBytes({ keep, trajectory }: KeepPlan, width: number, d: number, records: number): number {
  const whole = 8 * width * d * (keep === "all" ? records : 1);
  return whole + (trajectory ? 8 * trajectory.records.length * trajectory.particles * d : 0);
}

/** Takes what is to be kept at each record. */
export class Kept {
  private readonly plan: KeepPlan;
  private readonly particles: Particles;
  private readonly whole = new Map<number, Float64Array>();
  private readonly rows: { t: number; values: Float64Array }[] = [];
  private readonly alphas: number[][] = [];
  private start: number[] = [];

  constructor(plan: KeepPlan, particles: Particles) {
    this.plan = plan;
    this.particles = particles;
  }

  /** Once the particles stand at their start. */
  begin(): void {
    this.start = this.alphaNow();
  }

  /** At record k, time t. */
  take(k: number, t: number): void {
    const { keep, trajectory } = this.plan;
    const { particles } = this;
    if (keep === "last") this.whole.clear();
    const values = particles.copy();
    this.whole.set(k, values);
    if (trajectory?.records.includes(k))
      this.rows.push({ t, values: values.slice(0, trajectory.particles * particles.dimension) });
    this.alphas.push(this.alphaNow());
  }

  /** Particles of record k; undefined where they were not kept. */
  at(k: number): Float64Array | undefined {
    return this.whole.get(k);
  }

  /** Records of which all particles were kept. */
  get records(): number[] {
    return [...this.whole.keys()];
  }

  /** null where none were asked for. */
  get alphaPaths(): AlphaPaths | null {
    const { alphas, start, plan } = this;
    if (plan.alphaPaths === null) return null;
    return { start, alpha: start.map((_, i) => Float64Array.from(alphas, (values) => values[i])) };
  }

  /** null where none was asked for. */
  get trajectory(): KeptTrajectory | null {
    const { plan, rows } = this;
    if (!plan.trajectory) return null;
    const { dimension: d } = this.particles;
    const { particles } = plan.trajectory;
    const data = new Float64Array(rows.length * particles * d);
    rows.forEach(({ values }, k) => {
      data.set(values, k * particles * d);
    });
    return { time: Float64Array.from(rows, ({ t }) => t), data, shape: [rows.length, particles, d] };
  }

  /** <w_i, w*> of the first particles; w* is the first coordinate vector. */
  private alphaNow(): number[] {
    const { W, stride } = this.particles;
    return Array.from({ length: this.plan.alphaPaths ?? 0 }, (_, i) => W.view[i * stride]);
  }
}
