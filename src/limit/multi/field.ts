// The velocity field of the infinite-width limit with several indices, as polynomials in u and t = s^2 (SPEC.md, section
// 4). With q = sum q_k s^k, the moments M of the monomials m = u^gamma t^b, k = |gamma| + 2b, and n = d - r:
//
//   c     = q_k k! / (gamma! (2b)!) E tau^(2b),   E tau^(2b) = (2b-1)!! / (n (n+2) ... (n+2b-2)), 0 for n = 0 < b
//   f     = phi_k k!/gamma! sum_j omega_j u_j^gamma  for b = 0, else 0
//   Q     = sum c M m,   Phi = sum f m,   P = Phi - Q
//   L     = |f*|^2 - 2 sum f M + sum c M^2,   |f_MF|^2 = sum c M^2
//   R     the same as P with the radial series b_k e_k and c_k e_k in place of phi_k and q_k

import type { Engine } from "../../engine/index.ts";
import { multiIndexForm, populationSeries } from "../../problem/form.ts";
import type { Teachers } from "../../problem/teachers.ts";
import type { MultiIndexProblem } from "../../problem/types.ts";
import type { LimitField } from "../model.ts";
import { type Monomials, monomials, monomialsAt } from "./monomials.ts";
import { MultiParticles } from "./particles.ts";
import { neededWeights } from "./size.ts";
import { type Span, spanOf } from "./span.ts";

/** E tau^(2b) for b = 0, 1, ..., tau the first coordinate of a uniform point of the unit sphere of R^n. */
function tauMoments(n: number, most: number): number[] {
  const moments = [1];
  for (let b = 1; b <= most; b++) moments.push(n === 0 ? 0 : (moments[b - 1] * (2 * b - 1)) / (n + 2 * b - 2));
  return moments;
}

/** k! for k = 0 .. most. */
function factorials(most: number): number[] {
  const values = [1];
  for (let k = 1; k <= most; k++) values.push(values[k - 1] * k);
  return values;
}

/** sum_jj' omega_j omega_j' sum_k b_k^2 <u_j, u_j'>^k. */
function targetNorm({ rows, rank, count, weights }: Span, link: readonly number[]): number {
  let sum = 0;
  for (let j = 0; j < count; j++) {
    for (let i = 0; i <= j; i++) {
      let s = 0;
      for (let c = 0; c < rank; c++) s += rows[i * rank + c] * rows[j * rank + c];
      let value = 0;
      for (let k = link.length - 1; k >= 0; k--) value = value * s + link[k] * link[k];
      sum += (i === j ? 1 : 2) * weights[i] * weights[j] * value;
    }
  }
  return sum;
}

export class MultiField implements LimitField {
  readonly driveLength: number;
  readonly radialLength: number;
  readonly teachers: Teachers;
  readonly crossing = { what: "the span of the teachers", condition: "1 + eta (R + 2 P_t - kappa) <= 0" };
  readonly span: Span;
  readonly monomials: Monomials;
  /** n = d - r. */
  readonly orthogonal: number;
  /** Which weights occur, from 0. */
  readonly needed: readonly boolean[];
  /** phi: powers of <u, u_j>. */
  readonly linkSeries: Float64Array;
  private readonly kernel: Float64Array;
  private readonly kernelRadial: Float64Array;
  private readonly link: Float64Array;
  private readonly linkRadial: Float64Array;
  private readonly targetNorm: number;

  constructor(problem: MultiIndexProblem, teachers: Teachers) {
    const form = multiIndexForm(problem);
    if (!form) throw new TypeError(`${problem.name} has no Hermite series that end, or signs of -1`);
    const series = populationSeries(form);
    this.teachers = teachers;
    this.span = spanOf(teachers);
    this.orthogonal = problem.d - this.span.rank;
    this.needed = neededWeights(form);
    this.monomials = monomials(this.span.rank, this.needed);
    this.linkSeries = series.link;
    const { count } = this.monomials;
    this.driveLength = count;
    this.radialLength = count;
    this.kernel = this.kernelCoefficients(series.kernel);
    this.kernelRadial = this.kernelCoefficients(series.kernelRadial);
    const directions = this.directions();
    this.link = this.linkCoefficients(series.link, directions);
    this.linkRadial = this.linkCoefficients(series.linkRadial, directions);
    this.targetNorm = targetNorm(this.span, form.link);
  }

  /** r. */
  get rank(): number {
    return this.span.rank;
  }

  private kernelCoefficients(q: Float64Array): Float64Array {
    const { weight, powerOfT, inverseFactorials } = this.monomials;
    const factorial = factorials(q.length);
    const tau = tauMoments(this.orthogonal, q.length);
    return inverseFactorials.map((inverse, j) => {
      const k = weight[j];
      return k < q.length && q[k] !== 0 ? q[k] * (factorial[k] * inverse) * tau[powerOfT[j]] : 0;
    });
  }

  /** sum_j omega_j u_j^gamma; 0 where b > 0. */
  private directions(): Float64Array {
    const { rows, rank, count, weights } = this.span;
    const sums = new Float64Array(this.monomials.count);
    for (let j = 0; j < count; j++) {
      const x = [...rows.subarray(j * rank, (j + 1) * rank), 0];
      monomialsAt(this.monomials, x, weights[j]).forEach((value, i) => {
        sums[i] += value;
      });
    }
    return sums;
  }

  private linkCoefficients(phi: Float64Array, directions: Float64Array): Float64Array {
    const { weight, inverseFactorials } = this.monomials;
    const factorial = factorials(phi.length);
    return directions.map((sum, j) => {
      const k = weight[j];
      return k < phi.length && phi[k] !== 0 ? phi[k] * (factorial[k] * inverseFactorials[j]) * sum : 0;
    });
  }

  drive(M: Float64Array, out: Float64Array): void {
    const { link, kernel } = this;
    for (let j = 0; j < out.length; j++) out[j] = link[j] - kernel[j] * M[j];
  }

  /** Coefficients of Q from those of P = Phi - Q: the attraction to the law alone. */
  attraction(drive: Float64Array): Float64Array {
    return this.link.map((f, j) => f - drive[j]);
  }

  radial(M: Float64Array, out: Float64Array): void {
    const { linkRadial, kernelRadial } = this;
    for (let j = 0; j < out.length; j++) out[j] = linkRadial[j] - kernelRadial[j] * M[j];
  }

  overlap(M: Float64Array): Float64Array {
    return this.kernel.map((c, j) => c * M[j]);
  }

  energy(M: Float64Array): number {
    return this.kernel.reduce((sum, c, j) => sum + c * M[j] * M[j], 0);
  }

  loss(M: Float64Array): number {
    return this.targetNorm - 2 * this.link.reduce((sum, f, j) => sum + f * M[j], 0) + this.energy(M);
  }

  particles(engine: Engine, n: number, flow: boolean): MultiParticles {
    return new MultiParticles(engine, this, n, flow);
  }
}
