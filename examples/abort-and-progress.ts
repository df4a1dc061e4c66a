// A long run with progress that is stopped on the way: Ctrl-C, or by itself after a share of the work. What is finished is kept, so
// the report holds the networks that were done.
//
//   npx tsx examples/abort-and-progress.ts        stops after 30%
//   npx tsx examples/abort-and-progress.ts 1      runs to its end, or to Ctrl-C

import { approximationGap, createEngine, problems } from "propchaos";

const share = Number(process.argv[2] ?? 0.3);

const controller = new AbortController();
process.once("SIGINT", () => controller.abort());

const engine = await createEngine();
let shown = 0;
const report = await approximationGap(engine, problems.He4({ d: 32 }), {
  widths: [64, 128],
  time: 4,
  seeds: 16,
  signal: controller.signal,
  onProgress: ({ done, total, time }) => {
    const percent = Math.floor((100 * done) / total);
    if (percent >= shown + 10) {
      shown = percent - (percent % 10);
      console.log(`${shown}%, flow time ${time.toFixed(2)}`);
    }
    if (share < 1 && done >= share * total) controller.abort();
  },
});

console.log(
  `${report.status}: ${report.widths.map(({ m, seeds }) => `${seeds} networks of width ${m}`).join(", ") || "no network"}`,
);
engine.dispose();
