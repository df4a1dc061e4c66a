// One run of a figure: an engine of its own, the networks on a worker, and a gate that holds them while the figure is paused.

import type { Progress } from "../core/run.ts";
import type { GapReport } from "../gap/document.ts";
import type { NetworkRecord } from "../gap/record.ts";
import type { MeanFieldLimit } from "../limit/result.ts";
import { type Alignment, alignmentOf } from "./alignment.ts";
import { type FigureSettings, LIMITS } from "./attributes.ts";
import { Aborted, approximationGap, createEngine, problems, teachersOf } from "./core.ts";

/** Who listens to a run. */
export interface RunListeners {
  onStart(alignment: Alignment): void;
  onLimit(limit: MeanFieldLimit): void;
  onRecord(record: NetworkRecord): void;
  onProgress(progress: Progress): void;
}

export class LiveRun {
  private readonly controller = new AbortController();
  private gate: { opened: Promise<void>; open(): void } | null = null;
  /** Milliseconds between two records at least. */
  pace = 0;

  /** Runs to the end; null where it was stopped. @throws what `createEngine`, the zoo and `approximationGap` throw. */
  async start(
    { samples, problem: name, d, ...options }: FigureSettings,
    listeners: RunListeners,
  ): Promise<GapReport | null> {
    const { signal } = this.controller;
    const engine = await createEngine({ memoryLimitBytes: LIMITS.memoryLimitBytes });
    try {
      if (signal.aborted) return null;
      const problem = problems[name]({ d });
      listeners.onStart(alignmentOf(problem, problem.kind === "multi-index" ? teachersOf(engine, problem) : null));
      const report = await approximationGap(engine, problem, {
        ...options,
        ...(samples !== null && { data: { samples } }),
        workers: 1,
        signal,
        onProgress: (progress) => listeners.onProgress(progress),
        onLimit: (limit) => this.hold(() => listeners.onLimit(limit)),
        onRecord: (record) => this.hold(() => listeners.onRecord(record)),
      });
      return report.status === "aborted" ? null : report;
    } finally {
      engine.dispose();
    }
  }

  /** Lets the run hold at its next record. */
  pause(): void {
    if (this.gate) return;
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.gate = { opened, open };
  }

  resume(): void {
    this.gate?.open();
    this.gate = null;
  }

  /** Ends the run, its worker and its memory. */
  stop(): void {
    this.controller.abort();
  }

  private async hold(tell: () => void): Promise<void> {
    if (this.controller.signal.aborted) throw new Aborted();
    tell();
    if (this.pace > 0) await new Promise((resolve) => setTimeout(resolve, this.pace));
    await this.gate?.opened;
  }
}
