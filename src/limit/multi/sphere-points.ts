// Quasi-random points (u, s) of the uniform law with any number of indices: |u| = sin beta by the inverse of its
// distribution, from the first coordinate of a scrambled Sobol' point, and the direction from the others: an angle for two
// indices, normals, divided by their norm, for more.

import type { Kernels } from "../../engine/kernels.ts";
import { gaussLegendre } from "../../numeric/legendre.ts";
import { normalQuantile } from "../../numeric/normal-quantile.ts";
import { scrambledSobol } from "../../numeric/sobol.ts";
import type { Cloud } from "./cloud.ts";

/** Cells of the table of the distribution function; a cell's error is of order cell^5. */
const CELLS = 4096;

/** Points a cell for its integral. */
const POINTS = 8;

/** The table covers where the density is above exp(-REACH) of its largest value. */
const REACH = 60;

/** Newton steps at most; the first guess is linear. */
const NEWTON = 8;

/** The distribution of beta: density sin^(r-1) beta cos^(n-1) beta on [0, pi/2], n >= 1. */
export class RadialLaw {
  private readonly low: number;
  private readonly cell: number;
  /** Distribution function and density, both normalised, at the edges of the cells. */
  private readonly cumulative = new Float64Array(CELLS + 1);
  private readonly density = new Float64Array(CELLS + 1);

  constructor(kernels: Kernels, r: number, n: number) {
    const { sin, cos, exp, log, asin } = kernels;
    // Where an exponent is 0 its factor is 1, also where the base is 0.
    const logDensity = (beta: number) =>
      (r === 1 ? 0 : (r - 1) * log(sin(beta))) + (n === 1 ? 0 : (n - 1) * log(cos(beta)));
    const half = Math.PI / 2;
    const mode = r + n === 2 ? 0 : asin(Math.sqrt((r - 1) / (r + n - 2)));
    const top = logDensity(Math.min(mode, half));
    const edge = (outside: number) => {
      let [from, to] = [mode, outside];
      for (let round = 0; round < 60; round++) {
        const middle = (from + to) / 2;
        if (logDensity(middle) > top - REACH) from = middle;
        else to = middle;
      }
      return to;
    };
    this.low = edge(0);
    this.cell = (edge(half) - this.low) / CELLS;
    const rule = gaussLegendre(POINTS, cos);
    const at = (beta: number) => exp(logDensity(Math.max(0, Math.min(half, beta))) - top);
    for (let i = 0; i < CELLS; i++) {
      let sum = 0;
      rule.nodes.forEach((x, j) => {
        sum += rule.weights[j] * at(this.low + this.cell * (i + (1 + x) / 2));
      });
      this.cumulative[i + 1] = this.cumulative[i] + (sum * this.cell) / 2;
    }
    const total = this.cumulative[CELLS];
    for (let i = 0; i <= CELLS; i++) {
      this.cumulative[i] /= total;
      this.density[i] = (at(this.low + this.cell * i) / total) * this.cell;
    }
  }

  /** beta with P(. <= beta) = p, by Newton's method on the cubic of the cell. */
  quantile(p: number): number {
    let low = 0;
    let high = CELLS;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.cumulative[middle] <= p) low = middle;
      else high = middle;
    }
    const rise = this.cumulative[low + 1] - this.cumulative[low];
    const target = p - this.cumulative[low];
    const [d0, d1] = [this.density[low], this.density[low + 1]];
    // F(x) = d0 x + c2 x^2 + c3 x^3 with F(1) = rise, F'(1) = d1.
    const c2 = 3 * rise - 2 * d0 - d1;
    const c3 = d0 + d1 - 2 * rise;
    let x = rise > 0 ? target / rise : 0;
    for (let round = 0; round < NEWTON; round++) {
      const slope = d0 + x * (2 * c2 + 3 * c3 * x);
      if (!(slope > 0)) break;
      const next = x - (x * (d0 + x * (c2 + c3 * x)) - target) / slope;
      x = Math.max(0, Math.min(1, next));
    }
    return this.low + this.cell * (low + x);
  }
}

/** Draws points of the uniform law with r indices and n = d - r further dimensions. */
export class SpherePoints {
  private readonly kernels: Kernels;
  private readonly r: number;
  private readonly radial: RadialLaw | null;

  constructor(kernels: Kernels, r: number, n: number) {
    this.kernels = kernels;
    this.r = r;
    this.radial = n === 0 ? null : new RadialLaw(kernels, r, n);
  }

  /** The first `count` points of a seed, of equal weight. */
  draw(count: number, seed: number): Cloud {
    const { r, kernels, radial } = this;
    const columns = Array.from({ length: r + 1 }, () => new Float64Array(count));
    const coordinate = (c: number) => scrambledSobol(c, count, seed);
    this.directions(columns, coordinate);
    const s = columns[r];
    if (radial) {
      const uniform = coordinate(0);
      for (let i = 0; i < count; i++) {
        const beta = radial.quantile(uniform[i]);
        const length = kernels.sin(beta);
        s[i] = kernels.cos(beta);
        for (let c = 0; c < r; c++) columns[c][i] *= length;
      }
    }
    return { columns, weights: new Float64Array(count).fill(1 / count) };
  }

  /** Unit vectors, in the first r columns. */
  private directions(columns: Float64Array[], coordinate: (c: number) => Float64Array): void {
    const { r, kernels } = this;
    const count = columns[0].length;
    const { log, cos, sin } = kernels;
    if (r === 1) {
      const side = coordinate(1);
      for (let i = 0; i < count; i++) columns[0][i] = side[i] < 0.5 ? 1 : -1;
      return;
    }
    if (r === 2) {
      const turn = coordinate(1);
      for (let i = 0; i < count; i++) {
        columns[0][i] = cos(2 * Math.PI * turn[i]);
        columns[1][i] = sin(2 * Math.PI * turn[i]);
      }
      return;
    }
    const squares = new Float64Array(count);
    for (let c = 0; c < r; c++) {
      const uniform = coordinate(c + 1);
      for (let i = 0; i < count; i++) {
        const z = normalQuantile(uniform[i], log);
        columns[c][i] = z;
        squares[i] += z * z;
      }
    }
    for (let i = 0; i < count; i++) {
      const norm = Math.sqrt(squares[i]);
      for (let c = 0; c < r; c++) columns[c][i] /= norm;
    }
  }
}
