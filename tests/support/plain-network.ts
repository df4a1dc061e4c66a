// Networks on data in plain TypeScript, written from the formulas of the documentation and independent of the sources:
// activations, outputs, errors, velocities and steps. No Node modules: it runs in browsers too.

import type { Activation } from "propchaos";

/** sigma and sigma' at z, Hermite polynomials by He_(k+1) = z He_k - k He_(k-1). */
export function activate(activation: Activation, z: number): { value: number; slope: number } {
  switch (activation.kind) {
    case "relu":
      return { value: Math.max(0, z), slope: z > 0 ? 1 : 0 };
    case "bump": {
      const { rate: a, constant: p, square: q, offset } = activation;
      const e = Math.exp(-a * z * z);
      return { value: (p + q * z * z) * e + offset, slope: 2 * q * z * e - 2 * a * z * (p + q * z * z) * e };
    }
    case "hermite": {
      const c = activation.coefficients;
      let [before, now, factorial] = [0, 1, 1];
      let value = 0;
      let slope = 0;
      for (let k = 0; k < c.length; k++) {
        if (k > 0) factorial *= k;
        value += (c[k] * now) / Math.sqrt(factorial);
        // He_k' = k He_(k-1)
        slope += (c[k] * k * before) / Math.sqrt(factorial);
        [before, now] = [now, z * now - k * before];
      }
      return { value, slope };
    }
  }
}

export interface PlainNetwork {
  activation: Activation;
  /** m x d */
  W: Float64Array;
  d: number;
  /** Signs of the second layer; default all +1. */
  signs?: ArrayLike<number>;
}

export interface PlainData {
  /** n x d */
  inputs: ArrayLike<number>;
  labels: ArrayLike<number>;
}

/** +1, -1, +1, ... */
export function alternating(m: number): number[] {
  return Array.from({ length: m }, (_, i) => (i % 2 === 0 ? 1 : -1));
}

function product(x: ArrayLike<number>, row: number, y: ArrayLike<number>, other: number, d: number): number {
  let sum = 0;
  for (let c = 0; c < d; c++) sum += x[row * d + c] * y[other * d + c];
  return sum;
}

/** f(x_b) = (1/m) sum_i a_i sigma(<w_i, x_b>). */
export function outputs({ activation, W, d, signs }: PlainNetwork, inputs: ArrayLike<number>): Float64Array {
  const m = W.length / d;
  return Float64Array.from({ length: inputs.length / d }, (_, b) => {
    let sum = 0;
    for (let i = 0; i < m; i++) sum += (signs?.[i] ?? 1) * activate(activation, product(W, i, inputs, b, d)).value;
    return sum / m;
  });
}

/** Mean of (x - y)^2. */
export function meanSquare(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let b = 0; b < x.length; b++) sum += (x[b] - y[b]) * (x[b] - y[b]);
  return sum / x.length;
}

export interface PlainForce {
  gradient?: "riemannian" | "euclidean" | undefined;
  objective?: "squared" | "correlation" | undefined;
}

/** g_i = a_i (1/n) sum_b r_b sigma'(<w_i, x_b>) x_b, for the tangent one without its part along w_i. */
export function velocity(network: PlainNetwork, { inputs, labels }: PlainData, force: PlainForce = {}): Float64Array {
  const { activation, W, d, signs } = network;
  const f = outputs(network, inputs);
  const n = f.length;
  const g = new Float64Array(W.length);
  for (let i = 0; i < W.length / d; i++) {
    for (let b = 0; b < n; b++) {
      const residual = force.objective === "correlation" ? labels[b] : labels[b] - f[b];
      const factor = ((signs?.[i] ?? 1) * residual * activate(activation, product(W, i, inputs, b, d)).slope) / n;
      for (let c = 0; c < d; c++) g[i * d + c] += factor * inputs[b * d + c];
    }
  }
  return force.gradient === "euclidean" ? g : tangent(W, g, d);
}

/** Rows of g without their part along the rows of W. */
export function tangent(W: Float64Array, g: Float64Array, d: number): Float64Array {
  return g.map((x, at) => {
    const i = Math.floor(at / d);
    return x - product(W, i, g, i, d) * W[at];
  });
}

/** Rows divided by their norms. */
export function normalised(W: Float64Array, d: number): Float64Array {
  return W.map((x, at) => {
    const i = Math.floor(at / d);
    return x / Math.sqrt(product(W, i, W, i, d));
  });
}

/** normalise(W + step g). */
export function step(network: PlainNetwork, data: PlainData, eta: number, force: PlainForce = {}): Float64Array {
  const g = velocity(network, data, force);
  return normalised(
    network.W.map((w, at) => w + eta * g[at]),
    network.d,
  );
}

/** The tangent velocity v that took w to w1 = normalise(w + step v): v = (w1 / <w1, w> - w) / step. */
export function velocityOf(W: Float64Array, W1: Float64Array, d: number, eta: number): Float64Array {
  return W1.map((x, at) => {
    const i = Math.floor(at / d);
    return (x / product(W1, i, W, i, d) - W[at]) / eta;
  });
}
