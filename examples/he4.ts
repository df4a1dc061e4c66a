// The paper's He4 experiment, reduced: a fourth Hermite polynomial of one direction in 32 dimensions. Networks of growing width
// come closer to their infinite-width limit as 1/m, until time and width saturate.
//
//   npx tsx examples/he4.ts            a second or two
//   npx tsx examples/he4.ts 64 8 16    d, seeds, flow time

import { approximationGap, createEngine, problems } from "propchaos";

const [d = 32, seeds = 4, time = 4] = process.argv.slice(2).map(Number);

const engine = await createEngine();
const report = await approximationGap(engine, problems.He4({ d }), { widths: [64, 128, 256], seeds, time, step: 0.02 });

console.log(`He4 in dimension ${d}, gradient descent to flow time ${time}, ${seeds} seeds`);
console.log(`risk of the limit: ${report.meanField.loss.at(-1)?.toFixed(6)} (error ${report.meanField.errorEstimate})`);
console.log("   m   risk       E|Delta|   m E|Delta|^2");
for (const { m, loss, meanDelta, mTimesMeanSquaredDelta } of report.widths) {
  const [risk, delta, squared] = [loss, meanDelta, mTimesMeanSquaredDelta].map(({ mean }) => mean.at(-1)?.toFixed(6));
  console.log(`${String(m).padStart(4)}   ${risk}   ${delta}   ${squared}`);
}
const slope = report.scaling?.meanDelta;
if (slope)
  console.log(
    `slope of E|Delta| in m: ${slope.slope.toFixed(3)} (95%: ${slope.low?.toFixed(3)} to ${slope.high?.toFixed(3)}; theory -1/2)`,
  );
engine.dispose();
