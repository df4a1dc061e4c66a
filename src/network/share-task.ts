// Networks whose sums the workers of a pool share (shares.ts): those of the calling thread, which asks, and their copies on
// the threads that answer.

import type { Run, Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import type { Context, Handlers, Keepers, Kept } from "../pool/handlers.ts";
import type { Pool } from "../pool/pool.ts";
import type { SharedAmount } from "../pool/workers.ts";
import type { Problem } from "../problem/types.ts";
import { networkWork, velocityWork } from "./cost.ts";
import { Dataset } from "./dataset.ts";
import { momentKernel } from "./interaction.ts";
import { interactionUsed, Network, type NetworkInput } from "./network.ts";
import type { Particles } from "./particles.ts";
import { BLOCK_ROWS } from "./population.ts";
import { type Question, type Share, type Shares, sharesOf } from "./shares.ts";
import { leavesOf, type Piece } from "./sum-tree.ts";
import type { Training } from "./training.ts";

/** Networks of one key, trained on the same samples. */
export class NetworkGroup implements Kept {
  readonly networks: readonly Network[];
  private readonly dataset: Dataset | null;

  constructor(networks: readonly Network[], dataset: Dataset | null) {
    this.networks = networks;
    this.dataset = dataset;
  }

  /** Makes them, with their samples; particles come with every share. */
  static async open(engine: Engine, inputs: readonly NetworkInput[], work: Work): Promise<NetworkGroup> {
    const [{ problem, training, key }] = inputs;
    const { data, precision } = training;
    const taken: { free(): void }[] = [];
    try {
      const dataset = data && new Dataset(engine, problem, data, precision, key);
      if (dataset) taken.push(dataset);
      const networks: Network[] = [];
      for (const input of inputs) {
        const network = new Network(engine, input, dataset);
        taken.push(network);
        networks.push(network);
      }
      // A sign of life now and then while samples are drawn.
      work.expect(1);
      await dataset?.load(work);
      return new NetworkGroup(networks, dataset);
    } catch (refusal) {
      for (const part of taken) part.free();
      throw refusal;
    }
  }

  free(): void {
    for (const network of this.networks) network.free();
    this.dataset?.free();
  }
}

/** How much there is to share in a run of one network; most of its work is in its steps. */
export function sharedAmount(problem: Problem, training: Training, width: number): SharedAmount {
  const { data } = training;
  const moments = !data && interactionUsed(problem, training, width) === "moments";
  const leaves = leavesOf({ first: 0, last: data ? data.batch : width });
  return {
    shares: data || moments ? leaves.count : Math.ceil(width / BLOCK_ROWS),
    step: velocityWork(problem, training, width),
    // Moments come in between, and the particles go a second time.
    numbers: (moments ? 3 : 2) * width * problem.d + (moments ? 2 * (momentKernel(problem)?.size.products ?? 0) : 0),
    multiplications: networkWork(problem, training, width),
  };
}

/** The workers of a pool. */
class Workers implements Shares {
  private readonly pool: Pool<Engine>;
  private readonly run: Run;
  private readonly context: Context;
  private readonly index: number;
  private readonly particles: Particles;

  /** They share the network of this index among those that the context keeps, with its particles on this thread. */
  constructor(pool: Pool<Engine>, run: Run, context: Context, index: number, particles: Particles) {
    this.pool = pool;
    this.run = run;
    this.context = context;
    this.index = index;
    this.particles = particles;
  }

  async ask(question: Question, count: number, unit: number): Promise<Piece[]> {
    const { run, context, index } = this;
    const { W, width } = this.particles;
    const particles = W.view.slice();
    const tasks = sharesOf(count, unit, this.pool.alive).map((range) => ({
      kind: "share",
      name: `a share of the network of width ${width}`,
      payload: { network: index, particles, question, range } satisfies Share,
      context,
      part: run.part(0),
    }));
    const pieces: Piece[][] = [];
    const finished = (task: number, value: unknown) => {
      pieces[task] = value as Piece[];
      return false;
    };
    await this.pool.compute({ run, tasks, finished });
    return pieces.flat();
  }
}

/** Lets the workers of a pool share the sums of networks of one key, which are trained here. */
export function shareAmong(
  pool: Pool<Engine>,
  run: Run,
  key: string,
  members: readonly { input: NetworkInput; network: Network }[],
  dataset: Dataset | null,
): void {
  const here = new NetworkGroup(
    members.map(({ network }) => network),
    dataset,
  );
  const inputs = members.map(({ input }) => input);
  const context = { key, value: inputs, kept: { kind: "networks", here } };
  for (const [index, { network }] of members.entries())
    network.shareWith(new Workers(pool, run, context, index, network.particles));
}

export const networkKeepers: Keepers<Engine> = {
  networks: (engine, value, work) => NetworkGroup.open(engine, value as NetworkInput[], work),
};

export const networkHandlers: Handlers<Engine> = {
  async share(_, payload, context, work) {
    const { network, particles, question, range } = payload as Share;
    work.expect(1);
    const pieces = await (context as NetworkGroup).networks[network].pieces(particles, question, range, work);
    return { value: pieces, transfer: pieces.map(({ values }) => values.buffer as ArrayBuffer) };
  },
};
