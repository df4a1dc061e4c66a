// Extreme eigenvalues of a self-adjoint operator by the Lanczos method with full reorthogonalisation. The operator may
// consist of `count` independent blocks: then each block has a Lanczos process of its own, and one product serves all.
//
//   A q_k = beta_(k-1) q_(k-1) + alpha_k q_k + beta_k q_(k+1),   k = 1, 2, ...
//
// The eigenvalues theta of the tridiagonal matrix T_k of alpha and beta (Ritz values) approach the extreme eigenvalues of A
// from inside; with s the last component of theta's unit eigenvector, some eigenvalue of A is within beta_k |s| of theta.
// A block ends where that is small enough, where beta_k vanishes (then the q span an invariant subspace, and a random start
// has a part in every eigenspace), or after as many steps as its space has dimensions.

import type { Work } from "../core/run.ts";
import type { Slot } from "../engine/arena.ts";
import { tridiagonalEigenvalues } from "../numeric/tridiagonal.ts";

/** What is taken the eigenvalues of. */
export interface Operator {
  readonly direction: Slot;
  readonly product: Slot;
  /** product <- A direction; blocks where the direction is 0 are not read. */
  apply(work: Work): Promise<void>;
}

export interface LanczosPlan {
  /** Number of blocks, and entries of each: block i holds entries i length to (i + 1) length - 1 of a vector. */
  count: number;
  length: number;
  /** Most steps: at most the dimension of the space of a block. */
  steps: number;
  /** Residual bound at which a block ends, relative to its largest Ritz value in modulus. */
  tolerance: number;
  /** Whether both ends of the spectrum must be that good, or only the eigenvalue of largest modulus. */
  bothEnds: boolean;
}

/** One entry a block. */
export interface Spectrum {
  smallest: Float64Array;
  largest: Float64Array;
  /** Bound on the distance of what was asked for from an eigenvalue. */
  residual: Float64Array;
  /** Products that were taken. */
  iterations: number;
}

/** beta below this share of the largest alpha or beta so far is rounding. */
const VANISHED = 5.6843418860808015e-14;

/** Multiplications on the blocks that are worked on together: their vectors stay in the second-level cache. */
const WORK_AT_ONCE = 2e5;

export class Lanczos {
  private readonly operator: Operator;
  private readonly plan: LanczosPlan;
  /** q_k (k < steps), each a vector. */
  private readonly basis: Slot;
  /** alpha_k and beta_k of block i at i steps + k. */
  private readonly alpha: Float64Array;
  private readonly beta: Float64Array;
  /** Steps that a block has made. */
  private readonly size: Int32Array;
  private readonly live: Uint8Array;
  private iterations = 0;

  /** `basis`: as long as steps directions; what stands in it does not matter. */
  constructor(operator: Operator, basis: Slot, plan: LanczosPlan) {
    this.operator = operator;
    this.basis = basis;
    this.plan = plan;
    this.alpha = new Float64Array(plan.count * plan.steps);
    this.beta = new Float64Array(plan.count * plan.steps);
    this.size = new Int32Array(plan.count);
    this.live = new Uint8Array(plan.count).fill(1);
  }

  /** Runs from the start vectors that stand in the direction. False where a number is not finite. */
  async run(work: Work): Promise<boolean> {
    const { operator, plan } = this;
    work.expect(plan.steps);
    this.start();
    for (let k = 0, next = 1; k < plan.steps; k++) {
      this.direct(k);
      await operator.apply(work);
      if (!operator.product.view.every(Number.isFinite)) return false;
      if (!(await this.extend(k, work))) return false;
      this.iterations = k + 1;
      work.advance(1, 0);
      // Looking at every step would cost more than the steps: k^2 operations a block.
      if (k + 1 < next && this.live.includes(1)) continue;
      next += Math.max(1, Math.floor(next / 4));
      if (!(await this.anyLeft(work))) break;
    }
    return true;
  }

  /** q_1 = start / |start|. */
  private start(): void {
    const { count, length } = this.plan;
    const q = this.basis.view;
    q.set(this.operator.direction.view);
    for (let i = 0; i < count; i++) {
      const at = i * length;
      divide(q, at, length, norm(q, at, length));
    }
  }

  /** direction <- q_k, 0 in the blocks that have ended. */
  private direct(k: number): void {
    const { count, length } = this.plan;
    const { view, length: vector } = this.operator.direction;
    view.set(this.basis.view.subarray(k * vector, (k + 1) * vector));
    for (let i = 0; i < count; i++) if (!this.live[i]) view.fill(0, i * length, (i + 1) * length);
  }

  /** alpha_k, beta_k and q_(k+1) of all blocks from the product with q_k. False where a number is not finite. */
  private async extend(k: number, work: Work): Promise<boolean> {
    const { count, length } = this.plan;
    const blocks = Math.max(1, Math.floor(WORK_AT_ONCE / (8 * (k + 1) * length)));
    for (let first = 0; first < count; first += blocks) {
      const last = Math.min(count, first + blocks);
      for (let i = first; i < last; i++) this.alpha[i * this.plan.steps + k] = this.along(k, i);
      // Twice is enough (Kahan and Parlett).
      for (let round = 0; round < 2; round++) {
        for (let j = k; j >= 0; j--) {
          for (let i = first; i < last; i++) if (this.live[i]) this.subtract(j, i);
          if (work.due) await work.pause();
        }
      }
      for (let i = first; i < last; i++) if (this.live[i] && !this.finish(k, i)) return false;
    }
    return true;
  }

  /** Address of block i of q_j in the basis. */
  private at(j: number, i: number): number {
    return j * this.operator.direction.length + i * this.plan.length;
  }

  /** <q_j, product> of block i. */
  private along(j: number, i: number): number {
    const { length } = this.plan;
    return dot(this.basis.view, this.at(j, i), this.operator.product.view, i * length, length);
  }

  /** product -= <q_j, product> q_j in block i. */
  private subtract(j: number, i: number): void {
    const { length } = this.plan;
    const q = this.basis.view;
    const p = this.operator.product.view;
    const from = this.at(j, i);
    const to = i * length;
    const along = this.along(j, i);
    for (let c = 0; c < length; c++) p[to + c] -= along * q[from + c];
  }

  /** beta_k and q_(k+1) of block i from what is left of the product. False where a number is not finite. */
  private finish(k: number, i: number): boolean {
    const { length, steps } = this.plan;
    const q = this.basis.view;
    const p = this.operator.product.view;
    const beta = norm(p, i * length, length);
    // An alpha that is not finite leaves nothing of the product that is.
    if (!Number.isFinite(beta)) return false;
    this.beta[i * steps + k] = beta;
    this.size[i] = k + 1;
    if (k + 1 === steps) return true;
    if (beta <= VANISHED * this.reach(i)) {
      this.live[i] = 0;
      return true;
    }
    const to = this.at(k + 1, i);
    q.set(p.subarray(i * length, (i + 1) * length), to);
    divide(q, to, length, beta);
    return true;
  }

  /** Largest modulus of alpha and beta of a block. */
  private reach(i: number): number {
    const { steps } = this.plan;
    let top = 0;
    for (let k = i * steps; k < i * steps + this.size[i]; k++) {
      top = Math.max(top, Math.abs(this.alpha[k]), this.beta[k]);
    }
    return top;
  }

  /** Ends the blocks that are good enough; whether there are others. */
  private async anyLeft(work: Work): Promise<boolean> {
    const { count, tolerance } = this.plan;
    let left = false;
    for (let i = 0; i < count; i++) {
      if (!this.live[i]) continue;
      const { smallest, largest, residual } = this.ends(i);
      if (residual <= tolerance * Math.max(Math.abs(smallest), Math.abs(largest))) this.live[i] = 0;
      else left = true;
      if (work.due) await work.pause();
    }
    return left;
  }

  /** Smallest and largest Ritz value of a block, and the bound on the worse of those that were asked for. */
  private ends(i: number): { smallest: number; largest: number; residual: number } {
    const { steps, bothEnds } = this.plan;
    const n = this.size[i];
    const at = i * steps;
    const { values, last } = tridiagonalEigenvalues(this.alpha.subarray(at, at + n), this.beta.subarray(at, at + n));
    let low = 0;
    let high = 0;
    for (let k = 1; k < n; k++) {
      if (values[k] < values[low]) low = k;
      if (values[k] > values[high]) high = k;
    }
    const bound = (k: number) => this.beta[at + n - 1] * Math.abs(last[k]);
    const top = Math.abs(values[low]) > Math.abs(values[high]) ? low : high;
    return {
      smallest: values[low],
      largest: values[high],
      residual: bothEnds ? Math.max(bound(low), bound(high)) : bound(top),
    };
  }

  /** What is known after the last step; of no length before the first. */
  spectrum(): Spectrum {
    const count = this.iterations === 0 ? 0 : this.plan.count;
    const spectrum: Spectrum = {
      smallest: new Float64Array(count),
      largest: new Float64Array(count),
      residual: new Float64Array(count),
      iterations: this.iterations,
    };
    for (let i = 0; i < count; i++) {
      const { smallest, largest, residual } = this.ends(i);
      spectrum.smallest[i] = smallest;
      spectrum.largest[i] = largest;
      spectrum.residual[i] = residual;
    }
    return spectrum;
  }
}

function dot(x: Float64Array, atX: number, y: Float64Array, atY: number, n: number): number {
  let sum = 0;
  for (let c = 0; c < n; c++) sum += x[atX + c] * y[atY + c];
  return sum;
}

/** |x|, by the largest entry first, so that no square leaves the range of numbers. */
function norm(x: Float64Array, at: number, n: number): number {
  let top = 0;
  for (let c = at; c < at + n; c++) top = Math.max(top, Math.abs(x[c]));
  if (top === 0) return 0;
  let square = 0;
  for (let c = at; c < at + n; c++) square += (x[c] / top) * (x[c] / top);
  return top * Math.sqrt(square);
}

function divide(x: Float64Array, at: number, n: number, divisor: number): void {
  for (let c = at; c < at + n; c++) x[c] /= divisor;
}
