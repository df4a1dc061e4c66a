// The velocity field of a network in plain TypeScript: of any point of the sphere, driven by any network, which need not
// hold that point. Its differences are what the Hessians are compared with. From the formulas of the documentation.

import type { Activation } from "propchaos";
import { activate, outputs, type PlainData, type PlainNetwork } from "./plain-network.ts";

/** g / a of a particle at w driven by a network: its velocity is a P_w of it. */
export type PlainField = (w: Float64Array, network: PlainNetwork) => Float64Array;

function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let c = 0; c < x.length; c++) sum += x[c] * y[c];
  return sum;
}

/** The rows of an m x d array. */
export function rowsOf(W: Float64Array, d: number): Float64Array[] {
  return Array.from({ length: W.length / d }, (_, i) => W.subarray(i * d, (i + 1) * d));
}

/** c_0 .. c_300 of ReLU: z relu'(z) = relu(z) says (1 - k) c_k = sqrt((k+1)(k+2)) c_(k+2). */
function reluCoefficients(): number[] {
  const c = [1 / Math.sqrt(2 * Math.PI), 0.5];
  for (let k = 0; k < 299; k++) c.push(k === 1 ? 0 : ((1 - k) * c[k]) / Math.sqrt((k + 1) * (k + 2)));
  return c;
}

/** The derivative of E sigma(<w,x>) tau(<w',x>) in <w,w'>; `coefficientsOf` gives Hermite coefficients of what has them. */
function pairDerivative(
  sigma: Activation,
  tau: Activation,
  coefficientsOf: (activation: Activation) => readonly number[],
): (s: number) => number {
  if (sigma.kind === "relu" && tau.kind === "relu")
    return (s) => (Math.PI - Math.acos(Math.max(-1, Math.min(1, s)))) / (2 * Math.PI);
  const of = (activation: Activation) => (activation.kind === "relu" ? reluCoefficients() : coefficientsOf(activation));
  const [c, b] = [of(sigma), of(tau)];
  const powers = c.map((value, k) => k * value * (b[k] ?? 0)).slice(1);
  return (s) => powers.reduceRight((sum, power) => sum * s + power, 0);
}

/** On the population, with teachers u_r (rows of d numbers) and their weights. */
export function populationField(
  activation: Activation,
  target: { link: Activation; teachers: readonly Float64Array[]; weights: readonly number[] },
  coefficientsOf: (activation: Activation) => readonly number[],
): PlainField {
  const kernel = pairDerivative(activation, activation, coefficientsOf);
  const link = pairDerivative(activation, target.link, coefficientsOf);
  return (w, { W, d, signs }) => {
    const g = new Float64Array(d);
    const add = (factor: number, direction: Float64Array) => {
      for (let c = 0; c < d; c++) g[c] += factor * direction[c];
    };
    for (const [r, u] of target.teachers.entries()) add(target.weights[r] * link(dot(w, u)), u);
    const rows = rowsOf(W, d);
    for (const [j, other] of rows.entries()) add((-(signs?.[j] ?? 1) * kernel(dot(w, other))) / rows.length, other);
    return g;
  };
}

/** On samples: mean_b (y_b - f(x_b)) sigma'(<w, x_b>) x_b. */
export function dataField(activation: Activation, { inputs, labels }: PlainData): PlainField {
  return (w, network) => {
    const f = outputs(network, inputs);
    const g = new Float64Array(w.length);
    for (let b = 0; b < f.length; b++) {
      const x = Float64Array.from(w, (_, c) => inputs[b * w.length + c]);
      const factor = ((labels[b] - f[b]) * activate(activation, dot(w, x)).slope) / f.length;
      for (let c = 0; c < g.length; c++) g[c] += factor * x[c];
    }
    return g;
  };
}

/** P_w g. */
function projected(w: Float64Array, g: Float64Array): Float64Array {
  const along = dot(w, g);
  return g.map((x, c) => x - along * w[c]);
}

/** Rows of W + h V, normalised. */
function moved(W: Float64Array, V: Float64Array, h: number, d: number): Float64Array {
  const out = W.map((w, at) => w + h * V[at]);
  for (const row of rowsOf(out, d)) {
    const norm = Math.sqrt(dot(row, row));
    for (let c = 0; c < d; c++) row[c] /= norm;
  }
  return out;
}

/**
 * f'(0) by central differences, twice extrapolated: errors of orders h, as of |h| h in f, and h^2 fall out. The kernel of
 * ReLU has such terms where a particle leaves its own place in the network.
 */
function derivative(f: (h: number) => Float64Array, h: number): Float64Array {
  const [once, twice, four] = [h, 2 * h, 4 * h].map((step) => {
    const before = f(-step);
    return f(step).map((x, at) => (x - before[at]) / (2 * step));
  });
  return once.map((x, at) => (8 * x - 6 * twice[at] + four[at]) / 3);
}

/**
 * How the velocities change per unit of V, projected on the tangent space where a particle stands: where each particle
 * moves itself (`own`), where the network that drives it moves (`others`), or both.
 */
export function velocityDifferences(
  field: PlainField,
  network: PlainNetwork,
  V: Float64Array,
  which: "own" | "others" | "both",
  h = 1e-4,
): Float64Array {
  const { W, d, signs } = network;
  const start = rowsOf(W, d);
  const velocities = (step: number) => {
    const there = moved(W, V, step, d);
    const drive = which === "own" ? network : { ...network, W: there };
    const at = which === "others" ? start : rowsOf(there, d);
    const v = at.flatMap((w, i) => [...projected(w, field(w, drive))].map((x) => (signs?.[i] ?? 1) * x));
    return Float64Array.from(v);
  };
  const change = derivative(velocities, h);
  return Float64Array.from(start.flatMap((w, i) => [...projected(w, change.subarray(i * d, (i + 1) * d))]));
}
