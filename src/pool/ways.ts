// The ways to start a worker, in the order in which they are tried. Each may be closed: a Blob under a strict
// Content-Security-Policy, a file of its own where a bundler has not seen it, threads in a page.

import { source } from "./generated/worker.ts";

/** How the workers of a run were started. */
export type WorkerKind = "factory" | "node" | "blob" | "url" | "calling thread";

/** A Web Worker, a `Worker` of `node:worker_threads`, or what behaves like one of them. */
export interface WorkerLike {
  /** Sends a message to the worker. */
  postMessage(message: unknown): void;
  /** Ends the worker at once. */
  terminate(): unknown;
}

/** A worker that has been asked for; `release` gives back what only its start needed. */
export interface Started {
  worker: WorkerLike;
  release?: () => void;
}

/** One way to start a worker. */
export interface Way {
  kind: WorkerKind;
  start(): Started;
}

/** The ways that this host may have, the user's own first. */
export function waysToStart(factory: (() => WorkerLike) | null): Way[] {
  const ways: Way[] = [];
  if (factory) ways.push({ kind: "factory", start: () => ({ worker: factory() }) });

  const threads = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  // Without the flags of this process: a loader among them would be loaded again in every worker.
  const options = { eval: true, execArgv: [], name: "propchaos" };
  if (threads) ways.push({ kind: "node", start: () => ({ worker: new threads.Worker(source, options) }) });

  if (typeof Worker === "function") {
    ways.push({ kind: "blob", start: startBlob });
    // To be written just so: bundlers look for these words.
    const start = () => ({ worker: new Worker(new URL("./worker.js", import.meta.url), { type: "module" }) });
    ways.push({ kind: "url", start });
  }
  return ways;
}

function startBlob(): Started {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const release = () => URL.revokeObjectURL(url);
  try {
    return { worker: new Worker(url), release };
  } catch (error) {
    release();
    throw error;
  }
}
