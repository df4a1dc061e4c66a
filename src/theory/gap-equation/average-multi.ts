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
import { regionBytes } from "../../engine/arena.ts";
import type { Engine } from "../../engine/index.ts";
import { solvableForm } from "../../limit/form.ts";
import { acrossDirections } from "../../limit/multi/coordinates.ts";
import { type Span, spanOf } from "../../limit/multi/span.ts";
import { identityFactors, multiplyFactors, type TangentFactors } from "../../limit/tangent-factors.ts";
import { horner } from "../../numeric/polynomial.ts";
import { largestEigenvalue, largestOfThree } from "../../numeric/symmetric.ts";
import { populationSeries } from "../../problem/form.ts";
import { teachersOf } from "../../problem/teachers.ts";
import type { MultiIndexProblem } from "../../problem/types.ts";
import type { ParticleHistory } from "./model.ts";

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

/**
 * What J between two records does to lengths: for every particle N, r x r, and a^2, r^2 + 1 numbers at `at` with `stride`
 * between particles. Where there is no s, J has no image there.
 */
function writeSquares(
  { size, plane, across }: TangentFactors,
  { E }: Frames,
  flat: boolean,
  out: Float64Array,
  at: number,
  stride: number,
): void {
  const r = size - 1;
  const images = new Float64Array(r * size);
  for (let i = 0; i < across.length; i++) {
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
        out[at + i * stride + a * r + b] = sum;
      }
    }
    out[at + i * stride + r * r] = across[i] * across[i];
  }
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

  constructor(problem: MultiIndexProblem, { rank }: Span, directions: Float64Array) {
    this.d = problem.d;
    this.r = rank;
    this.directions = directions;
    this.first = populationSeries(solvableForm(problem)).kernelDerivative;
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

/** Adds |J H| of a pair for every later record: sums[n] from the numbers of `writeSquares` at `at`. */
type AddNorms = (K: Float64Array, slope: number, squares: Float64Array, at: number, sums: Float64Array) => void;

/** With any number of indices; `beyond`: whether there are directions beyond r + 2. */
function anyNorms(r: number, beyond: boolean): AddNorms {
  const size = r + 1;
  const product = new Float64Array(size * size);
  const square = new Float64Array(size * size);
  return (K, slope, squares, at, sums) => {
    for (let n = 0; n < sums.length; n++) {
      const N = at + n * (r * r + 1);
      const across = squares[N + r * r];
      for (let b = 0; b < size; b++) {
        for (let a = 0; a < r; a++) {
          let sum = 0;
          for (let c = 0; c < r; c++) sum += squares[N + a * r + c] * K[c * size + b];
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
      const rest = beyond ? across * slope * slope : 0;
      sums[n] += Math.sqrt(Math.max(rest, largestEigenvalue(square, size)));
    }
  };
}

/** The same with two, written out: it is the case that matters. */
function planarNorms({ kernels }: Engine, beyond: boolean): AddNorms {
  return (K, slope, squares, at, sums) => {
    const [k00, k01, k02, k10, k11, k12, k20, k21, k22] = K;
    for (let n = 0; n < sums.length; n++) {
      const N = at + 5 * n;
      const n00 = squares[N];
      const n01 = squares[N + 1];
      const n11 = squares[N + 3];
      const across = squares[N + 4];
      const [p0, q0] = [n00 * k00 + n01 * k10, n01 * k00 + n11 * k10];
      const [p1, q1] = [n00 * k01 + n01 * k11, n01 * k01 + n11 * k11];
      const [p2, q2] = [n00 * k02 + n01 * k12, n01 * k02 + n11 * k12];
      const within = largestOfThree(
        kernels,
        k00 * p0 + k10 * q0 + across * k20 * k20,
        k00 * p1 + k10 * q1 + across * k20 * k21,
        k00 * p2 + k10 * q2 + across * k20 * k22,
        k01 * p1 + k11 * q1 + across * k21 * k21,
        k01 * p2 + k11 * q2 + across * k21 * k22,
        k02 * p2 + k12 * q2 + across * k22 * k22,
      );
      sums[n] += Math.sqrt(Math.max(beyond ? across * slope * slope : 0, within));
    }
  };
}

function lengths({ rank: r }: Span, m: number, records: number): Record<"squares", number> {
  return { squares: m * records * (r * r + 1) };
}

/** Bytes that `averageMulti` reserves. */
export function averageMultiBytes(engine: Engine, problem: MultiIndexProblem, m: number, records: number): number {
  return regionBytes(lengths(spanOf(teachersOf(engine, problem)), m, records));
}

/** As `averageConstants`. */
export async function averageMulti(
  engine: Engine,
  problem: MultiIndexProblem,
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
  const addNorms = r === 2 ? planarNorms(engine, d - r > 2) : anyNorms(r, d - r > 2);
  const region = engine.arena.reserve(
    `the averaged stability of ${m} particles at ${records} records`,
    lengths(span, m, records),
  );
  try {
    const { squares } = region.slots;
    work.expect((records * (records + 1)) / 2);
    for (let s = 0; s < records; s++) {
      const frames = framesOf(columns[s], m);
      const count = records - s;
      const stride = count * (r * r + 1);
      const total = identityFactors(m, size);
      for (let n = 0; n < count; n++) {
        if (n > 0) multiplyFactors(total, factors[s + n]);
        writeSquares(total, frames, d === r, squares.view, n * (r * r + 1), stride);
        if (work.due) await work.pause();
      }
      const sums = new Float64Array(count);
      for (let j = 0; j < m; j++) {
        sums.fill(0);
        for (let i = 0; i < m; i++) {
          pairs.at(frames, i, j);
          addNorms(pairs.K, pairs.slope, squares.view, i * stride, sums);
          if (work.due) await work.pause();
        }
        for (let n = 0; n < count; n++) average[s + n][s] = Math.max(average[s + n][s], sums[n] / m);
      }
      work.advance(count, 0);
    }
    return average;
  } finally {
    region.free();
  }
}
