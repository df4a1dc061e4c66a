// The step on data with libraries that run where this package runs: tfjs on its Wasm backend, jax-js on its Wasm backend, and
// ml-matrix in JavaScript. Tensors stay between calls; each call reads the new W back.

import { createRequire } from "node:module";
import { dirname } from "node:path";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { Matrix } from "ml-matrix";
import type { PeerNetwork } from "./data-peers.ts";

export interface LibraryStep {
  run: () => Promise<Float32Array> | Float32Array;
  dispose: () => void;
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

export async function tensorStep(
  { W, signs, inputs, labels, d, activation }: PeerNetwork,
  eta: number,
): Promise<LibraryStep> {
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

/** jax-js asks for two things that Node has had since 21 and 22. */
function modernise(): void {
  const host = globalThis as { navigator?: unknown };
  host.navigator ??= { hardwareConcurrency: 1, userAgent: "node" };
  const promises = Promise as { withResolvers?: unknown };
  promises.withResolvers ??= () => {
    const parts: { resolve?: unknown; reject?: unknown } = {};
    const promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
    return { promise, ...parts };
  };
}

/** Compiled by jit; a sentence where jax-js does not run, as where Node is too old for it. */
export async function jaxStep(
  { W, signs, inputs, labels, d, activation }: PeerNetwork,
  eta: number,
): Promise<LibraryStep | string> {
  modernise();
  const m = signs.length;
  const n = labels.length;
  try {
    const { numpy: np, init, defaultDevice, jit } = await import("@jax-js/jax");
    if (!(await init("wasm")).includes("wasm")) return "it has no Wasm backend here";
    defaultDevice("wasm");
    const array = (values: Float32Array, rows: number, columns: number) =>
      np.array(new Float32Array(values)).reshape([rows, columns]);
    const X = array(inputs, n, d);
    const y = array(labels, n, 1);
    const a = array(signs, 1, m);
    let w = array(W, m, d);
    type Tensor = typeof w;
    // An operation takes its operands away; `ref` is one more use.
    const step = jit((w: Tensor, X: Tensor, y: Tensor, a: Tensor) => {
      const { values, slopes } = activation.jax(np.matmul(X.ref, w.ref.transpose()), np);
      const residual = y.sub(np.mean(values.mul(a.ref), 1, { keepdims: true }));
      const g = np.matmul(slopes.mul(a).mul(residual).transpose(), X).mul(1 / n);
      const along = np.sum(g.ref.mul(w.ref), 1, { keepdims: true });
      const moved = w.ref.add(g.sub(along.mul(w)).mul(eta));
      return moved.ref.div(np.sqrt(np.sum(moved.ref.mul(moved), 1, { keepdims: true })));
    });
    const run = async () => {
      w = step(w, X.ref, y.ref, a.ref) as Tensor;
      return (await w.ref.data()) as Float32Array;
    };
    return { run, dispose: () => [X, y, a, w].forEach((tensor) => void tensor.dispose()) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** ml-matrix, which computes in float64. */
export function matrixStep({ W, signs, inputs, labels, d, activation }: PeerNetwork, eta: number): LibraryStep {
  const m = signs.length;
  const n = labels.length;
  const X = Matrix.from1DArray(n, d, Array.from(inputs));
  let w = Matrix.from1DArray(m, d, Array.from(W));
  const run = () => {
    const z = X.mmul(w.transpose());
    const slopes = new Matrix(n, m);
    const row = { z: new Float32Array(m), values: new Float32Array(m), slopes: new Float32Array(m) };
    for (let b = 0; b < n; b++) {
      row.z.set(z.getRow(b));
      activation.plain(row.z, row.values, row.slopes);
      let f = 0;
      for (let i = 0; i < m; i++) f += signs[i] * row.values[i];
      const residual = labels[b] - f / m;
      for (let i = 0; i < m; i++) slopes.set(b, i, signs[i] * residual * row.slopes[i]);
    }
    const g = slopes
      .transpose()
      .mmul(X)
      .mul(1 / n);
    const along = Matrix.mul(g, w).sum("row");
    const moved = Matrix.add(w, g.sub(w.clone().mulColumnVector(along)).mul(eta));
    const norms = Matrix.mul(moved, moved)
      .sum("row")
      .map((square: number) => Math.sqrt(square));
    w = moved.divColumnVector(norms);
    return Float32Array.from(w.to1DArray());
  };
  return { run, dispose() {} };
}
