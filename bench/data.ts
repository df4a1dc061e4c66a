// Training on data: one step of all the samples of a batch, against the same step in plain TypeScript and in tfjs, and the
// memory of a large run.

import { spawnSync } from "node:child_process";
import { Run } from "../src/core/run.ts";
import { createEngine, type Engine } from "../src/engine/index.ts";
import type { Precision } from "../src/network/activation-block.ts";
import type { DataPlan } from "../src/network/data.ts";
import { Dataset } from "../src/network/dataset.ts";
import { Network, signsOf } from "../src/network/network.ts";
import { checkTraining } from "../src/network/training.ts";
import type { GaussianBump, Problem } from "../src/problem/types.ts";
import { problems } from "../src/problem/zoo.ts";
import { bump, h4, type PeerActivation, type PeerNetwork, plainDataStep, rectifier, tensorStep } from "./data-peers.ts";
import { compare } from "./harness.ts";

const SAMPLES = 8192;
const ETA = 0.02;
const work = new Run({});

/** A network with one batch of samples in its engine. */
async function trained(engine: Engine, problem: Problem, width: number, precision: Precision) {
  const training = checkTraining({ time: 0, step: ETA, data: { samples: SAMPLES, test: 0 }, precision }, problem);
  const key = { seed: 1, replica: 0 };
  const dataset = new Dataset(engine, problem, training.data as DataPlan, precision, key);
  const network = new Network(engine, { problem, training, width, signs: null, key }, dataset);
  await dataset.load(work);
  await network.start(null, work);
  const free = () => {
    network.free();
    dataset.free();
  };
  return { network, dataset, step: () => network.step(0, work), free };
}

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

async function oneStep(
  simd: Engine,
  scalar: Engine,
  { name, problem, m, activation }: { name: string; problem: Problem; m: number; activation: PeerActivation },
): Promise<void> {
  const { d } = problem;
  const single = await trained(simd, problem, m, "float32");
  const peer = peerOf(simd, problem, single, activation);
  const plain = { ...peer, W: peer.W.slice() };
  const tensors = await tensorStep(peer, ETA);
  await single.step();
  const ours = single.network.particles.copy();
  plainDataStep(plain, ETA);
  mustAgree("plain TypeScript", ours, plain.W);
  mustAgree("tfjs", ours, tensors.run());

  const others = [
    { name: "propchaos, float64, simd", ...(await trained(simd, problem, m, "float64")) },
    { name: "propchaos, float32, scalar build", ...(await trained(scalar, problem, m, "float32")) },
    { name: "propchaos, float64, scalar build", ...(await trained(scalar, problem, m, "float64")) },
  ];
  // Young code is slow, and the slow contenders need no second warm-up.
  for (let round = 0; round < 5; round++) {
    tensors.run();
    for (const { step } of [single, others[0]]) await step();
  }
  await compare(
    `One step on data, ${name}, ${SAMPLES} samples, d = ${d}, m = ${m} (4 n m d operations)`,
    [
      { name: "propchaos, float32, simd", run: single.step },
      ...others.map(({ name, step }) => ({ name, run: step })),
      { name: "tfjs-backend-wasm, float32, simd", run: tensors.run },
      { name: "plain TypeScript, float32", run: () => plainDataStep(plain, ETA) },
    ],
    { flops: 4 * SAMPLES * m * d, warmup: 0, runs: 5 },
  );
  tensors.dispose();
  for (const { free } of [single, ...others]) free();
}

export async function benchData(): Promise<void> {
  const simd = await createEngine();
  const scalar = await createEngine({ backend: "scalar" });
  const He4 = problems.He4({ d: 32 });
  const NP_mis = problems.NP_mis({ d: 32 });
  const XOR = problems.XOR_4({ d: 128 });
  await oneStep(simd, scalar, { name: "He4", problem: He4, m: 512, activation: h4 });
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
      width: 8192, time: 0.04, step: 0.02, record: [0.04], precision: "float32",
      data: { samples: 131072, batch: 8192, test: 0 },
    });
    const seconds = (performance.now() - start) / 1000;
    console.log(JSON.stringify({ status, seconds, peak: process.resourceUsage().maxRSS / 1024 }));`;
  console.log(
    "\nMemory of training, n = 131072, d = 128, m = 8192, float32 (activations of all samples would take 4 GiB)",
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  const { peak, seconds } = JSON.parse(stdout);
  console.log(`  peak resident memory of the whole process ${peak.toFixed(0)} MiB, ${seconds.toFixed(1)} s`);
}
