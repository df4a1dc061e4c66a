// How long training takes in d dimensions: the time at which the risk of the infinite-width limit is half of its start, for Hermite
// polynomials of degree 2, 3 and 4. Theory: log d, d^(1/2), d. No network is trained.
//
//   npx tsx examples/convergence-time.ts              a few seconds
//   npx tsx examples/convergence-time.ts 100 100000   smallest and largest d

import { convergenceTime, createEngine, hermite } from "propchaos";

const [from = 30, to = 1000] = process.argv.slice(2).map(Number);
const ratio = Math.sqrt(Math.sqrt(to / from));
const dimensions = [0, 1, 2, 3, 4].map((i) => Math.round(from * ratio ** i));

const engine = await createEngine();
const families = [2, 3, 4].map((k) => hermite({ [k]: 1 }));
const { series } = await convergenceTime(engine, families, { dimensions });

for (const { name, points, missing, fit } of series) {
  console.log(`${name}: ${points.map(({ x, y }) => `T(${x}) = ${y.toPrecision(4)}`).join(", ")}`);
  for (const { x, reason } of missing) console.log(`  d = ${x}: ${reason}`);
  if (!fit) continue;
  const what = fit.law === "power" ? "exponent of d" : "slope against log d";
  console.log(`  ${what} ${fit.slope.toFixed(3)}, in theory ${fit.expected}`);
  if (fit.warning) console.log(`  ${fit.warning}`);
}
engine.dispose();
