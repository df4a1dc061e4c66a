// One harmonic of the fluctuations in module memory: arrays over the nodes of the law, in blocks of MODES noise modes.
// Layouts are those of assembly/limit/harmonics.ts; all rows are weighted with the square root of a node's mass, so that
// sums over nodes are averages over the law.

import type { Region } from "../../engine/arena.ts";
import type { Engine } from "../../engine/index.ts";
import { recurrenceTable } from "../../numeric/zonal.ts";
import type { HarmonicBasis } from "./harmonics.ts";

/** Noise modes of a block. */
export const MODES = 32;

export type FunctionNames =
  | "table"
  | "select"
  | "coefficients"
  | "g"
  | "slopeRows"
  | "slopeNodes"
  | "ratioRows"
  | "ratioNodes"
  | "residual"
  | "gram"
  | "angularGram"
  | "product"
  | "scaled";

export type BlockNames = "basis" | "panels" | "parallel" | "angular" | "noise" | "amplitude";

/** Rows of the functions, a multiple of 4. */
export function rowsOf({ coefficients }: HarmonicBasis): number {
  return 4 * Math.ceil(coefficients.filter((c) => c > 0).length / 4);
}

export function functionLengths(basis: HarmonicBasis, n: number): Record<FunctionNames, number> {
  const rows = rowsOf(basis);
  const size = rows * n;
  const angular = basis.j > 0 ? size : 0;
  const { length } = basis.coefficients;
  return {
    table: 2 * length,
    select: Math.ceil(length / 2),
    coefficients: length,
    g: size,
    slopeRows: size,
    slopeNodes: size,
    ratioRows: angular,
    ratioNodes: angular,
    residual: size,
    gram: rows * rows,
    angularGram: basis.j > 0 ? rows * rows : 0,
    product: rows * MODES,
    scaled: Math.max(rows, 4) * MODES,
  };
}

export function blockLengths(basis: HarmonicBasis, n: number): Record<BlockNames, number> {
  const rows = rowsOf(basis);
  return {
    /** Orthonormal vectors over the nodes, n x MODES, and the same in panels of four nodes. */
    basis: n * MODES,
    panels: n * MODES,
    /** How particles answer each mode along the meridian and across it, n x MODES. */
    parallel: n * MODES,
    angular: basis.j > 0 ? n * MODES : 0,
    /** Coefficients of the functions in each mode, rows x MODES: as drawn, and after the network has answered. */
    noise: rows * MODES,
    amplitude: rows * MODES,
  };
}

/** Writes what stays of the functions: which degrees, their coefficients, the recurrence. */
function writeFunctions({ slots }: Region<FunctionNames>, basis: HarmonicBasis, d: number): void {
  const { coefficients, j } = basis;
  slots.table.view.set(recurrenceTable(d + 2 * j, coefficients.length - 1));
  slots.coefficients.view.set(coefficients);
  let row = 0;
  const select = Int32Array.from(coefficients, (c) => (c > 0 ? row++ : -1));
  slots.select.words.set(new Uint32Array(select.buffer));
}

export type FunctionRegion = Region<FunctionNames>;
export type BlockRegion = Region<BlockNames>;

export function reserveFunctions(engine: Engine, basis: HarmonicBasis, d: number, n: number): FunctionRegion {
  const region = engine.arena.reserve("the harmonics of the fluctuations", functionLengths(basis, n));
  writeFunctions(region, basis, d);
  return region;
}

export function reserveBlock(engine: Engine, basis: HarmonicBasis, n: number): BlockRegion {
  return engine.arena.reserve("the noise modes of the fluctuations", blockLengths(basis, n));
}
