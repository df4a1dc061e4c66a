// A network of finite width on the population: its arrays in the module's memory and what the kernels compute of them
// (SPEC.md, section 3). Long calls are sliced by rows, so that a page stays alive and a signal is seen.

import type { Gradient } from "../core/dynamics.ts";
import type { Work } from "../core/run.ts";
import { type Region, regionBytes, type Slot } from "../engine/arena.ts";
import { NETWORK_BLOCK_LENGTH, polynomialBlock, writeNetwork } from "../engine/blocks.ts";
import type { Engine } from "../engine/index.ts";
import { fillSphere } from "../engine/random.ts";
import { type PopulationSeries, populationSeries } from "../problem/single-index.ts";
import type { Problem } from "../problem/types.ts";

/** The polynomials of a problem, by their names in the network block. */
const POLYNOMIALS = ["kernel", "kernelDerivative", "kernelRadial", "link", "linkDerivative", "linkRadial"] as const;

/** Multiplications in one kernel call: some ten milliseconds, so that a signal is seen in time. */
const SLICE_WORK = { simd: 5e7, scalar: 1e7 };

type PolynomialName = (typeof POLYNOMIALS)[number];

type Names =
  | PolynomialName
  | "block"
  | "W"
  | "V"
  | "panels"
  | "rows"
  | "signs"
  | "teacher"
  | "weight"
  | "scratch"
  | "start"
  | "sum";

/** Sums behind the risk: L = |f*|^2 - 2 target + energy, energy = |f|^2. */
export interface Risk {
  loss: number;
  /** |f|^2 = mean_ij a_i a_j q(S_ij). */
  energy: number;
}

export interface NetworkOptions {
  /** Second-layer signs; all +1 where left out. */
  signs?: Int8Array | undefined;
  /** Whether Runge-Kutta steps will be taken: they need two more arrays. */
  rungeKutta?: boolean | undefined;
}

/** Width m rounded up to whole tiles of four rows, and d to four columns. */
export function roundUp(n: number): number {
  return Math.ceil(n / 4) * 4;
}

/** Polynomials of a problem as the kernels take them. */
function polynomialBlocks(series: PopulationSeries): Map<PolynomialName, Float64Array> {
  return new Map(POLYNOMIALS.map((name) => [name, polynomialBlock(series[name])]));
}

/** What a network takes in the arena. */
function lengths(
  engine: Engine,
  d: number,
  width: number,
  polynomials: Map<PolynomialName, Float64Array>,
  { signs, rungeKutta }: NetworkOptions,
): Record<Names, number> {
  const m = roundUp(width);
  const dp = roundUp(d);
  const blockLengths = Object.fromEntries(Array.from(polynomials, ([name, block]) => [name, block.length])) as Record<
    PolynomialName,
    number
  >;
  return {
    ...blockLengths,
    block: NETWORK_BLOCK_LENGTH,
    W: m * dp,
    V: m * dp,
    panels: m * d,
    rows: m,
    signs: signs ? m : 0,
    teacher: dp,
    weight: 1,
    scratch: engine.kernels.scratchSize(dp) / 8,
    start: rungeKutta ? m * dp : 0,
    sum: rungeKutta ? m * dp : 0,
  };
}

/** Whole blocks of rows where they fit into a slice, whole tiles where not. */
function sliceRows(rows: number): number {
  const unit = rows < 32 ? 4 : 32;
  return Math.max(1, Math.floor(rows / unit)) * unit;
}

/** Bytes that a network will reserve. */
export function networkBytes(engine: Engine, problem: Problem, width: number, options: NetworkOptions): number {
  return regionBytes(lengths(engine, problem.d, width, polynomialBlocks(populationSeries(problem)), options));
}

export class PopulationNetwork {
  readonly width: number;
  readonly dimension: number;
  /** Stride of W, V: d rounded up to a multiple of 4. */
  readonly stride: number;
  private readonly engine: Engine;
  private readonly targetNorm: number;
  private readonly region: Region<Names>;
  private readonly block: number;
  private readonly rowsPerSlice: number;

  constructor(engine: Engine, problem: Problem, width: number, options: NetworkOptions = {}) {
    const { d } = problem;
    const series = populationSeries(problem);
    const polynomials = polynomialBlocks(series);
    this.engine = engine;
    this.width = width;
    this.dimension = d;
    this.stride = roundUp(d);
    this.targetNorm = series.targetNorm;
    this.region = engine.arena.reserve(
      `a network of width ${width} in dimension ${d}`,
      lengths(engine, d, width, polynomials, options),
    );
    const { slots } = this.region;
    const addresses = {} as Record<PolynomialName, number>;
    for (const [name, block] of polynomials) {
      slots[name].view.set(block);
      addresses[name] = slots[name].address;
    }
    slots.teacher.view[0] = 1;
    slots.weight.view[0] = 1;
    if (options.signs) slots.signs.view.set(options.signs);
    this.block = writeNetwork(slots.block, {
      width,
      dimension: d,
      stride: this.stride,
      particles: slots.W.address,
      panels: slots.panels.address,
      signs: options.signs ? slots.signs.address : 0,
      teachers: slots.teacher.address,
      teacherWeights: slots.weight.address,
      teacherCount: 1,
      ...addresses,
      scratch: slots.scratch.address,
    });
    const perRow = width * (2 * d + 2 * problem.activation.coefficients.length);
    this.rowsPerSlice = sliceRows(SLICE_WORK[engine.backend] / perRow);
  }

  /** The particles, m x d in rows of `stride`. */
  get particles(): Slot {
    return this.region.slots.W;
  }

  /** Starts from independent uniform points of the sphere. */
  sample(seed: number, replica: number): void {
    const { width: m, dimension: d, stride: dp } = this;
    fillSphere(this.engine, this.particles, { m, d, dp, seed, replica });
    this.pack();
  }

  /** Starts from the given unit rows (m x d). */
  set(rows: Float64Array): void {
    const { view } = this.particles;
    const { width: m, dimension: d, stride: dp } = this;
    for (let i = 0; i < m; i++) view.set(rows.subarray(i * d, (i + 1) * d), i * dp);
    this.pack();
  }

  /** A copy of the particles, m x d. */
  copy(): Float64Array {
    return this.rows(this.region.slots.W);
  }

  /** A copy of the last velocity, m x d. */
  copyVelocity(): Float64Array {
    return this.rows(this.region.slots.V);
  }

  private rows({ view }: Slot): Float64Array {
    const { width: m, dimension: d, stride: dp } = this;
    const out = new Float64Array(m * d);
    for (let i = 0; i < m; i++) out.set(view.subarray(i * dp, i * dp + d), i * d);
    return out;
  }

  private pack(): void {
    const { slots } = this.region;
    this.engine.kernels.packPanels(slots.W.address, this.width, this.dimension, this.stride, slots.panels.address);
  }

  /** V <- velocity of all particles; with `"euclidean"` its radial part too. */
  async velocity(gradient: Gradient, work: Work): Promise<void> {
    const { V } = this.region.slots;
    for (let first = 0; first < this.width; first += this.rowsPerSlice) {
      const last = Math.min(this.width, first + this.rowsPerSlice);
      this.engine.kernels.velocityRows(this.block, V.address, first, last, gradient === "euclidean");
      if (work.due) await work.pause();
    }
  }

  /** One PGD step of size eta. False where a particle's norm is zero or not finite. */
  async step(eta: number, gradient: Gradient, work: Work): Promise<boolean> {
    await this.velocity(gradient, work);
    const { W, V } = this.region.slots;
    return this.move(W, V, eta);
  }

  /** W <- normalise(from + eta direction), and its panels. */
  private move(from: Slot, direction: Slot, eta: number): boolean {
    const { W } = this.region.slots;
    const bad = this.engine.kernels.retract(from.address, direction.address, eta, W.address, this.width, this.stride);
    if (bad !== 0) return false;
    this.pack();
    return true;
  }

  /**
   * One step h of the classical Runge-Kutta method of order 4 on the sphere: stages and result are projected. The field
   * w -> v(w / |w|) extends the velocity off the sphere, so the order is kept.
   */
  async rungeKuttaStep(h: number, work: Work): Promise<boolean> {
    const { W, V, start, sum } = this.region.slots;
    const { addScaled } = this.engine.kernels;
    start.view.set(W.view);
    sum.view.fill(0);
    for (const [weight, ahead] of [
      [1, 0.5],
      [2, 0.5],
      [2, 1],
      [1, 0],
    ]) {
      await this.velocity("riemannian", work);
      addScaled(sum.address, sum.address, weight, V.address, sum.length);
      if (ahead > 0 && !this.move(start, V, ahead * h)) return false;
    }
    return this.move(start, sum, h / 6);
  }

  /** Population risk (SPEC.md, section 3). */
  async risk(work: Work): Promise<Risk> {
    const { rows } = this.region.slots;
    const m = this.width;
    for (let first = 0; first < m; first += this.rowsPerSlice) {
      const last = Math.min(m, first + this.rowsPerSlice);
      this.engine.kernels.energyRows(this.block, rows.address, first, last);
      if (work.due) await work.pause();
    }
    const energy = this.sumRows() / m / m;
    this.engine.kernels.targetRows(this.block, rows.address);
    const target = this.sumRows() / m;
    return { loss: this.targetNorm - 2 * target + energy, energy };
  }

  private sumRows(): number {
    const { view } = this.region.slots.rows;
    let sum = 0;
    for (let i = 0; i < this.width; i++) sum += view[i];
    return sum;
  }

  /** Gives the memory back. */
  free(): void {
    this.region.free();
  }
}
