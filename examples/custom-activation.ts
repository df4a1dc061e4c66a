// An activation of your own: any function of z is expanded once into a Hermite series, and is that series from then on. Its information
// exponent, the lowest degree it shares with the target, says how long the search for the direction takes.
//
//   npx tsx examples/custom-activation.ts

import { activation, createEngine, hermite, meanFieldLimit, singleIndex } from "propchaos";

const bump = activation((z) => z * z * Math.exp(-z * z));
const problem = singleIndex({ d: 24, activation: bump, link: hermite({ 2: 0.3, 4: -0.2 }) });

const engine = await createEngine();
const limit = await meanFieldLimit(engine, problem, { time: 40, dynamics: "flow", record: 5, tolerance: 1e-6 });
console.log(`information exponent ${problem.informationExponent}, error of the limit ${limit.errorEstimate}`);
limit.time.forEach((t, k) => {
  console.log(`t = ${t}: risk ${limit.loss[k].toFixed(6)}, E alpha^2 = ${limit.meanAlpha2[k].toFixed(4)}`);
});
engine.dispose();
