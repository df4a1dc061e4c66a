// The kernels whose share of the peak is watched: each a call of some milliseconds on data of its own.

import { Run } from "../src/core/run.ts";
import type { Engine } from "../src/engine/index.ts";
import type { Precision } from "../src/network/activation-block.ts";
import { Dataset } from "../src/network/dataset.ts";
import { Network } from "../src/network/network.ts";
import { Particles } from "../src/network/particles.ts";
import { PopulationHessian } from "../src/network/population-hessian.ts";
import { checkTraining, type Training } from "../src/network/training.ts";
import type { Problem } from "../src/problem/types.ts";
import { problems } from "../src/problem/zoo.ts";
import type { Format } from "./peak.ts";

export interface Work {
  name: string;
  format: Format;
  /** Multiplications and additions of the matrix products; what else there is counts as overhead. */
  flops: number;
  run: () => Promise<unknown>;
  free: () => void;
}

const work = new Run({});
export const ETA = 0.02;
const key = { seed: 1, replica: 0 };

/** A network with one batch of samples in its engine. */
export async function trained(engine: Engine, problem: Problem, width: number, precision: Precision, samples: number) {
  const training = checkTraining({ time: 0, step: ETA, data: { samples, test: 0 }, precision }, problem);
  const { dataset, ...rest } = await networkOf(engine, problem, training, width);
  return { ...rest, dataset: dataset as Dataset };
}

/** A network at its start, with its samples where it is trained on some. */
export async function networkOf(engine: Engine, problem: Problem, training: Training, width: number) {
  const { data, precision } = training;
  const dataset = data && new Dataset(engine, problem, data, precision, key);
  const input = { problem, training, width, signs: null, key };
  const network = new Network(engine, input, dataset);
  await dataset?.load(work);
  await network.start(null, work);
  const free = () => {
    network.free();
    dataset?.free();
  };
  return { input, network, dataset, step: () => network.step(0, work), free };
}

const EMPIRICAL = {
  "He4, d = 32, m = 512": { problem: problems.He4({ d: 32 }), width: 512 },
  "He4, d = 128, m = 1024": { problem: problems.He4({ d: 128 }), width: 1024 },
  "ReLU, d = 32, m = 512": { problem: problems.XOR_4({ d: 32 }), width: 512 },
  "ReLU, d = 128, m = 1024": { problem: problems.XOR_4({ d: 128 }), width: 1024 },
  "Gaussian bump, d = 32, m = 512": { problem: problems.NP_mis({ d: 32 }), width: 512 },
};

async function empirical(engine: Engine, samples: number): Promise<Work[]> {
  const works: Work[] = [];
  for (const [name, { problem, width }] of Object.entries(EMPIRICAL)) {
    for (const format of ["float32", "float64"] as const) {
      const { step, free } = await trained(engine, problem, width, format, samples);
      works.push({
        name: `step on data, ${name}, ${format}`,
        format,
        flops: 4 * samples * width * problem.d,
        run: step,
        free,
      });
    }
  }
  return works;
}

/** A network on the population with a field of tangent vectors. */
export async function curved(engine: Engine, problem: Problem, m: number) {
  const shape = { width: m, dimension: problem.d, lanes: 4, signs: null, rungeKutta: false };
  const particles = new Particles(engine, shape);
  const hessian = new PopulationHessian(engine, problem, particles);
  await particles.sample(key, work);
  hessian.direction.view.set(particles.W.view.map((_, i, W) => W[W.length - 1 - i]));
  const free = () => {
    hessian.free();
    particles.free();
  };
  return { hessian, particles, free };
}

async function population(engine: Engine, m: number): Promise<Work[]> {
  const d = 32;
  const { hessian, free } = await curved(engine, problems.He4({ d }), m);
  const of = (name: string, products: number, run: () => Promise<unknown>, free = () => {}): Work => ({
    name: `${name}, He4, d = ${d}, m = ${m}, float64`,
    format: "float64",
    flops: 2 * products * m * m * d,
    run,
    free,
  });
  return [
    of("velocity on the population", 2, () => hessian.force.velocity("riemannian", work)),
    of("risk on the population", 1, () => hessian.force.risk(work)),
    of("product with the local Hessian", 3, () => hessian.local(work)),
    of("product with the interaction Hessian", 4, () => hessian.interaction(work), free),
  ];
}

/** All of them, on `samples` samples. */
export async function watchedWorks(engine: Engine, samples: number): Promise<Work[]> {
  return [...(await empirical(engine, samples)), ...(await population(engine, 1024))];
}
