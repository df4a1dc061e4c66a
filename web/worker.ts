// A worker of the explorer: one job, which may be held at any record.

import { compute, type Gate, type Post } from "./job.ts";
import type { Request } from "./protocol.ts";

/** Holds the run at each record while it is closed; a step opens it for one record. */
class HeldGate implements Gate {
  private held: boolean;
  private open: (() => void) | null = null;
  private readonly post: Post;

  constructor(held: boolean, post: Post) {
    this.held = held;
    this.post = post;
  }

  pass(): Promise<void> {
    if (!this.held) return Promise.resolve();
    this.post({ type: "held" });
    return new Promise((resolve) => {
      this.open = resolve;
    });
  }

  hold(): void {
    this.held = true;
  }

  go(): void {
    this.held = false;
    this.step();
  }

  step(): void {
    this.open?.();
    this.open = null;
  }
}

const post: Post = (reply, transfer = []) => globalThis.postMessage(reply, { transfer });
let gate: HeldGate | null = null;

globalThis.addEventListener("message", ({ data }: MessageEvent<Request>) => {
  if (data.type === "gap" || data.type === "theory") {
    gate = new HeldGate(data.type === "gap" && data.held, post);
    void compute(data.type, data.settings, post, gate);
  } else gate?.[data.type]();
});
