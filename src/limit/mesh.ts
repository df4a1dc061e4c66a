// Quadrature nodes for the initial law of alpha = <w, w*>, w uniform on the sphere of R^d (SPEC.md, section 4).
//
// In latitude beta = arcsin alpha the law has the smooth density cos(beta)^(d-2). Composite Gauss-Legendre panels:
//   - information exponent k* >= 3: a particle leaves the equator after the escape time
//     alpha^-(k*-2) / (k* (k*-2) |b c|), and alpha_t(alpha_0) has a front where that time has come. Panel edges are equally
//     spaced in escape time up to twice the horizon (at horizons beyond some thousands the late ones are wider, and
//     the error estimate says so), then halved towards the equator;
//   - k* <= 2 (fronts move exponentially) or no k*: halved towards the equator from 45 degrees on;
//   - at the poles, which repel for odd k* and misspecified links, halved towards the pole.
// Panels near a pole are measured from the pole, so that gamma = cos beta keeps its relative accuracy.
// Refinement cuts every panel into two halves.

import type { Kernels } from "../engine/kernels.ts";
import { gaussLegendre } from "../numeric/legendre.ts";
import type { SingleIndexProblem } from "../problem/types.ts";

/** Nodes and weights (which sum to 1); the length is a multiple of 16. */
export interface Mesh {
  alpha: Float64Array;
  gamma: Float64Array;
  weight: Float64Array;
}

/** Points a panel; exact to degree 31. */
const POINTS = 16;

/** Spacing of panel edges in escape time, before refinement. */
const SPACING = 0.5;

/** So many panels equally spaced in escape time at most; beyond them the spacing doubles from panel to panel. */
const MOST_EQUAL_PANELS = 1 << 15;

/** Halvings towards the equator for k* >= 3; there alpha has moved by less than 4^-14 of itself. */
const HALVINGS = 14;

/** Where nothing damps what lies near a repelling point, halve until its mass is below 2^-FAINT. */
const FAINT = 40;

/** A panel of mass below exp(-NEGLIGIBLE) is left out. */
const NEGLIGIBLE = 80;

/** A panel in angle from the equator or from the pole alpha = 1; low < high. */
interface Panel {
  from: "equator" | "pole";
  low: number;
  high: number;
}

/** Whether law and dynamics are even in alpha at all times: then half of the mesh is enough. */
export function isEven({ activation, link }: SingleIndexProblem): boolean {
  const odd = (coefficients: readonly number[]) => coefficients.some((c, k) => k % 2 === 1 && c !== 0);
  const top = Math.min(activation.coefficients.length, link.coefficients.length);
  return !odd(activation.coefficients) && !odd(link.coefficients.slice(0, top));
}

/** Edges in alpha, descending from 1, equally spaced in escape time up to twice the horizon; null where k* < 3. */
function escapeEdges(kernels: Kernels, problem: SingleIndexProblem, horizon: number): number[] | null {
  const k = problem.informationExponent;
  if (k === null || k < 3) return null;
  const pull = Math.abs(problem.link.coefficients[k] * problem.activation.coefficients[k]);
  const rate = k * (k - 2) * pull;
  const edges = [1];
  for (let j = 1, time = 0, spacing = SPACING; time < 2 * horizon; j++) {
    time += spacing;
    edges.push(kernels.pow(1 + rate * time, -1 / (k - 2)));
    if (j > MOST_EQUAL_PANELS) spacing *= 2;
  }
  return edges;
}

/** Panels of the quarter circle 0 <= beta <= pi/2. */
function quarterPanels(kernels: Kernels, problem: SingleIndexProblem, horizon: number): Panel[] {
  const { asin } = kernels;
  const edges = escapeEdges(kernels, problem, horizon);
  const halvings = edges ? HALVINGS : FAINT;
  const descending = edges ?? [1];
  for (let j = 0; j < halvings; j++) descending.push(descending[descending.length - 1] / 2);
  descending.push(0);

  const panels: Panel[] = [];
  const middle = Math.PI / 4;
  // From the pole to 45 degrees: angles from the pole.
  const polar = [0];
  for (const alpha of descending.slice(1)) {
    const angle = asin(Math.sqrt((1 - alpha) * (1 + alpha)));
    if (angle >= middle) break;
    polar.push(angle);
  }
  polar.push(middle);
  const graded = [0];
  const last = Math.ceil(FAINT / (problem.d - 1));
  for (let j = last, scale = 1 / 2; j > 0; j--, scale /= 2) graded.splice(1, 0, polar[1] * scale);
  const poleEdges = [...graded, ...polar.slice(1)];
  for (let j = 1; j < poleEdges.length; j++) panels.push({ from: "pole", low: poleEdges[j - 1], high: poleEdges[j] });
  // From 45 degrees to the equator: latitudes.
  let high = middle;
  for (const alpha of descending) {
    const low = asin(alpha);
    if (low >= high) continue;
    panels.push({ from: "equator", low, high });
    high = low;
  }
  return panels;
}

function bisect(panels: Panel[]): Panel[] {
  return panels.flatMap(({ from, low, high }) => {
    const middle = (low + high) / 2;
    return [
      { from, low, high: middle },
      { from, low: middle, high },
    ];
  });
}

/** log of the largest density cos(beta)^(d-2) in a panel. */
function logDensity(kernels: Kernels, d: number, { from, low, high }: Panel): number {
  return (d - 2) * kernels.log(from === "pole" ? kernels.sin(high) : kernels.cos(low));
}

/**
 * The mesh for runs up to `horizon` in flow time, refined `level` times. Even problems get alpha > 0 only.
 */
export function latitudeMesh(kernels: Kernels, problem: SingleIndexProblem, horizon: number, level: number): Mesh {
  const { d } = problem;
  const { sin, cos, log, exp } = kernels;
  let panels = quarterPanels(kernels, problem, horizon).filter((panel) => logDensity(kernels, d, panel) > -NEGLIGIBLE);
  for (let r = 0; r < level; r++) panels = bisect(panels);
  const rule = gaussLegendre(POINTS, cos);
  const even = isEven(problem);
  const quarter = panels.length * POINTS;
  const n = even ? quarter : 2 * quarter;
  const mesh = { alpha: new Float64Array(n), gamma: new Float64Array(n), weight: new Float64Array(n) };
  let total = 0;
  panels.forEach(({ from, low, high }, p) => {
    for (let j = 0; j < POINTS; j++) {
      const angle = low + ((high - low) * (1 + rule.nodes[j])) / 2;
      const i = p * POINTS + j;
      mesh.alpha[i] = from === "pole" ? cos(angle) : sin(angle);
      mesh.gamma[i] = from === "pole" ? sin(angle) : cos(angle);
      mesh.weight[i] = rule.weights[j] * (high - low) * exp((d - 2) * log(mesh.gamma[i]));
      total += mesh.weight[i];
    }
  });
  for (let i = 0; i < quarter; i++) {
    mesh.weight[i] /= even ? total : 2 * total;
    if (even) continue;
    mesh.alpha[quarter + i] = -mesh.alpha[i];
    mesh.gamma[quarter + i] = mesh.gamma[i];
    mesh.weight[quarter + i] = mesh.weight[i];
  }
  return mesh;
}
