// A panel's 16 Gauss-Legendre points, and what is done with the values of a smooth function on them: pass to the two
// halves of the panel, pass back from the halves, and see how well the function is resolved.

import { gaussLegendre } from "../numeric/legendre.ts";

/** Points a panel; quadrature is exact to degree 31. */
export const POINTS = 16;

/** Legendre coefficients that are watched: the last so many, as panelExcess wants them. Two would do but for parity. */
const WATCHED = 4;

/** Rows of POINTS numbers each. */
type Matrix = Float64Array[];

/** Values at x, which is no node, of the interpolation basis on the nodes, by the barycentric formula. */
function basisAt(x: number, nodes: Float64Array, barycentric: Float64Array): Float64Array {
  const row = Float64Array.from(nodes, (node, j) => barycentric[j] / (x - node));
  const sum = row.reduce((total, value) => total + value, 0);
  return row.map((value) => value / sum);
}

/** P_k at every node. */
function legendreAt(k: number, nodes: Float64Array): Float64Array {
  return nodes.map((x) => {
    let p = 1;
    let before = 0;
    for (let l = 0; l < k; l++) {
      const next = ((2 * l + 1) * x * p - l * before) / (l + 1);
      before = p;
      p = next;
    }
    return p;
  });
}

export class PanelRule {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
  /** Values on the panel to values on its lower and upper half. */
  private readonly halves: [Matrix, Matrix];
  /** Values on the halves to those values on the panel that lie in each. */
  private readonly back: [Matrix, Matrix];
  /** Weights of the watched Legendre coefficients at the nodes, [node][coefficient]: those of panelExcess. */
  readonly watched: Float64Array;

  constructor(cos: (x: number) => number) {
    const { nodes, weights } = gaussLegendre(POINTS, cos);
    this.nodes = nodes;
    this.weights = weights;
    // Weights of the barycentric formula at Gauss-Legendre points (Wang and Xiang 2012).
    const barycentric = nodes.map((x, j) => (j % 2 === 0 ? 1 : -1) * Math.sqrt((1 - x * x) * weights[j]));
    const at = (x: number) => basisAt(x, nodes, barycentric);
    this.halves = [Array.from(nodes, (x) => at((x - 1) / 2)), Array.from(nodes, (x) => at((x + 1) / 2))];
    const lower = Array.from(nodes.subarray(0, POINTS / 2));
    const upper = Array.from(nodes.subarray(POINTS / 2));
    this.back = [lower.map((x) => at(2 * x + 1)), upper.map((x) => at(2 * x - 1))];
    this.watched = new Float64Array(POINTS * WATCHED);
    for (let j = 0; j < WATCHED; j++) {
      const k = POINTS - 1 - j;
      legendreAt(k, nodes).forEach((p, i) => {
        this.watched[i * WATCHED + j] = ((2 * k + 1) / 2) * weights[i] * p;
      });
    }
  }

  /** Writes the values on half `side` (0 lower, 1 upper) of a panel to `out`. */
  split(values: Float64Array, side: 0 | 1, out: Float64Array): void {
    multiply(this.halves[side], values, out);
  }

  /** Writes the values on the panel made of two halves to `out`. */
  merge(lower: Float64Array, upper: Float64Array, out: Float64Array): void {
    multiply(this.back[0], lower, out.subarray(0, POINTS / 2));
    multiply(this.back[1], upper, out.subarray(POINTS / 2));
  }
}

function inner(row: Float64Array, values: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < POINTS; j++) sum += row[j] * values[j];
  return sum;
}

function multiply(matrix: Matrix, values: Float64Array, out: Float64Array): void {
  for (let i = 0; i < matrix.length; i++) out[i] = inner(matrix[i], values);
}
