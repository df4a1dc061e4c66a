// A progress bar on stderr, only where stderr is a terminal.

import { SingleBar } from "cli-progress";
import type { Progress, SweepProgress } from "../index.ts";

export interface ProgressBar<Report = Progress> {
  update(progress: Report): void;
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
  const format = `${title}  {bar} {percentage}%  t = {time}  {rate}  {eta_formatted} left`;
  return barOf<Progress>(format, wanted, ({ time }) => ({ time: time.toFixed(2) }));
}

/** The same of a sweep, which counts tasks. */
export function sweepBar(title: string, wanted: boolean): ProgressBar<SweepProgress> {
  const format = `${title}  {bar} {percentage}%  {tasks} tasks  {rate}  {eta_formatted} left`;
  return barOf<SweepProgress>(format, wanted, ({ tasks: { done, total } }) => ({ tasks: `${done}/${total}` }));
}

function barOf<Report extends Progress>(
  format: string,
  wanted: boolean,
  fieldsOf: (progress: Report) => Record<string, string>,
): ProgressBar<Report> {
  if (!wanted || !process.stderr.isTTY) return SILENT;
  const bar = new SingleBar({
    stream: process.stderr,
    format,
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
    update(progress) {
      const { done, total } = progress;
      // Before the amount of work is known a bar would look full.
      if (total === 0) return;
      const payload = { ...fieldsOf(progress), rate: rate(done / total) };
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
