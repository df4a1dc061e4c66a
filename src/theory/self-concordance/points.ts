// Points of the initial law of alpha whose masses are so small that weighted quantiles over them are those of the law: the
// panels of the limit's mesh, halved until none has more than so many parts of the mass. The tails keep their panels, of
// whatever mass: suprema are looked for there.

import type { Engine } from "../../engine/index.ts";
import { half, Mesh, type Panel } from "../../limit/mesh.ts";
import { PanelRule, POINTS } from "../../limit/panel-rule.ts";
import type { SingleIndexProblem } from "../../problem/types.ts";

/** A panel holds at most this many points' worth of mass, POINTS in all. */
export const LAW_POINTS = 4096;

/** Starting points and masses, which sum to 1; on one side of the equator where law and dynamics are even. */
export interface LawPoints {
  alpha: Float64Array;
  gamma: Float64Array;
  weight: Float64Array;
}

/** At least `count` points, up to a horizon in flow time. */
export function lawPoints(engine: Engine, problem: SingleIndexProblem, horizon: number, count = LAW_POINTS): LawPoints {
  const mesh = new Mesh(engine.kernels, new PanelRule(engine.kernels.cos), problem, horizon, 0);
  const split = (panel: Panel): Panel[] =>
    mesh.share(panel) > POINTS / count ? [half(panel, 0), half(panel, 1)].flatMap(split) : [panel];
  const panels = mesh.panels.flatMap(split);
  const parts = panels.map((panel) => ({ ...mesh.start(panel), weight: mesh.weights(panel) }));
  const joined = (name: keyof LawPoints) => {
    const all = new Float64Array(POINTS * parts.length);
    parts.forEach((part, p) => {
      all.set(part[name], p * POINTS);
    });
    return all;
  };
  return { alpha: joined("alpha"), gamma: joined("gamma"), weight: joined("weight") };
}
