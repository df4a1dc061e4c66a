// Workers that are no threads: messages are copied and delivered later, as between threads, and the other end is the real
// one, so that workers can be made to fall silent, die or be refused memory at will.

import { Run } from "../../src/core/run.ts";
import { version } from "../../src/core/version.ts";
import type { Handlers } from "../../src/pool/handlers.ts";
import { Pool, type PoolOptions } from "../../src/pool/pool.ts";
import type { Order } from "../../src/pool/protocol.ts";
import { serve } from "../../src/pool/serve.ts";
import type { Way, WorkerLike } from "../../src/pool/ways.ts";

type Heard = (event: { data: unknown }) => void;

/** A worker on this thread. */
export class Fake implements WorkerLike {
  readonly orders: Order[] = [];
  running = true;
  private readonly listeners: Record<string, Heard> = {};
  private readonly hear: (order: Order) => void;

  constructor(hear: (worker: Fake, order: Order) => void) {
    this.hear = (order) => hear(this, order);
  }

  addEventListener(type: string, listener: Heard): void {
    this.listeners[type] = listener;
  }

  postMessage(message: unknown): void {
    const order = structuredClone(message) as Order;
    this.orders.push(order);
    setTimeout(() => this.running && this.hear(order));
  }

  reply(reply: unknown): void {
    const data = structuredClone(reply);
    setTimeout(() => this.running && this.listeners.message({ data }));
  }

  die(message: string): void {
    this.listeners.error({ message } as never);
  }

  terminate(): void {
    this.running = false;
  }

  sent(type: Order["type"]): Order[] {
    return this.orders.filter((order) => order.type === type);
  }
}

/** A fake whose other end is the real one. */
export function served(handlers: Handlers<string>): Fake {
  let deliver: (order: Order) => void = () => {};
  const fake = new Fake((_, order) => deliver(order));
  serve(
    {
      post: (reply) => fake.reply(reply),
      listen: (heard) => {
        deliver = heard;
      },
    },
    (setup) => `host of ${setup}`,
    handlers,
  );
  return fake;
}

/** A worker that says it is ready, and then does as told. */
export function scripted(onTask: (worker: Fake, order: Order & { type: "task" }) => void): Fake {
  return new Fake((worker, order) => {
    if (order.type === "setup") worker.reply({ type: "ready", version });
    if (order.type === "task") onTask(worker, order);
  });
}

export const HANDLERS: Handlers<string> = {
  async square(_, payload, __, work) {
    work.expect(1);
    await work.pause();
    return { value: (payload as number) * (payload as number) };
  },
  async where(host, _, context) {
    return { value: `${host}, ${JSON.stringify(context)}` };
  },
  async refuse(_, payload) {
    if (payload === "step") throw new RangeError("step must be smaller");
    throw new TypeError("not that");
  },
  /** Works until it is aborted, and gives what it has. */
  async endless(_, __, ___, work) {
    work.expect(1000);
    let rounds = 0;
    try {
      for (;;) {
        work.advance(1, rounds++);
        await work.pause();
      }
    } catch {
      return { value: "what there was" };
    }
  },
  /** Tells its payload, value by value, and gives how many there were. */
  async telling(_, payload, __, ___, tell) {
    for (const value of payload as unknown[]) await tell(value);
    return { value: (payload as unknown[]).length };
  },
  /** The same, and gives nothing. */
  async stubborn(_, __, ___, work) {
    work.expect(1000);
    for (;;) await work.pause();
  },
};

interface Outcome {
  values: unknown[];
  order: number[];
  error: unknown;
  used: Pool<string>["used"];
}

type Options = Partial<PoolOptions<string>> & {
  make?: (i: number) => WorkerLike;
  run?: Run;
  order?: number[];
  stopAt?: number;
  heard?: (value: unknown) => void | Promise<void>;
};

/** Computes [kind, payload] tasks with workers that `make` makes. */
export async function compute(
  tasks: readonly (readonly [string, unknown, unknown?])[],
  options: Options,
): Promise<Outcome> {
  const { make = () => served(HANDLERS), run = new Run({}), order, stopAt, heard, ...rest } = options;
  let made = 0;
  const ways: Way[] = [{ kind: "factory", start: () => ({ worker: make(made++) }) }];
  const pool = await Pool.start(
    {
      host: "here",
      setup: "there",
      handlers: HANDLERS,
      count: 2,
      ended: new AbortController().signal,
      ways,
      patience: { start: 200, silence: 300, abort: 75 },
      ...rest,
    },
    run,
  );
  const outcome: Outcome = { values: [], order: [], error: null, used: pool.used };
  run.expect(tasks.length);
  const list = tasks.map(([kind, payload, value], i) => ({
    kind,
    name: `task ${i}`,
    payload,
    part: run.part(1),
    heard,
    context: value === undefined ? undefined : { key: "shared", value },
  }));
  try {
    const finished = (index: number, value: unknown) => {
      outcome.values[index] = value;
      outcome.order.push(index);
      return index === stopAt;
    };
    await pool.compute({ run, tasks: list, finished, order });
  } catch (error) {
    outcome.error = error;
  } finally {
    await pool.close();
  }
  return outcome;
}

/** Tasks that square these numbers. */
export const squares = (...values: number[]) => values.map((value) => ["square", value] as const);
