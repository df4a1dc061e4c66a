// The part of the self-test that moves the law of a multi-index limit: eight points in the plane, monomials up to degree 2;
// and the functions of latitude behind the limit constants of the gap, at the same eight points, and as panels of a mesh.

import type { Arena } from "./arena.ts";
import type { Kernels } from "./kernels.ts";

/** Runs [out | parent | length | variable] that make u_1, u_2, t, u_1^2, and u_1 u_2 with u_2^2, from 1. */
const RUNS = [
  [1, 0, 1, 0],
  [2, 0, 1, 1],
  [3, 0, 1, 2],
  [4, 1, 1, 0],
  [5, 1, 2, 1],
];
const INNER = 4;
const INNER_RUNS = 3;
const COUNT = 7;
const NODES = 8;
const COLUMNS = 3;

/** All bits of moments, values, velocity and a step. */
export function limitAnswer(kernels: Kernels, arena: Arena): Uint32Array[] {
  const { slots, free } = arena.reserve("the self-test of the limit", {
    state: COLUMNS * NODES,
    rate: COLUMNS * NODES,
    weights: NODES,
    runs: 2 * RUNS.length,
    coefficients: COUNT,
    moments: COUNT,
    partial: 2 * COUNT,
    values: NODES,
    scratch: NODES * (2 * COLUMNS + COUNT + INNER),
    select: 2,
    harmonics: 5 * 4 * NODES,
    criterion: 5,
    excess: 1,
  });
  try {
    const { state, rate, weights, runs, coefficients, moments, partial, values, scratch, select, harmonics } = slots;
    const { address: table } = runs;
    runs.words.set(RUNS.flat());
    coefficients.view.set(Array.from({ length: COUNT }, (_, j) => 1 / (j + 2)));
    for (let i = 0; i < NODES; i++) {
      weights.view[i] = 1 / (i + 3);
      for (let c = 0; c < COLUMNS; c++) state.view[c * NODES + i] = (c + 1) / (i + 2) - c / 7;
    }
    const { monomialMoments, monomialSeries, monomialRate, normalisePoints, pointStep } = kernels;
    normalisePoints(state.address, NODES, COLUMNS);
    const at = [state.address, NODES, 0, NODES, COLUMNS, table, RUNS.length] as const;
    monomialRate(...at, INNER_RUNS, coefficients.address, COUNT, INNER, scratch.address, rate.address);
    monomialSeries(...at, coefficients.address, COUNT, scratch.address, values.address);
    pointStep(state.address, rate.address, values.address, 0.125, NODES, 0, NODES, COLUMNS);
    monomialMoments(
      state.address,
      weights.address,
      NODES,
      0,
      NODES,
      COLUMNS,
      table,
      RUNS.length,
      COUNT,
      scratch.address,
      partial.address,
      moments.address,
    );
    // Degrees 0, 2 and 3 of four, as rows 0, 1 and 2.
    select.words.set(Uint32Array.of(0, -1, 1, 2));
    const [g, slopeRows, slopeNodes, ratioRows, ratioNodes] = [0, 1, 2, 3, 4].map((k) => harmonics.at(4 * NODES * k));
    const rows = [4, g, slopeRows, slopeNodes, ratioRows, ratioNodes] as const;
    kernels.harmonicRows(
      state.address,
      weights.address,
      NODES,
      values.address,
      2,
      3,
      select.address,
      coefficients.address,
      ...rows,
    );
    kernels.scaleRows(ratioRows, weights.address, NODES, 4);
    const { criterion, excess } = slots;
    criterion.view.set([0.25, 0.5, 4, 1, 1]);
    // Two panels of 16 values each, and 64 weights.
    const panels = [harmonics.address, 2, slopeRows] as const;
    excess.view[0] = kernels.panelExcess(...panels, weights.address, criterion.address, 0.125);
    return [state, rate, values, moments, harmonics, excess].map(({ words }) => words.slice());
  } finally {
    free();
  }
}
