// How the cost of a step grows: the exponent of each size, from a line through the logarithms of the medians.

import { Run } from "../src/core/run.ts";
import { createEngine, type Engine } from "../src/engine/index.ts";
import { Field } from "../src/limit/field.ts";
import { LimitParticles } from "../src/limit/particles.ts";
import { problems } from "../src/problem/zoo.ts";
import { type Contender, medians, processorTime } from "./harness.ts";
import { record, say } from "./report.ts";
import { curved, trained } from "./works.ts";

/** Slope of the least-squares line through (log x, log y). */
function exponent(x: readonly number[], y: readonly number[]): number {
  const [a, b] = [x.map(Math.log), y.map(Math.log)];
  const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [centreA, centreB] = [mean(a), mean(b)];
  const product = a.reduce((sum, value, i) => sum + (value - centreA) * (b[i] - centreB), 0);
  return product / a.reduce((sum, value) => sum + (value - centreA) * (value - centreA), 0);
}

async function grow(
  work: string,
  name: string,
  sizes: readonly number[],
  make: (size: number) => Promise<Omit<Contender, "name"> & { free: () => void }>,
): Promise<void> {
  const made = await Promise.all(sizes.map(make));
  const milliseconds = await medians(
    made.map(({ run }, i) => ({ name: String(sizes[i]), run })),
    { clock: processorTime },
  );
  for (const { free } of made) free();
  const power = exponent(sizes, milliseconds);
  record({ work, name: `exponent in ${name}`, exponent: power, sizes: sizes.join(" "), times: milliseconds.join(" ") });
  const times = sizes.map((size, i) => `${size}: ${milliseconds[i].toPrecision(3)} ms`).join(", ");
  say(`  ${`${work}, in ${name}`.padEnd(40)}${power.toFixed(2)}   ${times}`);
}

const work = new Run({});
const DOUBLINGS = [1, 2, 4, 8];

async function onData(engine: Engine, name: string, base: { n: number; m: number; d: number }): Promise<void> {
  const key = name as keyof typeof base;
  const sizes = DOUBLINGS.map((factor) => factor * base[key]);
  await grow("step on data, He4, float32", name, sizes, async (size) => {
    const { n, m, d } = { ...base, [key]: size } as typeof base;
    const { step, free } = await trained(engine, problems.He4({ d }), m, "float32", n);
    return { run: step, free };
  });
}

export async function benchGrowth(): Promise<void> {
  const engine = await createEngine();
  say("\nGrowth of the cost, exponents");
  await onData(engine, "n", { n: 1024, m: 256, d: 32 });
  await onData(engine, "m", { n: 1024, m: 128, d: 32 });
  await onData(engine, "d", { n: 1024, m: 256, d: 32 });
  for (const [name, sizes, of] of [
    ["m", [256, 512, 1024, 2048], (m: number) => curved(engine, problems.He4({ d: 32 }), m)],
    ["d", [32, 64, 128, 256], (d: number) => curved(engine, problems.He4({ d }), 512)],
  ] as const) {
    await grow("velocity on the population, He4", name, sizes, async (size) => {
      const { hessian, free } = await of(size);
      return { run: () => hessian.force.velocity("riemannian", work), free };
    });
  }
  for (const name of ["He4", "Ge4"] as const) {
    await grow(`velocity of the law, ${name}`, "nodes", [1024, 2048, 4096, 8192], async (n) => {
      const field = new Field(problems[name]({ d: 32 }));
      const particles = new LimitParticles(engine, field, n, true);
      particles.set(new Float64Array(n).fill(0.6), new Float64Array(n).fill(0.8));
      const psi = new Float64Array(field.driveLength).fill(0.1);
      // Microseconds a call: many, so that the clock can tell them apart.
      const run = () => {
        for (let call = 0; call < 20; call++) particles.rate(0, psi, 0, particles.n);
      };
      return { run, free: () => particles.free() };
    });
  }
  engine.dispose();
}
