// A progress bar on stderr, only where stderr is a terminal.

import { SingleBar } from "cli-progress";
import type { Progress } from "../index.ts";

export interface ProgressBar {
  update(progress: Progress): void;
  /** Takes the bar away and gives the cursor back. */
  stop(): void;
}

const SILENT: ProgressBar = { update: () => undefined, stop: () => undefined };

/** A bar that appears with the first report of progress; silent where nobody would see it. */
export function progressBar(title: string, wanted: boolean): ProgressBar {
  if (!wanted || !process.stderr.isTTY) return SILENT;
  const bar = new SingleBar({
    stream: process.stderr,
    format: `${title}  {bar} {percentage}%  t = {time}  {eta_formatted} left`,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 50,
  });
  let started = false;
  return {
    update({ done, total, time }) {
      // Before the amount of work is known a bar would look full.
      if (total === 0) return;
      const payload = { time: time.toFixed(2) };
      if (!started) bar.start(total, done, payload);
      else bar.update(done, payload);
      if (total !== bar.getTotal()) bar.setTotal(total);
      started = true;
    },
    stop() {
      if (started) bar.stop();
    },
  };
}
