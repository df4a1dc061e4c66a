// The mean-field particles of a network for each kind of problem.

import type { Engine } from "../../engine/index.ts";
import { Field } from "../../limit/field.ts";
import type { SolvableProblem } from "../../limit/model.ts";
import { MultiField } from "../../limit/multi/field.ts";
import type { Path } from "../../limit/path.ts";
import { type ParticleShape, type Particles, roundUp } from "../../network/particles.ts";
import { teachersOf } from "../../problem/teachers.ts";
import type { MeanFieldParticles } from "./model.ts";
import { MultiIndexParticles, multiIndexParticlesBytes } from "./multi-particles.ts";
import { SingleIndexParticles, singleIndexParticlesBytes } from "./single-particles.ts";

/** The shape of a network that holds the positions of so many. */
export function positionShape({ d }: SolvableProblem, width: number): ParticleShape & { stride: number } {
  return { width, dimension: d, lanes: 4, signs: null, rungeKutta: false, stride: roundUp(d, 4) };
}

/** On a finished path; `particles`: rows for the positions, freed by the caller. */
export function meanFieldParticles(
  engine: Engine,
  path: Path,
  problem: SolvableProblem,
  particles: Particles,
): MeanFieldParticles {
  if (problem.kind === "single-index") return new SingleIndexParticles(engine, path, problem, particles);
  return new MultiIndexParticles(engine, path, particles);
}

/** Bytes that so many will reserve, the network's particles apart. */
export function meanFieldBytes(engine: Engine, problem: SolvableProblem, width: number, flow: boolean): number {
  if (problem.kind === "single-index") return singleIndexParticlesBytes(new Field(problem), width, flow);
  return multiIndexParticlesBytes(new MultiField(problem, teachersOf(engine, problem)), width, flow);
}

/** Coefficients of the field at a record of a path, from the moments of the law. */
export function driveAt({ field, moments }: Path, record: number): Float64Array {
  const drive = new Float64Array(field.driveLength);
  field.drive(moments[record], drive);
  return drive;
}
