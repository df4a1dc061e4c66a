// Workers as a user makes them, in Node and in a page, and workers whose messages are tampered with.

import type { WorkerLike } from "propchaos";

interface Line extends WorkerLike {
  on?(type: string, listener: (data: unknown) => void): void;
  addEventListener?(type: string, listener: (event: MessageEvent) => void): void;
}

/** A worker of `propchaos/worker`, started by this page or process. */
export function makeWorker(): WorkerLike {
  const threads = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  if (threads) return new threads.Worker(new URL("../../dist/worker.js", import.meta.url));
  return new Worker(new URL("../../dist/worker.js", import.meta.url), { type: "module" });
}

/** What is posted for a network. */
export interface NetworkOrder {
  id: number;
  m: number;
  replica: number;
}

/** A worker, with nothing but onmessage to listen to, that gives `answer(network)` where that is not null. */
export function tampered(answer: (order: NetworkOrder) => object | null): WorkerLike {
  const inner: Line = makeWorker();
  const outer = {
    onmessage: (_: { data: unknown }) => {},
    postMessage(order: { type: string; id: number; kind: string; payload: NetworkOrder }) {
      const forged =
        order.type === "task" && order.kind === "network" ? answer({ ...order.payload, id: order.id }) : null;
      if (forged) setTimeout(() => outer.onmessage({ data: { ...forged, id: order.id } }));
      else inner.postMessage(order);
    },
    terminate: () => inner.terminate(),
  };
  if (inner.on) inner.on("message", (data) => outer.onmessage({ data }));
  else inner.addEventListener?.("message", ({ data }) => outer.onmessage({ data }));
  return outer as WorkerLike;
}
