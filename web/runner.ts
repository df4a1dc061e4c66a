// The life of a run as the page sees it: two workers, one for the networks and one for the theory beside them, started with
// the run and ended with it. To cancel is to end the workers, whatever they are in the middle of.

import { withoutTheory } from "./experiment.ts";
import type { Reply, Request } from "./protocol.ts";
import type { Settings } from "./settings.ts";
import address from "./worker.ts?worker&url";

/** What a run is doing. */
export type Phase = "idle" | "starting" | "running" | "held" | "done" | "failed";

/** Which of the two workers. */
export type Job = "gap" | "theory";

/** Who is told. */
export interface Listener {
  /** The phase has changed. */
  phase(phase: Phase): void;
  /** A worker of the run has posted something. */
  reply(reply: Reply, job: Job): void;
  /** The run, or its theory alone, cannot go on. */
  failed(message: string, job: Job): void;
}

const NO_WORKER =
  "Nothing can be run here: this page computes in a Web Worker, and this browser or its settings allow none. The Node script and the command line below give the same numbers.";

export class Runner {
  phase: Phase = "idle";
  private readonly workers: Partial<Record<Job, Worker>> = {};
  /** Number of the run: what was begun for an earlier one is not carried on. */
  private run = 0;
  private readonly listener: Listener;
  /**
   * The script of the workers, kept as a Blob: it is loaded once, and a page that has gone offline can still start one. null
   * where it could not be had.
   */
  private readonly script: Promise<string | null>;

  constructor(listener: Listener) {
    this.listener = listener;
    this.script = fetch(address)
      .then((response) => (response.ok ? response.text() : Promise.reject(new Error(response.statusText))))
      .then((text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" })))
      .catch(() => null);
  }

  /** Starts a run; `held` stops it at its first record. */
  start(settings: Settings, held: boolean): void {
    this.cancel();
    if (typeof Worker !== "function") {
      this.fail(NO_WORKER, "gap");
      return;
    }
    this.enter("starting");
    this.launch({ type: "gap", settings, held });
    if (withoutTheory(settings) === null) this.launch({ type: "theory", settings });
  }

  /** Stops at the next record. */
  hold(): void {
    this.tell({ type: "hold" });
  }

  /** Goes on after a hold. */
  go(): void {
    this.tell({ type: "go" });
    if (this.phase === "held") this.enter("running");
  }

  /** Goes on to the next record. */
  step(): void {
    this.tell({ type: this.phase === "held" ? "step" : "hold" });
  }

  /** Ends the workers now. */
  cancel(): void {
    this.run++;
    this.end("gap");
    this.end("theory");
    if (this.phase !== "idle") this.enter("idle");
  }

  /** Whether anything is being computed, theory included. */
  get busy(): boolean {
    return this.phase === "starting" || Object.keys(this.workers).length > 0;
  }

  private end(job: Job): void {
    this.workers[job]?.terminate();
    delete this.workers[job];
  }

  private enter(phase: Phase): void {
    this.phase = phase;
    this.listener.phase(phase);
  }

  private tell(request: Request): void {
    this.workers.gap?.postMessage(request);
  }

  private fail(message: string, job: Job): void {
    this.end(job);
    if (job === "gap") {
      this.run++;
      this.end("theory");
      this.enter("failed");
    }
    this.listener.failed(message, job);
  }

  private hear(reply: Reply, job: Job): void {
    if (reply.type === "failed") {
      this.fail(reply.message, job);
      return;
    }
    if (job === "gap") {
      if (reply.type === "ready" || (reply.type === "record" && this.phase === "starting")) this.enter("running");
      if (reply.type === "held") this.enter("held");
    }
    if (reply.type === "report" || reply.type === "theory") this.end(job);
    this.listener.reply(reply, job);
    if (reply.type === "report") this.enter("done");
  }

  /** Starts a worker from the Blob, or where the page's policy forbids that from its file. */
  private launch(request: Request & { type: Job }): void {
    const { run } = this;
    void this.script.then((blob) => {
      if (this.run === run) this.begin(request, blob === null ? [address] : [blob, address]);
    });
  }

  private begin(request: Request & { type: Job }, [script, ...others]: string[]): void {
    const job = request.type;
    let worker: Worker;
    let alive = false;
    try {
      worker = new Worker(script, { type: "module" });
    } catch {
      if (others.length > 0) this.begin(request, others);
      else this.fail(NO_WORKER, job);
      return;
    }
    this.workers[job] = worker;
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      alive = true;
      if (this.workers[job] === worker) this.hear(data, job);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.workers[job] !== worker) return;
      this.end(job);
      if (alive) this.fail(`The worker stopped: ${event.message || "the browser ended it"}.`, job);
      else if (others.length > 0) this.begin(request, others);
      else this.fail(NO_WORKER, job);
    };
    worker.postMessage(request);
  }
}
