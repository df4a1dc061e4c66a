// Training on data: one step of all the samples of a batch, against the same step in plain and tiled TypeScript and in
// libraries, and the memory of a large run.

import { spawnSync } from "node:child_process";
import { createEngine, type Engine } from "../src/engine/index.ts";
import { signsOf } from "../src/network/network.ts";
import type { GaussianBump, Problem } from "../src/problem/types.ts";
import { problems } from "../src/problem/zoo.ts";
import {
  bump,
  h4,
  type PeerActivation,
  type PeerNetwork,
  plainDataStep,
  rectifier,
  tiledDataStep,
} from "./data-peers.ts";
import { type Contender, compare, PEAK_MEMORY } from "./harness.ts";
import { jaxStep, type LibraryStep, matrixStep, tensorStep } from "./libraries.ts";
import { pythonPeers } from "./python.ts";
import { record, say } from "./report.ts";
import { ETA, trained } from "./works.ts";

const SAMPLES = 8192;

/** The same start and samples for the peers. */
function peerOf(
  engine: Engine,
  problem: Problem,
  { network, dataset }: Awaited<ReturnType<typeof trained>>,
  activation: PeerActivation,
): PeerNetwork {
  const { width, dimension: d } = network.particles;
  const { inputs, labels, type } = dataset.train;
  const Kind = type === "int8" ? Int8Array : Float32Array;
  return {
    W: Float32Array.from(network.particles.copy()),
    signs: Float32Array.from(signsOf(problem, width) ?? new Int8Array(width).fill(1)),
    inputs: Float32Array.from(new Kind(engine.kernels.memory.buffer, inputs, SAMPLES * d)),
    labels: Float32Array.from(labels),
    d,
    activation,
  };
}

/** The contenders must do the same work: largest difference of the weights after a step. */
function mustAgree(name: string, ours: Float64Array, theirs: Float32Array): void {
  let worst = 0;
  for (let i = 0; i < ours.length; i++) worst = Math.max(worst, Math.abs(ours[i] - theirs[i]));
  if (!(worst < 1e-5)) throw new Error(`${name} is off by ${worst}`);
}

interface Peers {
  contenders: Contender[];
  /** What could not be had, and why. */
  missing: string[];
  free: () => void;
}

/** Every peer that runs here, checked against our weights after one step; plain code only where it does not take minutes. */
async function peersOf(peer: PeerNetwork, ours: Float64Array, wide: boolean): Promise<Peers> {
  const missing: string[] = [];
  const frees: (() => void)[] = [];
  const contenders: Contender[] = [];
  const add = async (name: string, library: LibraryStep | string, most?: number) => {
    if (typeof library === "string") {
      missing.push(`${name}: ${library}`);
      return;
    }
    mustAgree(name, ours, await library.run());
    frees.push(library.dispose);
    contenders.push({ name, run: library.run, most });
  };
  await add("tfjs-backend-wasm, float32, simd", await tensorStep(peer, ETA));
  await add("jax-js, jit, Wasm backend, float32", await jaxStep(peer, ETA));
  if (!wide) await add("ml-matrix, float64", matrixStep(peer, ETA), 1);
  for (const [name, step] of wide ? [] : Object.entries({ tiled: tiledDataStep, plain: plainDataStep })) {
    const own = { ...peer, W: peer.W.slice() };
    const run = () => {
      step(own, ETA);
      return own.W;
    };
    await add(`${name} TypeScript, Float32Array`, { run, dispose() {} }, 3);
  }
  const python = await pythonPeers(peer, ETA, peer.activation.python);
  for (const name of python?.contenders ?? []) {
    mustAgree(name, ours, (await python?.weights(name)) ?? new Float32Array());
    contenders.push({ name: `${name}, float32, one thread`, run: () => python?.step(name) });
  }
  if (!python) missing.push("numpy and PyTorch: python3 has no numpy here");
  else if (!python.contenders.some((name) => name.startsWith("PyTorch")))
    missing.push("PyTorch: python3 has none here");
  frees.push(() => python?.end());
  return { contenders, missing, free: () => frees.forEach((free) => void free()) };
}

async function oneStep(
  simd: Engine,
  scalar: Engine,
  { name, problem, m, activation }: { name: string; problem: Problem; m: number; activation: PeerActivation },
): Promise<void> {
  const wide = m >= 4096;
  const { d } = problem;
  const single = await trained(simd, problem, m, "float32", SAMPLES);
  const peer = peerOf(simd, problem, single, activation);
  await single.step();
  const { contenders, missing, free } = await peersOf(peer, single.network.particles.copy(), wide);
  const double = await trained(simd, problem, m, "float64", SAMPLES);
  const slow = await trained(scalar, problem, m, "float32", SAMPLES);
  await compare(
    `One step on data, ${name}, ${SAMPLES} samples, d = ${d}, m = ${m} (4 n m d operations)`,
    [
      { name: "propchaos, float32, simd", run: single.step, format: "float32" },
      { name: "propchaos, float64, simd", run: double.step, format: "float64" },
      ...(wide ? [] : [{ name: "propchaos, float32, scalar build", run: slow.step, most: 3 }]),
      ...contenders,
    ],
    { flops: 4 * SAMPLES * m * d, warmup: 3, runs: 9 },
  );
  for (const line of missing) say(`  not here: ${line}`);
  free();
  for (const own of [single, double, slow]) own.free();
}

export async function benchData(): Promise<void> {
  const simd = await createEngine();
  const scalar = await createEngine({ backend: "scalar" });
  const He4 = problems.He4({ d: 32 });
  const NP_mis = problems.NP_mis({ d: 32 });
  const XOR = problems.XOR_4({ d: 128 });
  await oneStep(simd, scalar, { name: "He4", problem: He4, m: 512, activation: h4 });
  await oneStep(simd, scalar, { name: "He4", problem: He4, m: 4096, activation: h4 });
  await oneStep(simd, scalar, { name: "ReLU, signed, int8", problem: XOR, m: 1024, activation: rectifier });
  const gaussian = bump(NP_mis.activation as GaussianBump);
  await oneStep(simd, scalar, { name: "Gaussian bump", problem: NP_mis, m: 512, activation: gaussian });
  simd.dispose();
  scalar.dispose();
}

/** Peak memory of a process that trains a large network on many samples: two steps, one record. */
export function benchDataMemory(): void {
  const program = `
    import { createEngine, problems, trainNetwork } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
    const engine = await createEngine();
    const start = performance.now();
    const { status } = await trainNetwork(engine, problems.He4({ d: 128 }), {
      width: 8192, time: 0.04, step: 0.02, record: [0.04], precision: "float32", workers: 0,
      data: { samples: 131072, batch: 8192, test: 0 },
    });
    const seconds = (performance.now() - start) / 1000;
    console.log(JSON.stringify({ status, seconds, peak: ${PEAK_MEMORY} / 1024 }));`;
  say("\nMemory of training, n = 131072, d = 128, m = 8192, float32 (activations of all samples would take 4 GiB)");
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  const { peak, seconds } = JSON.parse(stdout);
  record({
    work: "training, n = 131072, d = 128, m = 8192",
    name: "float32",
    mebibytes: peak,
    milliseconds: 1000 * seconds,
  });
  say(`  peak resident memory of the whole process ${peak.toFixed(0)} MiB, ${seconds.toFixed(1)} s`);
}
