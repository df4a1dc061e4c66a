// The directions of a two-index problem: where the pull p(theta) = phi_k sum_j omega_j <e(theta), u_j>^k of lowest degree
// is least, there particles part that are drawn to different teachers. Sectors are cut at those angles and graded towards
// them.

import type { Kernels } from "../../engine/kernels.ts";
import { gaussLegendre } from "../../numeric/legendre.ts";
import type { MultiField } from "./field.ts";
import { isEven } from "./size.ts";

/** Below this share of the sum of absolute terms, a part of Phi is rounding. */
const ROUNDING = 1e-12;

/** Angles a degree at which p is looked at. */
const SAMPLES = 16;

/** Halvings of an interval down to rounding. */
const BISECTIONS = 60;

/** Angles and weights that sum to 1. */
export interface Directions {
  angles: number[];
  weights: number[];
}

/** The homogeneous parts of Phi on the unit sphere of the span, in one or two dimensions. */
export class Pull {
  /** Degree of the lowest part that is not 0, at least 1; null where there is none. */
  readonly exponent: number | null;
  /** Largest |p|. */
  readonly largest: number;
  /** Whether Phi is the same in all directions. */
  readonly invariant: boolean;
  private readonly field: MultiField;
  private readonly kernels: Kernels;

  constructor(kernels: Kernels, field: MultiField) {
    this.kernels = kernels;
    this.field = field;
    const { linkSeries, span } = field;
    const sizes = span.weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
    const around = field.rank === 1 ? [0, Math.PI] : this.grid(2 * Math.PI);
    const ranges = Array.from(linkSeries, (phi, k) => {
      const values = around.map((angle) => this.at(k, angle));
      return { least: Math.min(...values), most: Math.max(...values), rounding: ROUNDING * sizes * Math.abs(phi) };
    });
    const found = ranges.findIndex(({ least, most, rounding }, k) => k > 0 && Math.max(-least, most) > rounding);
    this.exponent = found < 0 ? null : found;
    this.largest = found < 0 ? 0 : Math.max(-ranges[found].least, ranges[found].most);
    this.invariant = field.rank === 2 && ranges.every(({ least, most, rounding }) => most - least <= rounding);
  }

  private grid(period: number): number[] {
    const n = SAMPLES * (this.field.linkSeries.length + 3);
    // Off the axes, so that no minimum lies on a sample.
    return Array.from({ length: n }, (_, i) => (period * (i + 0.382)) / n);
  }

  /** Cosine between the direction at an angle and teacher j, and its derivative. */
  private cosine(j: number, angle: number): [number, number] {
    const { rows, rank } = this.field.span;
    const c = this.kernels.cos(angle);
    if (rank === 1) return [rows[j] * Math.sign(c), 0];
    const s = this.kernels.sin(angle);
    return [rows[2 * j] * c + rows[2 * j + 1] * s, rows[2 * j + 1] * c - rows[2 * j] * s];
  }

  /** The part of degree k at an angle. */
  private at(k: number, angle: number): number {
    return this.sum(k, angle, ([x]) => power(x, k));
  }

  /** Its derivative in the angle, k >= 1. */
  private slopeAt(k: number, angle: number): number {
    return this.sum(k, angle, ([x, dx]) => k * power(x, k - 1) * dx);
  }

  private sum(k: number, angle: number, term: (cosine: [number, number]) => number): number {
    const { span, linkSeries } = this.field;
    let sum = 0;
    for (let j = 0; j < span.count; j++) sum += span.weights[j] * term(this.cosine(j, angle));
    return linkSeries[k] * sum;
  }

  /** The angles at which p has a local minimum, ascending from 0 to below `period`; at least one. */
  private minima(k: number, period: number): number[] {
    const grid = this.grid(period);
    const slopes = grid.map((angle) => this.slopeAt(k, angle));
    const minima: number[] = [];
    for (let i = 0; i < grid.length; i++) {
      const next = (i + 1) % grid.length;
      if (!(slopes[i] < 0 && slopes[next] >= 0)) continue;
      let low = grid[i];
      let high = next === 0 ? grid[0] + period : grid[next];
      for (let round = 0; round < BISECTIONS; round++) {
        const middle = (low + high) / 2;
        if (this.slopeAt(k, middle) < 0) low = middle;
        else high = middle;
      }
      minima.push(high);
    }
    return minima.length > 0 ? minima : [0];
  }

  /** Directions for the law: panels of so many points, halved so often towards the cuts. */
  directions(points: number, halvings: number): Directions {
    const even = isEven(this.field.needed);
    if (this.field.rank === 1) return even ? uniform(1, Math.PI) : uniform(2, 2 * Math.PI);
    const period = even ? Math.PI : 2 * Math.PI;
    // Exact for trigonometric polynomials of the degree of the monomials.
    if (this.invariant || this.exponent === null) {
      const degree = this.field.needed.length - 1;
      return uniform(even ? Math.floor(degree / 2) + 1 : degree + 1, period);
    }
    const cuts = this.minima(this.exponent, period);
    const edges: number[] = [];
    cuts.forEach((low, i) => {
      const high = i + 1 < cuts.length ? cuts[i + 1] : cuts[0] + period;
      const half = (high - low) / 2;
      const steps = [0];
      for (let j = halvings; j >= 0; j--) steps.push(half / powerOfTwo(j));
      edges.push(
        ...steps.map((step) => low + step),
        ...steps
          .slice(1, -1)
          .reverse()
          .map((step) => high - step),
      );
    });
    edges.push(cuts[0] + period);
    const { nodes, weights } = gaussLegendre(points, this.kernels.cos);
    const directions: Directions = { angles: [], weights: [] };
    for (let e = 0; e + 1 < edges.length; e++) {
      const width = edges[e + 1] - edges[e];
      nodes.forEach((x, i) => {
        directions.angles.push(edges[e] + (width * (1 + x)) / 2);
        directions.weights.push((weights[i] * width) / 2 / period);
      });
    }
    return directions;
  }
}

function powerOfTwo(j: number): number {
  let value = 1;
  for (let i = 0; i < j; i++) value *= 2;
  return value;
}

function power(x: number, k: number): number {
  let value = 1;
  for (let i = 0; i < k; i++) value *= x;
  return value;
}

/** n equal angles of a period. */
function uniform(n: number, period: number): Directions {
  return {
    angles: Array.from({ length: n }, (_, i) => (period * i) / n),
    weights: new Array(n).fill(1 / n),
  };
}
