// A progress bar on stderr, only where stderr is a terminal.

import { SingleBar } from "cli-progress";
import type { Progress } from "../index.ts";

export interface ProgressBar {
  update(progress: Progress): void;
  /** Takes the bar away and gives the cursor back. */
  stop(): void;
}

const SILENT: ProgressBar = { update: () => undefined, stop: () => undefined };

/** How fast the finished share grows, over all of the run so far. */
export function percentPerSecond(now: () => number = () => performance.now()): (share: number) => string {
  let first: { share: number; at: number } | undefined;
  return (share) => {
    first ??= { share, at: now() };
    const seconds = (now() - first.at) / 1000;
    return seconds > 0 ? `${((100 * (share - first.share)) / seconds).toPrecision(2)}%/s` : "-%/s";
  };
}

/** A bar that appears with the first report of progress; silent where nobody would see it. */
export function progressBar(title: string, wanted: boolean): ProgressBar {
  if (!wanted || !process.stderr.isTTY) return SILENT;
  const bar = new SingleBar({
    stream: process.stderr,
    format: `${title}  {bar} {percentage}%  t = {time}  {rate}  {eta_formatted} left`,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 50,
  });
  let started = false;
  const rate = percentPerSecond();
  return {
    update({ done, total, time }) {
      // Before the amount of work is known a bar would look full.
      if (total === 0) return;
      const payload = { time: time.toFixed(2), rate: rate(done / total) };
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
