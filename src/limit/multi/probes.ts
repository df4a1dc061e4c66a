// Particles whose paths show how well a particle's position is known: evenly spread over the uniform law.

import type { Engine } from "../../engine/index.ts";
import type { Probes } from "../refine.ts";
import type { MultiField } from "./field.ts";
import { SpherePoints } from "./sphere-points.ts";

const PROBES = 256;

/** Their seed; those of replicas are others. */
const SEED = 0;

export function probesOf(engine: Engine, field: MultiField): Probes {
  return new SpherePoints(engine.kernels, field.rank, field.orthogonal).draw(PROBES, SEED).columns;
}
