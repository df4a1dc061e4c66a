// Workers for one run: started together, ended together.

import type { Run } from "../core/run.ts";
import { Batch, type BatchOptions, type Patience } from "./batch.ts";
import type { Handlers } from "./handlers.ts";
import { type Crew, startCrew } from "./start.ts";
import { type Way, waysToStart } from "./ways.ts";
import type { WorkerChoice, WorkersUsed } from "./workers.ts";

/** What a pool is made of. */
export interface PoolOptions<Host> {
  /** What handlers are given on the calling thread. */
  host: Host;
  /** What workers are given to make the same of. */
  setup: unknown;
  handlers: Handlers<Host>;
  /** How many workers; 0 for the calling thread. */
  count: number;
  /** Ends everything at once, with its reason. */
  ended: AbortSignal;
  factory?: WorkerChoice["factory"];
  /** Default: what this host has. */
  ways?: readonly Way[];
  patience?: Partial<Patience>;
}

const PATIENCE: Patience = { start: 3000, silence: 10_000, abort: 75 };

export class Pool<Host> {
  private readonly options: PoolOptions<Host>;
  private readonly patience: Patience;
  private readonly crew: Crew;
  private lastId = 0;

  private constructor(options: PoolOptions<Host>, patience: Patience, crew: Crew) {
    this.options = options;
    this.patience = patience;
    this.crew = crew;
  }

  /** Starts the workers. One whose start is aborted has none. */
  static async start<Host>(options: PoolOptions<Host>, run: Run): Promise<Pool<Host>> {
    const { count, setup, ended } = options;
    const patience = { ...PATIENCE, ...options.patience };
    const stop = new AbortController();
    const giveUp = () => stop.abort();
    const signals = [run.signal, ended];
    for (const signal of signals) signal?.addEventListener("abort", giveUp);
    try {
      const ways = options.ways ?? waysToStart(options.factory ?? null);
      const crew = await startCrew({ ways, count, setup, patience: patience.start, signal: stop.signal });
      return new Pool(options, patience, crew);
    } finally {
      for (const signal of signals) signal?.removeEventListener("abort", giveUp);
    }
  }

  get used(): WorkersUsed {
    return { kind: this.crew.kind, count: this.crew.connections.length };
  }

  /** Workers that are still there. */
  get alive(): number {
    return this.crew.connections.filter(({ alive }) => alive).length;
  }

  /** Lets workers forget a context that no later task has. */
  forget(key: string): void {
    for (const connection of this.crew.connections) connection.forget(key);
  }

  /** Computes a list of tasks; see `Batch`. */
  compute(batch: Pick<BatchOptions<Host>, "run" | "tasks" | "order" | "finished">): Promise<void> {
    const { host, handlers, ended } = this.options;
    const nextId = () => ++this.lastId;
    const { patience } = this;
    return new Batch({ ...batch, host, handlers, ended, patience, nextId, ...this.crew }).compute();
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    await Promise.all(this.crew.connections.map((connection) => connection.end()));
  }
}
