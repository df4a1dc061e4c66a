// How the gap falls with the width, and how wide a network has to be: slopes of E|Delta| and of the function gap in m with their 95%
// intervals, and the smallest width whose function gap is 0.02 when training has converged.
//
//   npx tsx examples/width-scaling.ts           a few seconds
//   npx tsx examples/width-scaling.ts 32 64     d, seeds

import { createEngine, gapScaling, problems, requiredWidth } from "propchaos";

const [d = 8, seeds = 16] = process.argv.slice(2).map(Number);

const engine = await createEngine();
const He4 = problems.He4({ d });

const { series } = await gapScaling(engine, He4, { widths: [32, 64, 128, 256], seeds, time: 0.6, record: 2 });
console.log(`He4 in dimension ${d}, ${seeds} seeds`);
for (const { name, points, fit } of series) {
  console.log(`${name}: ${points.map(({ x, y }) => `${y.toPrecision(3)} at m = ${x}`).join(", ")}`);
  if (!fit) continue;
  const [slope, low, high] = [fit.slope, fit.low, fit.high].map((value) => value?.toFixed(3));
  console.log(`  slope ${slope} (95%: ${low} to ${high}), in theory ${fit.expected}`);
  if (fit.warning) console.log(`  ${fit.warning}`);
}

const found = await requiredWidth(engine, He4, { gap: 0.02, seeds });
console.log(`a function gap of 0.02 at flow time ${found.time?.toFixed(3)} needs m = ${found.width}`);
console.log(`  (95%: ${found.low?.toFixed(0)} to ${found.high?.toFixed(0)}; limit constant: ${found.guess})`);
console.log(`  tried: ${found.trials.map(({ m, gap }) => `${gap.toPrecision(3)} at ${m}`).join(", ")}`);
engine.dispose();
