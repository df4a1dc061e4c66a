// Which panels of a mesh to split and which to merge, from the values of alpha on their nodes.
//
// A panel is resolved while the last Legendre coefficients of alpha_t on it are below epsilon times a scale. Near the
// equator the scale is the speed rate |alpha|^(k*-1) of a particle: an error there is an error of its escape time, and
// epsilon is what that may err. Ahead of the front the coefficients fall by an order of magnitude each time a panel is as
// far from it as it is wide, so a panel is split long before anything is lost.

import type { SingleIndexProblem } from "../problem/types.ts";
import { escapeRate, escapes, half, type Mesh, type Panel, whole } from "./mesh.ts";
import { POINTS } from "./panel-rule.ts";

/** Two halves are merged when the whole is resolved by this much more than it must be. */
const MERGE_MARGIN = 1 / 64;

/** A panel with less than one part in so many of all particles may be resolved worse in proportion. */
const SHARE_FACTOR = 1000;

/** No panel is halved more often. */
const MAX_DEPTH = 40;

/** Rounding of a coefficient, relative to alpha; rounding errors of n steps add up to sqrt(n) of it. */
const ROUNDING = 4e-15;

/** A panel with the state of its particles. */
export interface Patch {
  panel: Panel;
  alpha: Float64Array;
  gamma: Float64Array;
}

export class Adaptation {
  private readonly mesh: Mesh;
  private readonly epsilon: number;
  private readonly rate: number | null;
  private readonly exponent: number;
  /** Whether particles above and below the equator leave it. */
  private readonly leaves: { above: boolean; below: boolean };

  constructor(mesh: Mesh, problem: SingleIndexProblem, epsilon: number) {
    this.mesh = mesh;
    this.epsilon = epsilon;
    this.rate = escapeRate(problem);
    this.exponent = problem.informationExponent ?? 0;
    this.leaves = { above: escapes(problem, 1), below: escapes(problem, -1) };
  }

  /** Whether a panel has to be split; alpha holds POINTS values a panel. */
  mustSplit(panels: readonly Panel[], alpha: Float64Array, steps: number): boolean {
    return panels.some((panel, p) => panel.depth < MAX_DEPTH && this.excess(panel, alpha, p * POINTS, steps) > 1);
  }

  /** The panels as they should be after `steps` time steps; null where nothing changes. */
  adapt(patches: Patch[], steps: number, merge: boolean): Patch[] | null {
    const split = patches.flatMap((patch) => this.refine(patch, steps));
    const result = merge ? this.coarsen(split, steps) : split;
    const same = result.length === patches.length && result.every((patch, p) => patch === patches[p]);
    return same ? null : result;
  }

  /** How far from resolved a panel with values alpha[from ..] is: above 1 it is split. */
  private excess(panel: Panel, alpha: Float64Array, from: number, steps: number): number {
    let size = 0;
    let reach = 0;
    for (let i = from; i < from + POINTS; i++) {
      size = Math.max(size, Math.abs(alpha[i]));
      if (alpha[i] > 0 ? this.leaves.above : this.leaves.below) reach = Math.max(reach, Math.abs(alpha[i]));
    }
    let scale = 1;
    // A particle that leaves the equator makes its errors grow; one that settles there keeps them.
    if (this.rate !== null && reach > 0) {
      scale = this.rate;
      for (let j = 1; j < this.exponent; j++) scale *= reach;
    }
    const allowed = Math.max(this.epsilon * Math.min(1, scale), ROUNDING * Math.sqrt(steps + 1) * size);
    const importance = Math.min(1, SHARE_FACTOR * this.mesh.share(panel));
    return (importance * this.mesh.rule.tail(alpha, from)) / allowed;
  }

  private refine(patch: Patch, steps: number): Patch[] {
    if (!(this.excess(patch.panel, patch.alpha, 0, steps) > 1) || patch.panel.depth >= MAX_DEPTH) return [patch];
    return ([0, 1] as const).flatMap((which) => {
      const child = empty(half(patch.panel, which));
      this.mesh.rule.split(patch.alpha, which, child.alpha);
      this.mesh.rule.split(patch.gamma, which, child.gamma);
      return this.refine(onCircle(child), steps);
    });
  }

  private coarsen(patches: Patch[], steps: number): Patch[] {
    const result: Patch[] = [];
    for (const patch of patches) {
      const before = result[result.length - 1];
      const panel = before && whole(before.panel, patch.panel);
      const parent = panel && this.join(panel, before, patch);
      if (parent && this.excess(parent.panel, parent.alpha, 0, steps) < MERGE_MARGIN)
        result[result.length - 1] = parent;
      else result.push(patch);
    }
    return result;
  }

  private join(panel: Panel, lower: Patch, upper: Patch): Patch {
    const parent = empty(panel);
    this.mesh.rule.merge(lower.alpha, upper.alpha, parent.alpha);
    this.mesh.rule.merge(lower.gamma, upper.gamma, parent.gamma);
    return onCircle(parent);
  }
}

function empty(panel: Panel): Patch {
  return { panel, alpha: new Float64Array(POINTS), gamma: new Float64Array(POINTS) };
}

/** Interpolated pairs back on the unit circle. */
function onCircle(patch: Patch): Patch {
  const { alpha, gamma } = patch;
  for (let i = 0; i < POINTS; i++) {
    const norm = Math.sqrt(alpha[i] * alpha[i] + gamma[i] * gamma[i]);
    alpha[i] /= norm;
    gamma[i] /= norm;
  }
  return patch;
}
