// The paper's XOR_4 experiment, reduced: parity of four of 12 signs, learned from samples. There is no closed form of the limit
// for Boolean inputs, so a wide network with the same first neurons takes its place, and gaps are corrected for its width.
//
//   npx tsx examples/xor4.ts

import { approximationGap, createEngine, problems } from "propchaos";

const engine = await createEngine();
const report = await approximationGap(engine, problems.XOR_4({ d: 12 }), {
  widths: [32, 64],
  reference: 256,
  data: { samples: 2048, batch: 1024 },
  gradient: "euclidean",
  step: 0.5,
  time: 16,
  seeds: 2,
});

console.log(`XOR_4 on 2048 samples, beside a network of width ${report.meanField.width}`);
for (const { m, trainError, testError, corrected } of report.widths) {
  const [train, test, gap] = [trainError, testError, corrected?.functionGap].map((e) => e?.mean.at(-1)?.toFixed(4));
  console.log(`m = ${m}: training error ${train}, test error ${test}, corrected function gap ${gap}`);
}
engine.dispose();
