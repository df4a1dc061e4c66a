// Fluctuations of one harmonic degree j of an infinitely wide network, times sqrt(m) (SPEC.md, section 7).
//
// The initial particles are independent draws from the law, so the coefficients of the network in the functions g_r
// fluctuate by a0(t) = (1/sqrt m) sum_i (g_r(alpha_i(t)) - mean): Gaussian in the limit, a linear image of white noise on
// the law. The noise is carried in orthonormal modes b_k over the nodes, found while time goes on: where a function at the
// present time has a part outside the modes so far, that part becomes a mode. So a0_r(t) = sum_k a0_(r,k)(t) b_k with
// white coefficients, and everything below holds for each mode k:
//
//   a(t) = a0(t) - (1/N) E[ dg/dtheta Y + kappa (g/gamma) Z ],   kappa = j (j + d - 3)
//   dY/dt = lambda_par Y + sum_r dg_r/dtheta a_r,   dZ/dt = lambda_perp Z + sum_r (g_r/gamma) a_r
//
// which is SPEC.md's Volterra equation with its kernel K left in factors: Y and Z (one a node) are minus the displacement
// of particles along the meridian and, in units of an angle, across it. Trapezoid in time, propagated by the stability
// factors of the interval; the end of an interval is implicit and takes one system of as many equations as functions.
//
//   m E|f - f_MF|^2 = sum_j sum_(r,k) a^2,    m E|Delta|^2 = sum_j (1/N_j) E sum_k (Y^2 + kappa Z^2)

import type { Slot } from "../../engine/arena.ts";
import type { Engine } from "../../engine/index.ts";
import { choleskyFactor, choleskySolve } from "../../numeric/cholesky.ts";
import type { HarmonicBasis } from "./harmonics.ts";
import { type BlockRegion, type FunctionRegion, MODES, reserveBlock, reserveFunctions, rowsOf } from "./modes.ts";

/** A function whose variance is below this share of the first ones has died out. */
const EXTINCT = 1e-14;

/** The two constants of one harmonic. */
export interface HarmonicShare {
  functionGap: number;
  squaredDelta: number;
}

export class Fluctuation {
  private readonly engine: Engine;
  private readonly basis: HarmonicBasis;
  private readonly n: number;
  private readonly rows: number;
  /** Share of the variance of all functions that may stay outside the modes. */
  private readonly neglect: number;
  private readonly functions: FunctionRegion;
  private readonly blocks: BlockRegion[] = [];
  private modes = 0;
  private firstVariance = 0;

  /** n nodes in dimension d. */
  constructor(engine: Engine, basis: HarmonicBasis, d: number, n: number, neglect: number) {
    this.engine = engine;
    this.basis = basis;
    this.n = n;
    this.rows = rowsOf(basis);
    this.neglect = neglect;
    this.functions = reserveFunctions(engine, basis, d, n);
  }

  /** Number of noise modes so far. */
  get modeCount(): number {
    return this.modes;
  }

  /**
   * Goes to the next time, where the nodes now are (state: alpha, gamma; roots: square roots of their masses), over an
   * interval of length h (0 at the start) with these factors.
   */
  advance(state: Slot, roots: Slot, h: number, factors: { parallel: Slot; perpendicular: Slot }): void {
    // What stands in the functions is still the beginning of the interval.
    this.push(h / 2);
    this.evaluate(state, roots);
    this.projectNoise();
    this.propagate(factors);
    this.solve(h);
    this.push(h / 2);
  }

  /** What this harmonic adds to the two constants now. */
  measure(): HarmonicShare {
    const { multiplicity, eigenvalue } = this.basis;
    let gap = 0;
    let along = 0;
    let across = 0;
    for (const { slots } of this.blocks) {
      gap += squares(slots.amplitude.view);
      along += squares(slots.parallel.view);
      across += squares(slots.angular.view);
    }
    return { functionGap: gap, squaredDelta: (along + eigenvalue * across) / multiplicity };
  }

  private evaluate(state: Slot, roots: Slot): void {
    const { slots } = this.functions;
    const { j, coefficients } = this.basis;
    this.engine.kernels.harmonicRows(
      state.address,
      roots.address,
      this.n,
      slots.table.address,
      j,
      coefficients.length - 1,
      slots.select.address,
      slots.coefficients.address,
      this.rows,
      slots.g.address,
      slots.slopeRows.address,
      slots.slopeNodes.address,
      slots.ratioRows.address,
      slots.ratioNodes.address,
    );
    if (j === 0) this.centre(roots.view);
  }

  /** Takes the mean over the law from each function: only j = 0 has one. */
  private centre(roots: Float64Array): void {
    const g = this.functions.slots.g.view;
    for (let row = 0; row < this.rows; row++) {
      const offset = rowOffset(row, this.n);
      let mean = 0;
      for (let p = 0; p < this.n; p++) mean += roots[p] * g[offset + 4 * p];
      for (let p = 0; p < this.n; p++) g[offset + 4 * p] -= roots[p] * mean;
    }
  }

  /** a0 in the modes; parts of the functions that they miss become modes. */
  private projectNoise(): void {
    const { g, residual } = this.functions.slots;
    for (const { slots } of this.blocks) slots.noise.view.fill(0);
    this.project(g);
    const variance = squares(g.view);
    if (this.firstVariance === 0) this.firstVariance = variance;
    const allowed = Math.max(this.neglect * variance, EXTINCT * this.firstVariance) / this.rows;
    const missed = rowSquares(g.view, this.rows, this.n);
    this.blocks.forEach(({ slots }) => {
      const noise = slots.noise.view;
      for (let row = 0; row < this.rows; row++)
        for (let k = 0; k < MODES; k++) missed[row] -= noise[row * MODES + k] * noise[row * MODES + k];
    });
    if (missed.every((square) => square <= allowed)) return;
    residual.view.set(g.view);
    this.takeAway((noise) => noise);
    // Once more, on what is left: rounding of the first projection is not orthogonal to the modes.
    const before = this.blocks.map(({ slots }) => slots.noise.view.slice());
    this.project(residual);
    this.takeAway((noise, b) => noise.map((value, i) => value - before[b][i]));
    this.addModes(allowed);
  }

  /** noise += the functions' coefficients in the modes. */
  private project(functions: Slot): void {
    const { accumulateBlock } = this.engine.kernels;
    for (const { slots } of this.blocks)
      accumulateBlock(functions.address, this.rows, this.n, slots.basis.address, MODES, slots.noise.address);
  }

  /** residual -= modes times coefficients (rows x MODES), block by block. */
  private takeAway(coefficientsOf: (noise: Float64Array, block: number) => Float64Array): void {
    const { residual, scaled } = this.functions.slots;
    this.blocks.forEach(({ slots }, b) => {
      const coefficients = coefficientsOf(slots.noise.view, b);
      for (let row = 0; row < this.rows; row += 4) {
        const right = scaled.view;
        for (let k = 0; k < MODES; k++)
          for (let lane = 0; lane < 4; lane++) right[4 * k + lane] = -coefficients[(row + lane) * MODES + k];
        const { accumulateBlock } = this.engine.kernels;
        accumulateBlock(slots.panels.address, this.n, MODES, scaled.address, 4, residual.at(row * this.n));
      }
    });
  }

  /** The largest residual becomes a mode, until all are small. */
  private addModes(allowed: number): void {
    for (let round = 0; round < this.rows; round++) {
      const left = rowSquares(this.functions.slots.residual.view, this.rows, this.n);
      const largest = left.reduce((best, square, row) => (square > left[best] ? row : best), 0);
      if (!(left[largest] > allowed)) return;
      this.addMode(largest, Math.sqrt(left[largest]));
    }
  }

  private addMode(row: number, norm: number): void {
    const k = this.modes++ % MODES;
    if (k === 0) this.blocks.push(reserveBlock(this.engine, this.basis, this.n));
    const { slots } = this.blocks[this.blocks.length - 1];
    const residual = this.functions.slots.residual.view;
    const basis = slots.basis.view;
    const panels = slots.panels.view;
    const noise = slots.noise.view;
    const offset = rowOffset(row, this.n);
    for (let p = 0; p < this.n; p++) {
      const value = residual[offset + 4 * p] / norm;
      basis[p * MODES + k] = value;
      panels[4 * ((p >> 2) * MODES + k) + (p & 3)] = value;
    }
    for (let other = 0; other < this.rows; other++) {
      const place = rowOffset(other, this.n);
      let inner = 0;
      for (let p = 0; p < this.n; p++) inner += residual[place + 4 * p] * basis[p * MODES + k];
      for (let p = 0; p < this.n; p++) residual[place + 4 * p] -= inner * basis[p * MODES + k];
      noise[other * MODES + k] = inner;
    }
  }

  private propagate({ parallel, perpendicular }: { parallel: Slot; perpendicular: Slot }): void {
    const { scaleRows } = this.engine.kernels;
    for (const { slots } of this.blocks) {
      scaleRows(slots.parallel.address, parallel.address, this.n, MODES);
      if (this.basis.j > 0) scaleRows(slots.angular.address, perpendicular.address, this.n, MODES);
    }
  }

  /** The amplitudes at the end of an interval of length h. */
  private solve(h: number): void {
    const factor = this.system(h);
    const { accumulateBlock } = this.engine.kernels;
    const { slopeRows, ratioRows, product } = this.functions.slots;
    const { j, multiplicity, eigenvalue } = this.basis;
    for (const { slots } of this.blocks) {
      const amplitude = slots.amplitude.view;
      amplitude.set(slots.noise.view);
      product.view.fill(0);
      accumulateBlock(slopeRows.address, this.rows, this.n, slots.parallel.address, MODES, product.address);
      addTo(amplitude, -1 / multiplicity, product.view);
      if (j > 0) {
        product.view.fill(0);
        accumulateBlock(ratioRows.address, this.rows, this.n, slots.angular.address, MODES, product.address);
        addTo(amplitude, -eigenvalue / multiplicity, product.view);
      }
      choleskySolve(factor, this.rows, amplitude, MODES);
    }
  }

  /** I + (h / 2N) E[ dg dg^T + kappa (g/gamma) (g/gamma)^T ], factorised. */
  private system(h: number): Float64Array {
    const { rows } = this;
    const { slopeRows, ratioRows, gram, angularGram } = this.functions.slots;
    const { j, multiplicity, eigenvalue } = this.basis;
    const { gramBlock } = this.engine.kernels;
    gramBlock(slopeRows.address, rows, slopeRows.address, rows, this.n, gram.address);
    if (j > 0) gramBlock(ratioRows.address, rows, ratioRows.address, rows, this.n, angularGram.address);
    const along = gram.view;
    const across = angularGram.view;
    const matrix = new Float64Array(rows * rows);
    for (let r = 0; r < rows; r++) {
      for (let s = 0; s < rows; s++) {
        const place = 4 * ((r >> 2) * rows + s) + (r & 3);
        const angular = j > 0 ? eigenvalue * across[place] : 0;
        matrix[r * rows + s] = (r === s ? 1 : 0) + (h / (2 * multiplicity)) * (along[place] + angular);
      }
    }
    return choleskyFactor(matrix, rows);
  }

  /** Y += weight dg/dtheta a, Z += weight (g/gamma) a. */
  private push(weight: number): void {
    const { accumulateBlock } = this.engine.kernels;
    const { slopeNodes, ratioNodes, scaled } = this.functions.slots;
    for (const { slots } of this.blocks) {
      scaled.view.set(slots.amplitude.view.map((value) => weight * value));
      accumulateBlock(slopeNodes.address, this.n, this.rows, scaled.address, MODES, slots.parallel.address);
      if (this.basis.j > 0)
        accumulateBlock(ratioNodes.address, this.n, this.rows, scaled.address, MODES, slots.angular.address);
    }
  }

  free(): void {
    this.functions.free();
    for (const block of this.blocks) block.free();
  }
}

/** Where a row begins among the functions laid out by rows; its values are four apart. */
function rowOffset(row: number, n: number): number {
  return 4 * (row >> 2) * n + (row & 3);
}

function rowSquares(functions: Float64Array, rows: number, n: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    const offset = rowOffset(row, n);
    let sum = 0;
    for (let p = 0; p < n; p++) sum += functions[offset + 4 * p] * functions[offset + 4 * p];
    return sum;
  });
}

function squares(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return sum;
}

function addTo(target: Float64Array, factor: number, values: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] += factor * values[i];
}
