// Nodes for one or two indices: panels of Gauss-Legendre points in beta, |u| = sin beta, times directions. Under the uniform
// law beta has the density sin^(r-1) beta cos^(n-1) beta, n = d - r.
//
// A particle at |u| in the direction of the strongest pull leaves |u| = 0 after the escape time |u|^-(k-2) / (k (k-2) max|p|),
// k the information exponent: panels are equally wide in it up to the horizon, twice as wide as the one before from there to
// twice the horizon, then halved towards |u| = 0. For k <= 2 they are halved all the way. Towards |u| = 1, which may repel, they are
// halved until little mass is left. There they are measured from that end, so that s = cos beta keeps its accuracy.

import type { Kernels } from "../../engine/kernels.ts";
import { gaussLegendre } from "../../numeric/legendre.ts";
import type { Pull } from "./azimuth.ts";
import type { Cloud } from "./cloud.ts";
import type { MultiField } from "./field.ts";

/** How fine a cloud is. */
export interface Fineness {
  /** Gauss-Legendre points a panel, in radius and in azimuth. */
  radial: number;
  azimuth: number;
  /** Width of a panel in escape time. */
  spacing: number;
  /** Halvings towards the cuts between directions. */
  halvings: number;
}

/** Panels up to the horizon at most; beyond they are wider, and the error estimate says what that costs. */
const MOST_EQUAL = 300;

/** Halvings towards |u| = 0 beyond the horizon. */
const CENTRE = 4;

/** Towards |u| = 1 panels are halved until the mass left is below 2^-FAINT, or so often. */
const FAINT = 24;
const MOST_POLAR = 12;

/** Nodes that carry less than this share of the law are left out. */
const NEGLIGIBLE = 1e-18;

/** A panel from angle low to high, measured from |u| = 0 (false) or from |u| = 1. */
interface RadialPanel {
  fromPole: boolean;
  low: number;
  high: number;
}

/** Edges in |u|, descending from 1 to 0. */
function edges(kernels: Kernels, pull: Pull, horizon: number, spacing: number): number[] {
  const { exponent: k, largest } = pull;
  const edges = [1];
  let halvings = CENTRE;
  if (k !== null && k >= 3) {
    const rate = k * (k - 2) * largest;
    const width = Math.max(spacing, horizon / MOST_EQUAL);
    for (let time = 0; time < 2 * horizon; ) {
      time += time < horizon + width ? width : time;
      edges.push(kernels.pow(1 + rate * time, -1 / (k - 2)));
    }
  } else if (k === 2) {
    // |u| grows at most as exp(2 max|p| t).
    halvings = Math.min(40, CENTRE + Math.ceil(2 * largest * horizon * Math.LOG2E));
  }
  for (let j = 0; j < halvings; j++) edges.push(edges[edges.length - 1] / 2);
  return [...edges, 0];
}

/** Panels that cover 0 <= beta <= pi/2. */
function radialPanels(kernels: Kernels, pull: Pull, n: number, horizon: number, spacing: number): RadialPanel[] {
  const { asin } = kernels;
  const middle = Math.PI / 4;
  const levels = edges(kernels, pull, horizon, spacing);
  const polar = levels
    .slice(1)
    .map((x) => asin(Math.sqrt((1 - x) * (1 + x))))
    .filter((angle) => angle < middle);
  polar.push(middle);
  const graded: number[] = [];
  for (let j = Math.min(MOST_POLAR, Math.ceil(FAINT / n)), scale = 1 / 2; j > 0; j--, scale /= 2)
    graded.unshift(polar[0] * scale);
  const latitudes = levels.map((x) => asin(x)).filter((angle) => angle < middle);
  return [...between(true, [0, ...graded, ...polar]), ...between(false, [...latitudes.reverse(), middle])];
}

function between(fromPole: boolean, angles: number[]): RadialPanel[] {
  return angles.slice(1).map((high, i) => ({ fromPole, low: angles[i], high }));
}

/** |u|, s and weight of each radius; the weights sum to 1. */
function radii(kernels: Kernels, pull: Pull, field: MultiField, horizon: number, fineness: Fineness) {
  const { sin, cos, exp, log } = kernels;
  const n = field.orthogonal;
  if (n === 0) return [{ length: 1, s: 0, weight: 1 }];
  const rule = gaussLegendre(fineness.radial, cos);
  const list: { length: number; s: number; weight: number }[] = [];
  for (const { fromPole, low, high } of radialPanels(kernels, pull, n, horizon, fineness.spacing)) {
    rule.nodes.forEach((x, i) => {
      const angle = low + ((high - low) * (1 + x)) / 2;
      const [length, s] = fromPole ? [cos(angle), sin(angle)] : [sin(angle), cos(angle)];
      const density = (field.rank === 2 ? length : 1) * exp((n - 1) * log(s));
      list.push({ length, s, weight: rule.weights[i] * (high - low) * density });
    });
  }
  const total = list.reduce((sum, { weight }) => sum + weight, 0);
  return list
    .filter(({ weight }) => weight > NEGLIGIBLE * total)
    .map((node) => ({ ...node, weight: node.weight / total }));
}

/** The uniform law of one or two indices, for runs up to the horizon. */
export function polarCloud(
  kernels: Kernels,
  field: MultiField,
  pull: Pull,
  horizon: number,
  fineness: Fineness,
): Cloud {
  const { angles, weights } = pull.directions(fineness.azimuth, fineness.halvings);
  const rings = radii(kernels, pull, field, horizon, fineness);
  const size = rings.length * angles.length;
  const columns = Array.from({ length: field.rank + 1 }, () => new Float64Array(size));
  const cloud = { columns, weights: new Float64Array(size) };
  const cosines = angles.map((angle) => (field.rank === 1 ? Math.sign(kernels.cos(angle)) : kernels.cos(angle)));
  const sines = angles.map((angle) => kernels.sin(angle));
  let i = 0;
  for (const { length, s, weight } of rings) {
    for (let a = 0; a < angles.length; a++) {
      columns[0][i] = length * cosines[a];
      if (field.rank === 2) columns[1][i] = length * sines[a];
      columns[field.rank][i] = s;
      cloud.weights[i++] = weight * weights[a];
    }
  }
  return cloud;
}
