// The networks of a gap run as tasks: computed on any thread, from plain data.

import type { Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import type { SolvableProblem } from "../limit/model.ts";
import { type PackedPath, unpackPath } from "../limit/path.ts";
import { Dataset } from "../network/dataset.ts";
import type { Training } from "../network/training.ts";
import { countWork } from "../network/trajectory.ts";
import type { Handlers } from "../pool/handlers.ts";
import { type CoupledInput, type CoupledRun, Coupling } from "./coupling.ts";
import { type ReferenceContext, ReferenceReplica } from "./reference-run.ts";
import { type SeparateContext, SeparateReplica } from "./separate-run.ts";
import { recordTeller, type TellRecord } from "./telling.ts";

/** What all networks of a run that is compared with the limit share. */
export interface GapContext {
  problem: SolvableProblem;
  training: Training;
  path: PackedPath;
  seed: number;
  /** Particles of a given network at the start; null where they are drawn. */
  rows: Float64Array | null;
  signs: Int8Array | null;
  /** Width whose float64 shadow shows the floor of a float32 run, in the first replica. */
  narrowest: number;
  /** Whether networks tell their records. */
  told: boolean;
}

/** Which of the networks. */
export interface GapPayload {
  m: number;
  replica: number;
}

async function coupledRun(
  engine: Engine,
  { problem, training, path, seed, rows, signs, narrowest }: GapContext,
  { m, replica }: GapPayload,
  work: Work,
  tell: TellRecord,
): Promise<CoupledRun> {
  const { plan, data, precision } = training;
  const key = { seed, replica };
  const shadowed = precision === "float32" && m === narrowest && replica === 0;
  const input: CoupledInput = { problem, training, width: m, signs, key, shadowed };
  const dataset = data && new Dataset(engine, problem, data, precision, key);
  let coupling: Coupling | undefined;
  try {
    coupling = new Coupling(engine, input, unpackPath(path, problem, plan), dataset, work);
    work.expect(countWork(plan));
    await dataset?.load(work);
    const run = await coupling.run(rows, work, tell);
    // Only the report of a given network has them, and they are the bulk of a run.
    return rows ? run : { ...run, deltas: [] };
  } finally {
    coupling?.free();
    dataset?.free();
  }
}

export const gapHandlers: Handlers<Engine> = {
  async network(engine, payload, context, work, tell) {
    const shared = context as GapContext;
    const teller = recordTeller(shared.told, tell);
    return { value: await coupledRun(engine, shared, payload as GapPayload, work, teller) };
  },
  async separate(engine, payload, context, work) {
    const replica = new SeparateReplica(engine, context as SeparateContext, payload as number, work);
    try {
      return { value: await replica.run() };
    } finally {
      replica.free();
    }
  },
  async replica(engine, payload, context, work, tell) {
    const shared = context as ReferenceContext;
    const replica = new ReferenceReplica(engine, shared, payload as number, work);
    try {
      const run = await replica.run(recordTeller(shared.told, tell));
      return { value: shared.rows ? run : { ...run, deltas: [] } };
    } finally {
      replica.free();
    }
  },
};
