// J_avg with several indices once more, with whole matrices: J_i as d x d arrays from the matrix of its plane, J_i H_ij, and
// operator norms by repeated squaring. No Node modules: it runs in browsers too.

import { type Matrix, matrixNorm, multiply } from "./plain-matrix.ts";

export interface PlanePoints {
  d: number;
  /** Orthonormal rows of the span of the teachers. */
  basis: Matrix;
  /** Unit rows of the particles at the earlier time. */
  W: Matrix;
  /** J of each from there to the later time: (r + 1) x (r + 1) row-major in coordinates (u, s), and across them. */
  plane: ArrayLike<number>;
  across: ArrayLike<number>;
  /** Powers of q. */
  q: readonly number[];
}

const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, a, c) => sum + a * y[c], 0);

/** The rows of `basis` and, below them, the direction of w across them; 0 where there is none. */
function axesOf(basis: Matrix, w: readonly number[]): number[][] {
  let z = [...w];
  for (let round = 0; round < 2; round++)
    for (const b of basis) {
      const along = dot(b, z);
      z = z.map((x, c) => x - along * b[c]);
    }
  const size = Math.sqrt(dot(z, z));
  return [...basis.map((b) => [...b]), z.map((x) => (size < 1e-12 ? 0 : x / size))];
}

/** J of particle i on all of R^d: its matrix on its plane, its number on what is across it. */
export function wholeJacobian({ d, basis, W, plane, across }: Omit<PlanePoints, "q">, i: number): number[][] {
  const axes = axesOf(basis, W[i]);
  const size = axes.length;
  return Array.from({ length: d }, (_, row) =>
    Array.from({ length: d }, (_, c) => {
      let value = row === c ? across[i] : 0;
      for (let a = 0; a < size; a++) {
        value -= across[i] * axes[a][row] * axes[a][c];
        for (let b = 0; b < size; b++) value += axes[a][row] * plane[(i * size + a) * size + b] * axes[b][c];
      }
      return value;
    }),
  );
}

/** max_j (1/m) sum_i |J_i H(i, j)|. */
export function plainPlaneAverage(points: PlanePoints): number {
  const { d, W, q } = points;
  const value = (powers: readonly number[], s: number) => powers.reduceRight((sum, c) => sum * s + c, 0);
  const derivative = (powers: readonly number[]) => powers.slice(1).map((c, k) => (k + 1) * c);
  const [first, second] = [derivative(q), derivative(derivative(q))];
  const projector = (w: readonly number[]) =>
    Array.from({ length: d }, (_, a) => Array.from({ length: d }, (_, b) => (a === b ? 1 : 0) - w[a] * w[b]));
  const jacobians = W.map((_, i) => wholeJacobian(points, i));
  const columns = W.map((wj) => {
    const norms = W.map((wi, i) => {
      const s = dot(wi, wj);
      const [p, b] = [value(first, s), value(second, s)];
      const inner = Array.from({ length: d }, (_, a) =>
        Array.from({ length: d }, (_, c) => (a === c ? p : 0) + b * wj[a] * wi[c]),
      );
      const H = multiply(multiply(projector(wi), inner), projector(wj));
      return matrixNorm(multiply(jacobians[i], H));
    });
    return norms.reduce((sum, x) => sum + x, 0) / W.length;
  });
  return Math.max(...columns);
}
