// The averaged stability constant of a single-index problem, by the kernel of assembly/population/stability.ts.

import type { Work } from "../../core/run.ts";
import { regionBytes } from "../../engine/arena.ts";
import { polynomialBlock } from "../../engine/blocks.ts";
import type { Engine } from "../../engine/index.ts";
import { solvableForm } from "../../limit/form.ts";
import { roundUp } from "../../network/particles.ts";
import { populationSeries } from "../../problem/form.ts";
import type { SingleIndexProblem } from "../../problem/types.ts";
import type { ParticleHistory } from "./model.ts";

/** Operations in one kernel call: some ten milliseconds. */
const SLICE_WORK = { simd: 2e7, scalar: 5e6 };

/** Operations of a pair besides its inner product, and for each later time. */
const PAIR_WORK = 40;
const TIME_WORK = 12;

function lengths(engine: Engine, problem: SingleIndexProblem, m: number, records: number) {
  const rows = roundUp(m, 4);
  const terms = 4 + solvableForm(problem).activation.length;
  return {
    directions: rows * problem.d,
    panels: rows * problem.d,
    alpha: rows,
    gamma: rows,
    derivative: terms,
    curvature: terms,
    squares: 2 * records * rows,
    norms: records * rows,
    scratch: engine.kernels.stabilityScratchSize() / 8,
  };
}

/** Bytes that `averageSingle` reserves. */
export function averageSingleBytes(engine: Engine, problem: SingleIndexProblem, m: number, records: number): number {
  return regionBytes(lengths(engine, problem, m, records));
}

/** z_i, m x d: the directions across w*, the first coordinate vector; 0 on its axis. */
function directionsOf(start: Float64Array, d: number): Float64Array {
  const out = start.slice();
  for (let i = 0; i < out.length; i += d) {
    out[i] = 0;
    let square = 0;
    for (let c = 1; c < d; c++) square += out[i + c] * out[i + c];
    const norm = Math.sqrt(square);
    for (let c = 1; c < d; c++) out[i + c] = norm === 0 ? 0 : out[i + c] / norm;
  }
  return out;
}

/** As `averageConstants`. */
export async function averageSingle(
  engine: Engine,
  problem: SingleIndexProblem,
  { start, columns, factors }: ParticleHistory,
  work: Work,
): Promise<Float64Array[]> {
  const { d } = problem;
  const m = start.length / d;
  const records = factors.length;
  const average = Array.from({ length: records }, (_, k) => new Float64Array(k + 1));
  const region = engine.arena.reserve(
    `the averaged stability of ${m} particles at ${records} records`,
    lengths(engine, problem, m, records),
  );
  try {
    const { slots } = region;
    const rows = slots.alpha.length;
    const { kernelDerivative } = populationSeries(solvableForm(problem));
    const kernelCurvature = kernelDerivative.slice(1).map((q, k) => (k + 1) * q);
    slots.derivative.view.set(polynomialBlock(kernelDerivative));
    slots.curvature.view.set(polynomialBlock(kernelCurvature));
    slots.directions.view.set(directionsOf(start, d));
    engine.kernels.packPanels(slots.directions.address, m, d, d, slots.panels.address);
    work.expect(records * (records + 1));
    for (let s = 0; s < records; s++) {
      const count = records - s;
      const squares = slots.squares.view;
      for (let n = 0; n < count; n++) {
        for (let i = 0; i < m; i++) {
          const [here, before] = [n * rows + i, (n - 1) * rows + i];
          const { plane, across } = factors[s + n];
          squares[here] = n === 0 ? 1 : squares[before] * plane[i] * plane[i];
          const offset = count * rows;
          squares[offset + here] = n === 0 ? 1 : squares[offset + before] * across[i] * across[i];
        }
      }
      const [alpha, gamma] = columns[s];
      slots.alpha.view.set(alpha);
      slots.gamma.view.set(gamma);
      const operations = m * (2 * d + PAIR_WORK + TIME_WORK * count);
      const slice = 4 * Math.max(1, Math.floor(SLICE_WORK[engine.backend] / operations / 4));
      for (let first = 0; first < m; first += slice) {
        engine.kernels.averageStability(
          slots.panels.address,
          slots.alpha.address,
          slots.gamma.address,
          m,
          d,
          slots.derivative.address,
          slots.curvature.address,
          slots.squares.address,
          count,
          first,
          Math.min(m, first + slice),
          slots.scratch.address,
          slots.norms.address,
        );
        if (work.due) await work.pause();
      }
      const norms = slots.norms.view;
      for (let n = 0; n < count; n++) {
        let largest = 0;
        for (let j = 0; j < m; j++) largest = Math.max(largest, norms[n * rows + j]);
        average[s + n][s] = largest / m;
      }
      work.advance(2 * count, 0);
    }
    return average;
  } finally {
    region.free();
  }
}
