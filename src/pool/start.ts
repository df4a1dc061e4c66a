// Starts workers: all by the first way by which any of them says that it is ready.

import { version } from "../core/version.ts";
import { Connection } from "./connection.ts";
import type { Way, WorkerKind } from "./ways.ts";

/** Workers that are ready, and how they were started. */
export interface Crew {
  kind: WorkerKind;
  connections: Connection[];
}

/** How to start workers. */
export interface StartOptions {
  ways: readonly Way[];
  /** How many; 0 for the calling thread. */
  count: number;
  /** First message to each. */
  setup: unknown;
  /** Milliseconds to wait for a sign of a worker. */
  patience: number;
  /** Ends the start with nothing. */
  signal: AbortSignal;
}

/** One worker, or null where it does not say in time that it is ready. */
function startOne(way: Way, { setup, patience, signal }: StartOptions): Promise<Connection | null> {
  return new Promise((resolve) => {
    let connection: Connection | undefined;
    const settle = (ready: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
      if (!ready) void connection?.end();
      resolve(ready && connection ? connection : null);
    };
    const giveUp = () => settle(false);
    const timer = setTimeout(giveUp, patience);
    signal.addEventListener("abort", giveUp);
    try {
      connection = new Connection(way.start());
      connection.lost = giveUp;
      connection.heard = (reply) => {
        if (reply.type === "ready") settle(reply.version === version);
        else if (reply.type === "unfit") giveUp();
      };
      connection.setUp(setup);
    } catch {
      giveUp();
    }
  });
}

/** Starts workers by the first way that gives any; where none does, the calling thread is all there is. */
export async function startCrew(options: StartOptions): Promise<Crew> {
  const { ways, count, signal } = options;
  for (const way of count > 0 ? ways : []) {
    if (signal.aborted) break;
    const started = await Promise.all(Array.from({ length: count }, () => startOne(way, options)));
    const connections = started.filter((connection) => connection !== null);
    for (const connection of connections) connection.settled();
    if (connections.length > 0) return { kind: way.kind, connections };
  }
  return { kind: "calling thread", connections: [] };
}
