// A network on the population over pairs of particles and by symmetric moments: where they cross, how the cost grows with the
// width, a million particles, and the same algorithm in plain TypeScript.

import { Run } from "../src/core/run.ts";
import { createEngine, type Engine } from "../src/engine/index.ts";
import { type Interaction, interactionOf, momentKernel } from "../src/network/interaction.ts";
import { type MomentTable, momentTable } from "../src/network/moment-table.ts";
import { Network } from "../src/network/network.ts";
import { checkTraining } from "../src/network/training.ts";
import type { Problem } from "../src/problem/types.ts";
import { problems } from "../src/problem/zoo.ts";
import { compare, medians } from "./harness.ts";

const ETA = 0.02;
const run = new Run({});

async function started(engine: Engine, problem: Problem, width: number, interaction: Interaction): Promise<Network> {
  const training = checkTraining({ time: 1, step: ETA, interaction }, problem);
  const network = new Network(engine, { problem, training, width, signs: null, key: { seed: 1, replica: 0 } });
  await network.start(null, run);
  return network;
}

/** Median milliseconds of a step, compiled code. */
async function stepTime(engine: Engine, problem: Problem, width: number, interaction: Interaction): Promise<number> {
  const network = await started(engine, problem, width, interaction);
  const [ms] = await medians([{ name: interaction, run: () => network.step(0, run) }], {
    warmup: width <= 1024 ? 20 : 2,
    runs: 9,
  });
  network.free();
  return ms;
}

/** The narrowest width that "auto" leaves to the moments. */
function crossover(problem: Problem): number {
  let [low, high] = [1, 1_000_000];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (interactionOf(problem, middle, "auto") === "moments") high = middle;
    else low = middle + 1;
  }
  return low;
}

async function growth(engine: Engine, d: number, widths: readonly number[]): Promise<void> {
  const problem = problems.He4({ d });
  console.log(
    `\nOne PGD step over pairs and by moments, He4, d = ${d}; "auto" takes moments from m = ${crossover(problem)} on`,
  );
  const times: number[] = [];
  for (const m of widths) {
    const moments = await stepTime(engine, problem, m, "moments");
    const pairs = m <= 8192 ? await stepTime(engine, problem, m, "pairs") : null;
    times.push(moments);
    const other =
      pairs === null ? "" : `   pairs ${pairs.toFixed(3).padStart(9)} ms, ${(pairs / moments).toFixed(2)} times`;
    console.log(`  m = ${String(m).padEnd(8)}moments ${moments.toFixed(3).padStart(9)} ms${other}`);
  }
  const [first, last] = [widths.indexOf(1024), widths.length - 1];
  const slope = Math.log(times[last] / times[first]) / Math.log(widths[last] / widths[first]);
  console.log(`  exponent of the moments' cost in m, from ${widths[first]} to ${widths[last]}: ${slope.toFixed(3)}`);
}

/** Rows of monomials at one particle, and back from their adjoints to those of the variables. */
class PlainRows {
  readonly m: Float64Array;
  readonly y: Float64Array;
  private readonly runs: Uint32Array;
  private readonly d: number;

  constructor(rows: number, { runs }: MomentTable, d: number) {
    this.m = new Float64Array(rows + 1);
    this.y = new Float64Array(rows + 1);
    this.runs = runs;
    this.d = d;
  }

  ascend(W: Float64Array, at: number): void {
    const { m, runs, d } = this;
    m[0] = 1;
    for (let c = 0; c < d; c++) m[1 + c] = W[at + c];
    for (let r = 0; r < runs.length; r += 4) {
      for (let i = 0; i < runs[r + 2]; i++) m[runs[r] + i] = m[runs[r + 1] + i] * m[runs[r + 3]];
    }
  }

  descend(): void {
    const { m, y, runs } = this;
    for (let r = runs.length - 4; r >= 0; r -= 4) {
      for (let i = 0; i < runs[r + 2]; i++) {
        const adjoint = y[runs[r] + i];
        y[runs[r + 1] + i] += adjoint * m[runs[r + 3]];
        y[runs[r + 3]] += adjoint * m[runs[r + 1] + i];
      }
    }
  }
}

/** A step by the same algorithm, particle by particle, with teacher e_1 and phi'(s) = 4 s^3. */
function plainMomentStep(W: Float64Array, width: number, d: number, table: MomentTable, rows: PlainRows): void {
  const { groups, factors } = table;
  const sums = new Float64Array(factors.length);
  const { m, y } = rows;
  for (let i = 0; i < width; i++) {
    rows.ascend(W, i * d);
    for (let g = 0, slot = 0; g < groups.length; g += 8) {
      const [t0, t1, t2, t3] = [m[groups[g]], m[groups[g + 1]], m[groups[g + 2]], m[groups[g + 3]]];
      for (let h = groups[g + 4]; h < groups[g + 4] + groups[g + 5]; h++) {
        sums[slot++] += m[h] * t0;
        sums[slot++] += m[h] * t1;
        sums[slot++] += m[h] * t2;
        sums[slot++] += m[h] * t3;
      }
    }
  }
  const coefficients = sums.map((sum, slot) => (sum * factors[slot]) / width);
  for (let i = 0; i < width; i++) {
    const at = i * d;
    rows.ascend(W, at);
    y.fill(0);
    for (let g = 0, slot = 0; g < groups.length; g += 8) {
      const [a, b, c, e] = groups.subarray(g, g + 4);
      let [y0, y1, y2, y3] = [0, 0, 0, 0];
      for (let h = groups[g + 4]; h < groups[g + 4] + groups[g + 5]; h++, slot += 4) {
        const value = m[h];
        y[h] +=
          coefficients[slot] * m[a] +
          coefficients[slot + 1] * m[b] +
          coefficients[slot + 2] * m[c] +
          coefficients[slot + 3] * m[e];
        y0 += coefficients[slot] * value;
        y1 += coefficients[slot + 1] * value;
        y2 += coefficients[slot + 2] * value;
        y3 += coefficients[slot + 3] * value;
      }
      y[a] += y0;
      y[b] += y1;
      y[c] += y2;
      y[e] += y3;
    }
    rows.descend();
    let along = 4 * W[at] * W[at] * W[at] * W[at];
    for (let c = 0; c < d; c++) along -= y[1 + c] * W[at + c];
    let square = 0;
    const pull = 4 * W[at] * W[at] * W[at];
    for (let c = 0; c < d; c++) {
      W[at + c] += ETA * ((c === 0 ? pull : 0) - y[1 + c] - along * W[at + c]);
      square += W[at + c] * W[at + c];
    }
    const norm = Math.sqrt(square);
    for (let c = 0; c < d; c++) W[at + c] /= norm;
  }
}

async function peers(simd: Engine, scalar: Engine, m: number, d: number): Promise<void> {
  const problem = problems.He4({ d });
  const kernel = momentKernel(problem);
  if (!kernel) throw new Error("He4 has moments");
  const table = momentTable(d, kernel.powers, kernel.size);
  const rows = new PlainRows(kernel.size.rows, table, d);
  const fast = await started(simd, problem, m, "moments");
  const slow = await started(scalar, problem, m, "moments");
  const W = fast.particles.copy();
  const check = await started(simd, problem, m, "moments");
  await check.step(0, run);
  const once = W.slice();
  plainMomentStep(once, m, d, table, rows);
  const furthest = check.particles.copy().reduce((top, x, i) => Math.max(top, Math.abs(x - once[i])), 0);
  if (!(furthest < 1e-12)) throw new Error(`the steps differ by ${furthest}`);
  check.free();
  // Two for a moment, four for the velocity.
  const flops = 6 * m * kernel.size.products;
  await compare(
    `One PGD step by moments, He4, m = ${m}, d = ${d} (${kernel.size.products} products, six operations each a particle)`,
    [
      { name: "propchaos, simd", run: () => fast.step(0, run) },
      { name: "propchaos, scalar build", run: () => slow.step(0, run) },
      { name: "plain TypeScript, the same algorithm", run: () => plainMomentStep(W, m, d, table, rows) },
    ],
    { flops, runs: 9 },
  );
  fast.free();
  slow.free();
}

async function million(engine: Engine): Promise<void> {
  const network = await started(engine, problems.He4({ d: 16 }), 1_000_000, "moments");
  const [step, risk] = await medians(
    [
      { name: "step", run: () => network.step(0, run) },
      { name: "risk", run: () => network.risk(run) },
    ],
    { warmup: 1, runs: 5 },
  );
  const mebibytes = engine.kernels.memory.buffer.byteLength / 2 ** 20;
  console.log(
    `\nA million particles, He4, d = 16: a PGD step ${(step / 1000).toFixed(2)} s, the risk ${(risk / 1000).toFixed(2)} s, module memory ${mebibytes.toFixed(0)} MiB`,
  );
  network.free();
}

export async function benchMoments(): Promise<void> {
  const simd = await createEngine();
  const scalar = await createEngine({ backend: "scalar" });
  await growth(simd, 8, [64, 128, 256, 1024, 8192, 65536]);
  await growth(simd, 16, [128, 256, 512, 1024, 8192, 65536]);
  await growth(simd, 32, [512, 1024, 2048, 4096, 8192]);
  await peers(simd, scalar, 1024, 16);
  simd.dispose();
  scalar.dispose();
  const fresh = await createEngine();
  await million(fresh);
  fresh.dispose();
}
