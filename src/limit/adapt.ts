// Which panels of a mesh to split and which to merge, from the values of alpha on their nodes.
//
// A panel is resolved while the last Legendre coefficients of alpha_t on it are below epsilon times a scale. Near the
// equator the scale is the speed rate |alpha|^(k*-1) of a particle: an error there is an error of its escape time, and
// epsilon is what that may err. Ahead of the front the coefficients fall by an order of magnitude each time a panel is as
// far from it as it is wide, so a panel is split long before anything is lost.

import { type Region, regionBytes, type Slot } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
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
  readonly panel: Panel;
  readonly alpha: Float64Array;
  readonly gamma: Float64Array;
}

type Names = "watched" | "criterion" | "alpha" | "importance";

/** `alpha` and `importance` are those of one panel. */
const LENGTHS: Record<Names, number> = { watched: 4 * POINTS, criterion: 5, alpha: POINTS, importance: 1 };

export const ADAPTATION_BYTES = regionBytes(LENGTHS);

export class Adaptation {
  private readonly engine: Engine;
  private readonly mesh: Mesh;
  private readonly region: Region<Names>;

  /** `epsilon`: what may err where nothing makes an error grow. Reserves memory until `free`. */
  constructor(engine: Engine, mesh: Mesh, problem: SingleIndexProblem, epsilon: number) {
    this.engine = engine;
    this.mesh = mesh;
    this.region = engine.arena.reserve("the mesh of the infinite-width limit", LENGTHS);
    const { watched, criterion } = this.region.slots;
    watched.view.set(mesh.rule.watched);
    // Which of the particles above and below the equator leave it.
    const leave = ([1, -1] as const).map((side) => Number(escapes(problem, side)));
    criterion.view.set([epsilon, escapeRate(problem) ?? 0, problem.informationExponent ?? 0, ...leave]);
  }

  /** How much it matters that a panel is resolved, from 0 to 1: a factor of its errors. */
  importance(panel: Panel): number {
    return panel.depth < MAX_DEPTH ? Math.min(1, SHARE_FACTOR * this.mesh.share(panel)) : 0;
  }

  /** Whether one of `count` panels has to be split; alpha holds POINTS values a panel, importance one. */
  mustSplit(alpha: Slot, importance: Slot, count: number, steps: number): boolean {
    return this.excess(alpha, importance, count, steps) > 1;
  }

  /** The panels as they should be after `steps` time steps; null where nothing changes. */
  adapt(patches: Patch[], steps: number, split: boolean, merge: boolean): Patch[] | null {
    const parts = split ? patches.flatMap((patch) => this.refine(patch, steps)) : patches;
    const result = merge ? this.coarsen(parts, steps) : parts;
    // No change leaves a beginning of what there was.
    return result.every((patch, p) => patch === patches[p]) ? null : result;
  }

  /** How far from resolved the worst of these panels is: above 1 it is split. */
  private excess(alpha: Slot, importance: Slot, count: number, steps: number): number {
    const { watched, criterion } = this.region.slots;
    return this.engine.kernels.panelExcess(
      alpha.address,
      count,
      watched.address,
      importance.address,
      criterion.address,
      ROUNDING * Math.sqrt(steps + 1),
    );
  }

  private excessOf(patch: Patch, steps: number): number {
    const { alpha, importance } = this.region.slots;
    alpha.view.set(patch.alpha);
    importance.view[0] = this.importance(patch.panel);
    return this.excess(alpha, importance, 1, steps);
  }

  private refine(patch: Patch, steps: number): Patch[] {
    if (!(this.excessOf(patch, steps) > 1)) return [patch];
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
      if (parent && this.excessOf(parent, steps) < MERGE_MARGIN) result[result.length - 1] = parent;
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

  free(): void {
    this.region.free();
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
