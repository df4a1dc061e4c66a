// The averaged stability constant of a problem with several indices (SPEC.md, section 5):
//
//   J_avg(t, s) = max_j (1/m) sum_i |J_{t,s}(i) H_s(i, j)|,  H(i, j) = P_i (q' I + q'' w_j w_i^T) on the tangents at w_j
//
// w_i, w_j and the span lie in r + 2 dimensions: with z_j = tau z_i + nu f, tau = <z_i, z_j>, in coordinates along span, z_i, f
//
//   w_i = (u, s, 0)     tangents (e, 0) for e in E_i, and (0, 0, 1)
//   w_j = (u', s' tau, s' nu)     tangents (e_u, e_s tau, e_s nu) for e in E_j, and (0, -nu, tau)
//
// E an orthonormal basis of the tangents of the sphere of (u, s). There H is a matrix K of r + 1 by r + 1, and q' I on the
// d - r - 2 directions beyond. J is its matrix A on E_i, the number a on the rest; of A only N = E_i^T A^T A E_i matters:
//
//   |J H|^2 = max(largest eigenvalue of K^T diag(N, a^2) K, (a q')^2)

import type { Work } from "../../core/run.ts";
import type { Engine } from "../../engine/index.ts";
import type { SolvableProblem } from "../../limit/field-of.ts";
import { acrossDirections } from "../../limit/multi/coordinates.ts";
import { type Span, spanOf } from "../../limit/multi/span.ts";
import { identityFactors, multiplyFactors, type TangentFactors } from "../../limit/tangent-factors.ts";
import { largestEigenvalue } from "../../numeric/symmetric.ts";
import { multiIndexForm, populationSeries } from "../../problem/form.ts";
import { teachersOf } from "../../problem/teachers.ts";
import type { ParticleHistory } from "./average-stability.ts";

/** sum_k powers[k] x^k. */
function horner(powers: Float64Array, x: number): number {
  let value = 0;
  for (let k = powers.length - 1; k >= 0; k--) value = value * x + powers[k];
  return value;
}

/** Points x = (u, s) of the sphere as rows of r + 1, and the rows E of a basis of the tangents there, r x (r + 1). */
interface Frames {
  x: Float64Array;
  E: Float64Array;
}

/** E_c = e_c - x_c (x + e_s) / (1 + s): the reflection that takes x to -e_s. s >= 0, so that nothing cancels. */
function framesOf(columns: readonly Float64Array[], m: number): Frames {
  const size = columns.length;
  const r = size - 1;
  const x = new Float64Array(m * size);
  const E = new Float64Array(m * r * size);
  for (let i = 0; i < m; i++) {
    for (let c = 0; c < size; c++) x[i * size + c] = columns[c][i];
    const s = x[i * size + r];
    for (let c = 0; c < r; c++) {
      const share = x[i * size + c] / (1 + s);
      const row = (i * r + c) * size;
      for (let b = 0; b < size; b++) E[row + b] = (b === c ? 1 : 0) - share * (x[i * size + b] + (b === r ? 1 : 0));
    }
  }
  return { x, E };
}

/** N of every particle, m x r x r; where there is no s, J has no image there. */
function squares({ size, plane, across }: TangentFactors, { E }: Frames, flat: boolean): Float64Array {
  const r = size - 1;
  const m = across.length;
  const N = new Float64Array(m * r * r);
  const images = new Float64Array(r * size);
  for (let i = 0; i < m; i++) {
    images.fill(0);
    for (let c = 0; c < r; c++) {
      for (let row = 0; row < (flat ? r : size); row++) {
        let sum = 0;
        for (let b = 0; b < size; b++) sum += plane[(i * size + row) * size + b] * E[(i * r + c) * size + b];
        images[c * size + row] = sum;
      }
    }
    for (let a = 0; a < r; a++) {
      for (let b = 0; b < r; b++) {
        let sum = 0;
        for (let row = 0; row < size; row++) sum += images[a * size + row] * images[b * size + row];
        N[(i * r + a) * r + b] = sum;
      }
    }
  }
  return N;
}

/** The matrices K of pairs of particles at one record. */
class Pairs {
  /** (r + 1) x (r + 1), of the last pair: rows for i, columns for j. */
  readonly K: Float64Array;
  /** q' of the last pair. */
  slope = 0;
  private readonly d: number;
  private readonly r: number;
  private readonly directions: Float64Array;
  private readonly first: Float64Array;
  private readonly second: Float64Array;
  private readonly toI: Float64Array;
  private readonly toJ: Float64Array;

  constructor(problem: SolvableProblem, { rank }: Span, directions: Float64Array) {
    const form = multiIndexForm(problem);
    if (!form) throw new TypeError(`${problem.name} has no solvable limit`);
    this.d = problem.d;
    this.r = rank;
    this.directions = directions;
    this.first = populationSeries(form).kernelDerivative;
    this.second = this.first.slice(1).map((q, k) => (k + 1) * q);
    this.K = new Float64Array((rank + 1) * (rank + 1));
    this.toI = new Float64Array(rank + 1);
    this.toJ = new Float64Array(rank + 1);
  }

  /** <z_i, z_j>; with one direction across the span it is a sign, which is free where z is 0. */
  private cosine(i: number, j: number): number {
    const { d, r, directions } = this;
    let tau = 0;
    for (let c = 0; c < d; c++) tau += directions[i * d + c] * directions[j * d + c];
    return d - r === 1 ? (tau < 0 ? -1 : 1) : tau;
  }

  /** Sets K and q' to those of particles i and j. */
  at({ x, E }: Frames, i: number, j: number): void {
    const { d, r, K, toI, toJ } = this;
    const size = r + 1;
    const tau = this.cosine(i, j);
    const planar = d - r > 1;
    const nu = planar ? Math.sqrt(Math.max(0, 1 - tau * tau)) : 0;
    const [xi, xj] = [i * size, j * size];
    let cosine = x[xi + r] * x[xj + r] * tau;
    for (let c = 0; c < r; c++) cosine += x[xi + c] * x[xj + c];
    const p = horner(this.first, cosine);
    const q = horner(this.second, cosine);
    this.slope = p;
    // <tangents at i, w_j> and <tangents at j, w_i>.
    for (let a = 0; a < r; a++) {
      const [ei, ej] = [(i * r + a) * size, (j * r + a) * size];
      let left = E[ei + r] * x[xj + r] * tau;
      let right = E[ej + r] * x[xi + r] * tau;
      for (let c = 0; c < r; c++) {
        left += E[ei + c] * x[xj + c];
        right += E[ej + c] * x[xi + c];
      }
      toJ[a] = left;
      toI[a] = right;
    }
    toJ[r] = x[xj + r] * nu;
    toI[r] = -x[xi + r] * nu;
    for (let a = 0; a < r; a++) {
      const ei = (i * r + a) * size;
      for (let b = 0; b < r; b++) {
        const ej = (j * r + b) * size;
        let inner = E[ei + r] * E[ej + r] * tau;
        for (let c = 0; c < r; c++) inner += E[ei + c] * E[ej + c];
        K[a * size + b] = p * inner + q * toJ[a] * toI[b];
      }
      K[a * size + r] = -p * E[ei + r] * nu + q * toJ[a] * toI[r];
      K[r * size + a] = p * E[(j * r + a) * size + r] * nu + q * toJ[r] * toI[a];
    }
    K[r * size + r] = planar ? p * tau + q * toJ[r] * toI[r] : 0;
  }
}

/** |J H|^2 of the pair in `K`, with N of particle i and its number a^2; `product` and `square` are room for matrices. */
function squaredNorm(
  K: Float64Array,
  N: Float64Array,
  i: number,
  across: number,
  r: number,
  product: Float64Array,
  square: Float64Array,
): number {
  const size = r + 1;
  for (let b = 0; b < size; b++) {
    for (let a = 0; a < r; a++) {
      let sum = 0;
      for (let c = 0; c < r; c++) sum += N[(i * r + a) * r + c] * K[c * size + b];
      product[a * size + b] = sum;
    }
    product[r * size + b] = across * K[r * size + b];
  }
  for (let a = 0; a < size; a++) {
    for (let b = a; b < size; b++) {
      let sum = 0;
      for (let c = 0; c < size; c++) sum += K[c * size + a] * product[c * size + b];
      square[a * size + b] = sum;
      square[b * size + a] = sum;
    }
  }
  return largestEigenvalue(square, size);
}

/** As `averageConstants`. */
export async function averageMulti(
  engine: Engine,
  problem: SolvableProblem,
  { start, columns, factors }: ParticleHistory,
  work: Work,
): Promise<Float64Array[]> {
  const { d } = problem;
  const m = start.length / d;
  const records = factors.length;
  const span = spanOf(teachersOf(engine, problem));
  const r = span.rank;
  const size = r + 1;
  const pairs = new Pairs(problem, span, acrossDirections(span, { m, d, stride: d }, start, columns[0][r]));
  const average = Array.from({ length: records }, (_, k) => new Float64Array(k + 1));
  const product = new Float64Array(size * size);
  const square = new Float64Array(size * size);
  work.expect((records * (records + 1)) / 2);
  for (let s = 0; s < records; s++) {
    const frames = framesOf(columns[s], m);
    const total = identityFactors(m, size);
    const stretched: { N: Float64Array; across: Float64Array }[] = [];
    for (let k = s; k < records; k++) {
      if (k > s) multiplyFactors(total, factors[k]);
      stretched.push({ N: squares(total, frames, d === r), across: total.across.map((a) => a * a) });
      if (work.due) await work.pause();
    }
    const sums = new Float64Array(stretched.length);
    for (let j = 0; j < m; j++) {
      sums.fill(0);
      for (let i = 0; i < m; i++) {
        pairs.at(frames, i, j);
        const beyond = d - r > 2 ? pairs.slope * pairs.slope : 0;
        for (let n = 0; n < stretched.length; n++) {
          const { N, across } = stretched[n];
          const within = squaredNorm(pairs.K, N, i, across[i], r, product, square);
          sums[n] += Math.sqrt(Math.max(within, beyond * across[i]));
        }
        if (work.due) await work.pause();
      }
      for (let n = 0; n < sums.length; n++) average[s + n][s] = Math.max(average[s + n][s], sums[n] / m);
    }
    work.advance(records - s, 0);
  }
  return average;
}
