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

/** A work whose cost grows with one size of it. */
export interface Growth {
  work: string;
  /** The size that grows. */
  name: string;
  sizes: readonly number[];
  /** Exponent of the cost in that size by the count of operations, overhead that does not grow left aside. */
  expected: number;
  make(engine: Engine, size: number): Promise<Omit<Contender, "name"> & { free: () => void }>;
}

const work = new Run({});
const DOUBLINGS = [1, 2, 4, 8];

function onData(name: "n" | "m" | "d", base: { n: number; m: number; d: number }): Growth {
  return {
    work: "step on data, He4, float32",
    name,
    sizes: DOUBLINGS.map((factor) => factor * base[name]),
    expected: 1,
    async make(engine, size) {
      const { n, m, d } = { ...base, [name]: size } as typeof base;
      const { step, free } = await trained(engine, problems.He4({ d }), m, "float32", n);
      return { run: step, free };
    },
  };
}

function onPopulation(name: "m" | "d", sizes: readonly number[], expected: number): Growth {
  return {
    work: "velocity on the population, He4",
    name,
    sizes,
    expected,
    async make(engine, size) {
      const { m, d } = { m: 512, d: 32, [name]: size } as { m: number; d: number };
      const { hessian, free } = await curved(engine, problems.He4({ d }), m);
      return { run: () => hessian.force.velocity("riemannian", work), free };
    },
  };
}

function ofLaw(name: "He4" | "Ge4"): Growth {
  return {
    work: `velocity of the law, ${name}`,
    name: "nodes",
    sizes: [1024, 2048, 4096, 8192],
    expected: 1,
    async make(engine, n) {
      const field = new Field(problems[name]({ d: 32 }));
      const particles = new LimitParticles(engine, field, n, true);
      particles.set(new Float64Array(n).fill(0.6), new Float64Array(n).fill(0.8));
      const psi = new Float64Array(field.driveLength).fill(0.1);
      // Microseconds a call: many, so that the clock can tell them apart.
      const run = () => {
        for (let call = 0; call < 20; call++) particles.rate(0, psi, 0, particles.n);
      };
      return { run, free: () => particles.free() };
    },
  };
}

export const GROWTHS: readonly Growth[] = [
  onData("n", { n: 1024, m: 256, d: 32 }),
  onData("m", { n: 1024, m: 128, d: 32 }),
  onData("d", { n: 1024, m: 256, d: 32 }),
  onPopulation("m", [256, 512, 1024, 2048], 2),
  onPopulation("d", [32, 64, 128, 256], 1),
  ofLaw("He4"),
  ofLaw("Ge4"),
];

/** Medians of the processor time at each size, in milliseconds, and their exponent. */
export async function measureGrowth(
  engine: Engine,
  { sizes, make }: Growth,
  runs?: number,
): Promise<{ milliseconds: number[]; power: number }> {
  const made = await Promise.all(sizes.map((size) => make(engine, size)));
  try {
    const contenders = made.map(({ run }, i) => ({ name: String(sizes[i]), run }));
    const milliseconds = await medians(contenders, { clock: processorTime, ...(runs === undefined ? {} : { runs }) });
    return { milliseconds, power: exponent(sizes, milliseconds) };
  } finally {
    for (const { free } of made) free();
  }
}

export async function benchGrowth(): Promise<void> {
  const engine = await createEngine();
  say("\nGrowth of the cost, exponents");
  for (const growth of GROWTHS) {
    const { work, name, sizes } = growth;
    const { milliseconds, power } = await measureGrowth(engine, growth);
    record({
      work,
      name: `exponent in ${name}`,
      exponent: power,
      sizes: sizes.join(" "),
      times: milliseconds.join(" "),
    });
    const times = sizes.map((size, i) => `${size}: ${milliseconds[i].toPrecision(3)} ms`).join(", ");
    say(`  ${`${work}, in ${name}`.padEnd(40)}${power.toFixed(2)}   ${times}`);
  }
  engine.dispose();
}
