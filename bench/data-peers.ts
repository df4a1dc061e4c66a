// The step on data in TypeScript alone, on Float32Array: as a plain loop, and in tiles. And the activations of all peers.

import type { numpy } from "@jax-js/jax";
import * as tf from "@tensorflow/tfjs-core";

type JaxArray = numpy.Array;

/** An activation for the peers. */
export interface PeerActivation {
  /** values = sigma(z), slopes = sigma'(z). */
  plain(z: Float32Array, values: Float32Array, slopes: Float32Array): void;
  tensors(z: tf.Tensor): { values: tf.Tensor; slopes: tf.Tensor };
  /** Takes z away. */
  jax(z: JaxArray, np: typeof numpy): { values: JaxArray; slopes: JaxArray };
  /** What the Python peers read. */
  python: object;
}

const ROOT = Math.sqrt(24);

export const h4: PeerActivation = {
  plain(z, values, slopes) {
    for (let i = 0; i < z.length; i++) {
      const square = z[i] * z[i];
      values[i] = ((square - 6) * square + 3) / ROOT;
      slopes[i] = ((4 * square - 12) * z[i]) / ROOT;
    }
  },
  tensors(z) {
    const square = tf.square(z);
    const values = tf.mul(tf.add(tf.mul(tf.sub(square, 6), square), 3), 1 / ROOT);
    return { values, slopes: tf.mul(tf.mul(tf.sub(tf.mul(square, 4), 12), z), 1 / ROOT) };
  },
  jax(z) {
    const square = z.ref.mul(z.ref);
    const values = square.ref
      .sub(6)
      .mul(square.ref)
      .add(3)
      .mul(1 / ROOT);
    return {
      values,
      slopes: square
        .mul(4)
        .sub(12)
        .mul(z)
        .mul(1 / ROOT),
    };
  },
  python: { kind: "He4" },
};

export const rectifier: PeerActivation = {
  plain(z, values, slopes) {
    for (let i = 0; i < z.length; i++) {
      values[i] = z[i] > 0 ? z[i] : 0;
      slopes[i] = z[i] > 0 ? 1 : 0;
    }
  },
  tensors(z) {
    return { values: tf.relu(z), slopes: tf.cast(tf.greater(z, 0), "float32") };
  },
  jax(z, np) {
    return { values: np.maximum(z.ref, 0), slopes: np.where(z.greater(0), 1, 0) };
  },
  python: { kind: "relu" },
};

/** (constant + square z^2) exp(-rate z^2) + offset. */
export function bump({ rate, constant, square, offset }: Record<"rate" | "constant" | "square" | "offset", number>) {
  const first = 2 * square - 2 * rate * constant;
  const second = -2 * rate * square;
  return {
    plain(z, values, slopes) {
      for (let i = 0; i < z.length; i++) {
        const z2 = z[i] * z[i];
        const e = Math.exp(-rate * z2);
        values[i] = (constant + square * z2) * e + offset;
        slopes[i] = z[i] * (first + second * z2) * e;
      }
    },
    tensors(z) {
      const z2 = tf.square(z);
      const e = tf.exp(tf.mul(z2, -rate));
      const values = tf.add(tf.mul(tf.add(tf.mul(z2, square), constant), e), offset);
      return { values, slopes: tf.mul(tf.mul(z, tf.add(tf.mul(z2, second), first)), e) };
    },
    jax(z, np) {
      const z2 = z.ref.mul(z.ref);
      const e = np.exp(z2.ref.mul(-rate));
      const values = z2.ref.mul(square).add(constant).mul(e.ref).add(offset);
      return { values, slopes: z.mul(z2.mul(second).add(first)).mul(e) };
    },
    python: { kind: "bump", rate, constant, square, offset },
  } satisfies PeerActivation;
}

/** A network and its samples: W (m x d), signs (m), inputs (n x d), labels (n). */
export interface PeerNetwork {
  W: Float32Array;
  signs: Float32Array;
  inputs: Float32Array;
  labels: Float32Array;
  d: number;
  activation: PeerActivation;
}

/** W <- normalise(W + eta v), v the tangent velocity on all samples: sample by sample, without an n x m array. */
export function plainDataStep({ W, signs, inputs, labels, d, activation }: PeerNetwork, eta: number): void {
  const m = signs.length;
  const n = labels.length;
  const G = new Float32Array(m * d);
  const z = new Float32Array(m);
  const values = new Float32Array(m);
  const slopes = new Float32Array(m);
  for (let b = 0; b < n; b++) {
    const x = b * d;
    for (let i = 0; i < m; i++) {
      let sum = 0;
      for (let c = 0; c < d; c++) sum += W[i * d + c] * inputs[x + c];
      z[i] = sum;
    }
    activation.plain(z, values, slopes);
    let f = 0;
    for (let i = 0; i < m; i++) f += signs[i] * values[i];
    const residual = labels[b] - f / m;
    for (let i = 0; i < m; i++) {
      const factor = (signs[i] * residual * slopes[i]) / n;
      for (let c = 0; c < d; c++) G[i * d + c] += factor * inputs[x + c];
    }
  }
  move(W, G, m, d, eta);
}

/** W <- normalise(W + eta (G - <G, W> W)), row by row. */
function move(W: Float32Array, G: Float32Array, m: number, d: number, eta: number): void {
  for (let i = 0; i < m; i++) {
    let along = 0;
    for (let c = i * d; c < (i + 1) * d; c++) along += W[c] * G[c];
    let square = 0;
    for (let c = i * d; c < (i + 1) * d; c++) {
      W[c] += eta * (G[c] - along * W[c]);
      square += W[c] * W[c];
    }
    const norm = Math.sqrt(square);
    for (let c = i * d; c < (i + 1) * d; c++) W[c] /= norm;
  }
}

/** Samples of a block, and rows and columns of a tile. */
const BLOCK = 64;
const TILE = 4;

/** The same in blocks of samples and tiles, four sums in variables at a time; m, n and d multiples of 4. */
export function tiledDataStep({ W, signs, inputs, labels, d, activation }: PeerNetwork, eta: number): void {
  const m = signs.length;
  const n = labels.length;
  const G = new Float32Array(m * d);
  const z = new Float32Array(BLOCK * m);
  const values = new Float32Array(m);
  const slopes = new Float32Array(BLOCK * m);
  for (let first = 0; first < n; first += BLOCK) {
    const count = Math.min(BLOCK, n - first);
    for (let b = 0; b < count; b += TILE) {
      for (let i = 0; i < m; i += TILE) dotTile(inputs, (first + b) * d, W, i * d, d, z, b * m + i, m);
    }
    for (let b = 0; b < count; b++) {
      const row = slopes.subarray(b * m, (b + 1) * m);
      activation.plain(z.subarray(b * m, (b + 1) * m), values, row);
      let f = 0;
      for (let i = 0; i < m; i++) f += signs[i] * values[i];
      const residual = (labels[first + b] - f / m) / n;
      for (let i = 0; i < m; i++) row[i] *= signs[i] * residual;
    }
    for (let i = 0; i < m; i += TILE) {
      for (let c = 0; c < d; c += TILE) addTile(slopes, i, m, inputs, first * d + c, d, count, G, i * d + c);
    }
  }
  move(W, G, m, d, eta);
}

/** out[r * stride + s] = <X_r, W_s>, r, s < 4. */
function dotTile(
  X: Float32Array,
  x: number,
  W: Float32Array,
  w: number,
  d: number,
  out: Float32Array,
  at: number,
  stride: number,
): void {
  for (let r = 0; r < TILE; r++) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    const row = x + r * d;
    for (let c = 0; c < d; c++) {
      const value = X[row + c];
      s0 += value * W[w + c];
      s1 += value * W[w + d + c];
      s2 += value * W[w + 2 * d + c];
      s3 += value * W[w + 3 * d + c];
    }
    const target = at + r * stride;
    out[target] = s0;
    out[target + 1] = s1;
    out[target + 2] = s2;
    out[target + 3] = s3;
  }
}

/** G[i + r][c + s] += sum_b S[b][i + r] X[b][c + s], r, s < 4. */
function addTile(
  S: Float32Array,
  i: number,
  m: number,
  X: Float32Array,
  x: number,
  d: number,
  count: number,
  G: Float32Array,
  g: number,
): void {
  for (let r = 0; r < TILE; r++) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let b = 0; b < count; b++) {
      const factor = S[b * m + i + r];
      const row = x + b * d;
      s0 += factor * X[row];
      s1 += factor * X[row + 1];
      s2 += factor * X[row + 2];
      s3 += factor * X[row + 3];
    }
    const target = g + r * d;
    G[target] += s0;
    G[target + 1] += s1;
    G[target + 2] += s2;
    G[target + 3] += s3;
  }
}
