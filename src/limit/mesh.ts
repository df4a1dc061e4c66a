// The mesh on which the law of alpha = <w, w*> is carried (SPEC.md, section 4): panels of 16 Gauss-Legendre points in the
// latitude at which a particle starts. There the initial law has the smooth density cos(beta)^(d-2).
//
// A particle leaves the equator after the escape time alpha^-(k*-2) / (k* (k*-2) |b c|), so at any time alpha_t has a front
// as a function of where a particle started, and is smooth ahead of it and behind it. Base panels widen geometrically:
//   - information exponent k* >= 3: twice as wide in escape time as the one before, from half a unit at the pole to twice
//     the horizon, then halved towards the equator;
//   - k* <= 2 (fronts move exponentially) or no k*: halved towards the equator from 45 degrees on;
//   - at the poles, which repel for odd k* and misspecified links, halved towards the pole.
// Where the front arrives, a panel is split before it stops being resolved; behind the front its halves are merged again
// (adapt.ts). Panels near a pole are measured from the pole, so that gamma = cos beta keeps its relative accuracy.

import type { Kernels } from "../engine/kernels.ts";
import type { SingleIndexProblem } from "../problem/types.ts";
import { solvableForm } from "./form.ts";
import type { PanelRule } from "./panel-rule.ts";

/** First spacing of base panels in escape time. */
const SPACING = 0.5;

/** Spacing of base panels in escape time where any front up to the horizon is to be resolved at once; and the rate below which it grows. */
const EVEN_SPACING = 2;
const SLOW = 0.5;

/** Base panels of an even mesh at most: the nodes of more fit into no memory. */
const MOST_EVEN = 1e5;

/** Halvings towards the equator for k* >= 3, beyond twice the horizon. */
const HALVINGS = 14;

/** Where nothing damps what lies near a repelling point, halve until its mass is below 2^-FAINT. */
const FAINT = 40;

/** A panel of mass below exp(-NEGLIGIBLE) is left out. */
const NEGLIGIBLE = 80;

/** Extra halvings of the base panels for the integral of the density, which all weights are divided by. */
const NORMALISATION = 2;

/**
 * How base panels widen with escape time: for a law that splits them where the front is (`"front"`), or evenly up to the
 * horizon, for averages over pairs of times that no one front belongs to (`"even"`).
 */
export type Grading = "front" | "even";

/** A panel in the angle from the equator or from a pole, low < high; its place in the tree of halves. */
export interface Panel {
  from: "equator" | "pole";
  /** +1 on the side of w*, -1 on the other. */
  side: 1 | -1;
  low: number;
  high: number;
  /** Number of the base panel, how often it was halved, and which of the 2^depth parts this is. */
  base: number;
  depth: number;
  part: number;
}

/** The half of a panel with the smaller (0) or larger (1) angles. */
export function half(panel: Panel, which: 0 | 1): Panel {
  const middle = (panel.low + panel.high) / 2;
  const [low, high] = which === 0 ? [panel.low, middle] : [middle, panel.high];
  return { ...panel, low, high, depth: panel.depth + 1, part: 2 * panel.part + which };
}

/** The panel whose halves are `lower` and `upper`; null where they are not the halves of one. */
export function whole(lower: Panel, upper: Panel): Panel | null {
  const siblings =
    lower.base === upper.base &&
    lower.depth === upper.depth &&
    lower.depth > 0 &&
    lower.part % 2 === 0 &&
    upper.part === lower.part + 1;
  return siblings ? { ...lower, high: upper.high, depth: lower.depth - 1, part: lower.part / 2 } : null;
}

/** Whether law and dynamics are even in alpha at all times: then half of the mesh is enough. */
export function isEven(problem: SingleIndexProblem): boolean {
  const { activation, link } = solvableForm(problem);
  const odd = (coefficients: readonly number[]) => coefficients.some((c, k) => k % 2 === 1 && c !== 0);
  const top = Math.min(activation.length, link.length);
  return !odd(activation) && !odd(link.slice(0, top));
}

/** b_k c_k for k = k*. */
function pull(problem: SingleIndexProblem, k: number): number {
  const { activation, link } = solvableForm(problem);
  return link[k] * activation[k];
}

/** k* (k*-2) |b c|: the rate at which alpha^-(k*-2) falls; null where k* < 3. */
export function escapeRate(problem: SingleIndexProblem): number | null {
  const { informationExponent: k } = problem;
  if (k === null || k < 3) return null;
  return k * (k - 2) * Math.abs(pull(problem, k));
}

function evenSpacing(rate: number): number {
  return EVEN_SPACING * Math.max(1, SLOW / rate);
}

/** The longest horizon of an even mesh. */
export function longestEven(problem: SingleIndexProblem): number {
  const rate = escapeRate(problem);
  return rate === null ? Number.POSITIVE_INFINITY : MOST_EVEN * evenSpacing(rate);
}

/** Whether particles on this side of the equator leave it (or settle on it). */
export function escapes(problem: SingleIndexProblem, side: 1 | -1): boolean {
  const { informationExponent: k } = problem;
  if (k === null) return false;
  return pull(problem, k) * (k % 2 === 0 ? 1 : side) > 0;
}

/** Weights of a panel's nodes, and their sum. */
interface Measure {
  weights: Float64Array;
  share: number;
}

export class Mesh {
  readonly rule: PanelRule;
  /** Base panels, refined `level` times. */
  readonly panels: Panel[];
  private readonly kernels: Kernels;
  private readonly d: number;
  /** Integral of the density over all panels. */
  private readonly mass: number;
  private readonly grading: Grading;
  /** What was asked for before, by base panel and place in its tree: a front merges panels and splits them again. */
  private readonly known = new Map<number, Map<number, Measure>>();

  constructor(
    kernels: Kernels,
    rule: PanelRule,
    problem: SingleIndexProblem,
    horizon: number,
    level: number,
    grading: Grading = "front",
  ) {
    this.kernels = kernels;
    this.rule = rule;
    this.d = problem.d;
    this.grading = grading;
    const quarter = this.quarter(problem, horizon).filter((panel) => this.logDensity(panel) > -NEGLIGIBLE);
    const sides: (1 | -1)[] = isEven(problem) ? [1] : [1, -1];
    let fine = sides.flatMap((side) => quarter.map((panel) => ({ ...panel, side })));
    for (let r = 0; r < level; r++) fine = bisect(fine);
    this.panels = fine.map((panel, base) => ({ ...panel, base, depth: 0, part: 0 }));
    for (let r = 0; r < NORMALISATION; r++) fine = bisect(fine);
    this.mass = fine.reduce((sum, panel) => sum + sumOf(this.densities(panel)), 0);
  }

  /** Starting points and weights of a panel's nodes; the weights of all panels sum to 1. */
  start(panel: Panel): { alpha: Float64Array; gamma: Float64Array } {
    const { sin, cos } = this.kernels;
    const angles = this.angles(panel);
    const near = angles.map(sin);
    const far = angles.map(cos);
    const [alpha, gamma] = panel.from === "pole" ? [far, near] : [near, far];
    return { alpha: alpha.map((x) => panel.side * x), gamma };
  }

  weights(panel: Panel): Float64Array {
    return this.measure(panel).weights;
  }

  /** Share of all particles that start in a panel. */
  share(panel: Panel): number {
    return this.measure(panel).share;
  }

  private measure(panel: Panel): Measure {
    let tree = this.known.get(panel.base);
    if (!tree) {
      tree = new Map();
      this.known.set(panel.base, tree);
    }
    const place = placeOf(panel);
    const known = tree.get(place);
    if (known) return known;
    const weights = this.densities(panel).map((x) => x / this.mass);
    const measure = { weights, share: sumOf(weights) };
    tree.set(place, measure);
    return measure;
  }

  private angles({ low, high }: Panel): Float64Array {
    return this.rule.nodes.map((x) => low + ((high - low) * (1 + x)) / 2);
  }

  /** Density times quadrature weight at the nodes. */
  private densities(panel: Panel): Float64Array {
    const { exp, log } = this.kernels;
    const { gamma } = this.start(panel);
    return gamma.map((g, j) => this.rule.weights[j] * (panel.high - panel.low) * exp((this.d - 2) * log(g)));
  }

  /** log of the largest density cos(beta)^(d-2) in a panel. */
  private logDensity({ from, low, high }: Panel): number {
    const { sin, cos, log } = this.kernels;
    return (this.d - 2) * log(from === "pole" ? sin(high) : cos(low));
  }

  /** Base edges in alpha, descending from 1 to 0. */
  private edges(problem: SingleIndexProblem, horizon: number): number[] {
    const rate = escapeRate(problem);
    const k = problem.informationExponent ?? 0;
    const edges = [1];
    if (rate !== null) {
      for (let time = 0; time < 2 * horizon; ) {
        if (this.grading === "front") time = time < SPACING ? SPACING : 2 * time;
        else time += Math.max(evenSpacing(rate), time - horizon);
        edges.push(this.kernels.pow(1 + rate * time, -1 / (k - 2)));
      }
    }
    const halvings = rate === null ? FAINT : HALVINGS;
    for (let j = 0; j < halvings; j++) edges.push(edges[edges.length - 1] / 2);
    return [...edges, 0];
  }

  /** Base panels of the quarter circle 0 <= beta <= pi/2 on the side of w*. */
  private quarter(problem: SingleIndexProblem, horizon: number): Panel[] {
    const { asin } = this.kernels;
    const edges = this.edges(problem, horizon);
    const middle = Math.PI / 4;
    const polar = [];
    for (const alpha of edges.slice(1)) {
      const angle = asin(Math.sqrt((1 - alpha) * (1 + alpha)));
      if (angle >= middle) break;
      polar.push(angle);
    }
    polar.push(middle);
    const graded = [];
    for (let j = Math.ceil(FAINT / (this.d - 1)), scale = 1 / 2; j > 0; j--, scale /= 2)
      graded.unshift(polar[0] * scale);
    const latitudes = edges.map((alpha) => asin(alpha)).filter((beta) => beta < middle);
    return [
      ...between("pole", [0, ...graded, ...polar]),
      ...between("equator", [...latitudes.reverse(), middle]).reverse(),
    ];
  }
}

/** Number of a panel in its tree of halves: 1 the base panel, 2 and 3 its halves, and so on. */
function placeOf({ depth, part }: Panel): number {
  let parts = 1;
  for (let j = 0; j < depth; j++) parts *= 2;
  return parts + part;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Panels between ascending angles. */
function between(from: Panel["from"], angles: number[]): Panel[] {
  return angles.slice(1).map((high, i) => ({ from, side: 1, low: angles[i], high, base: 0, depth: 0, part: 0 }));
}

function bisect(panels: Panel[]): Panel[] {
  return panels.flatMap((panel) => [half(panel, 0), half(panel, 1)]);
}
