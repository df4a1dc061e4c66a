// Gauss-Legendre quadrature.

/** Nodes in (-1, 1), ascending, and weights. */
export interface Quadrature {
  nodes: Float64Array;
  weights: Float64Array;
}

/**
 * The n-point rule on [-1, 1]: exact for polynomials of degree 2n - 1. Newton's method on P_n from the usual first guess
 * cos(pi (i + 3/4) / (n + 1/2)); `cos` is the module's.
 */
export function gaussLegendre(n: number, cos: (x: number) => number): Quadrature {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let round = 0; round < 8; round++) {
      let p = 1;
      let before = 0;
      for (let l = 0; l < n; l++) {
        const next = ((2 * l + 1) * x * p - l * before) / (l + 1);
        before = p;
        p = next;
      }
      slope = (n * (before - x * p)) / (1 - x * x);
      x -= p / slope;
    }
    nodes[n - 1 - i] = x;
    weights[n - 1 - i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}
