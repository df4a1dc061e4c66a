// The step on data without this package: a plain loop on Float32Array, and tensors of tfjs on its Wasm backend.

import { createRequire } from "node:module";
import { dirname } from "node:path";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";

/** An activation for both peers. */
export interface PeerActivation {
  /** values = sigma(z), slopes = sigma'(z). */
  plain(z: Float32Array, values: Float32Array, slopes: Float32Array): void;
  tensors(z: tf.Tensor): { values: tf.Tensor; slopes: tf.Tensor };
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

let started: Promise<unknown> | undefined;

/** tfjs on its Wasm backend with SIMD, on one thread. */
function start(): Promise<unknown> {
  started ??= (async () => {
    setWasmPaths(`${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`);
    setThreadsCount(1);
    if (!(await tf.setBackend("wasm"))) throw new Error("tfjs has no Wasm backend here");
    if (!(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"))) throw new Error("tfjs runs without SIMD");
  })();
  return started;
}

/** The same step in tensors that stay between calls; each call reads the new W back. */
export async function tensorStep(
  { W, signs, inputs, labels, d, activation }: PeerNetwork,
  eta: number,
): Promise<{ run: () => Float32Array; dispose: () => void }> {
  await start();
  const m = signs.length;
  const n = labels.length;
  const X = tf.tensor2d(inputs, [n, d]);
  const y = tf.tensor2d(labels, [n, 1]);
  const a = tf.tensor2d(signs, [1, m]);
  let w: tf.Tensor = tf.tensor2d(W, [m, d]);
  const run = () => {
    const next = tf.tidy(() => {
      const { values, slopes } = activation.tensors(tf.matMul(X, tf.transpose(w)));
      const residual = tf.sub(y, tf.mean(tf.mul(values, a), 1, true));
      const G = tf.matMul(tf.transpose(tf.mul(tf.mul(slopes, a), residual)), X);
      const g = tf.mul(G, 1 / n);
      const v = tf.sub(g, tf.mul(tf.sum(tf.mul(g, w), 1, true), w));
      const moved = tf.add(w, tf.mul(v, eta));
      return tf.div(moved, tf.sqrt(tf.sum(tf.square(moved), 1, true)));
    });
    w.dispose();
    w = next;
    return w.dataSync() as Float32Array;
  };
  return { run, dispose: () => tf.dispose([X, y, a, w]) };
}
