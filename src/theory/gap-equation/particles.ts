// The mean-field particles of a network, with a tangent vector each, on their way along the path of the limit: what the
// gap equation needs of them, whatever the kind of problem.

import type { Work } from "../../core/run.ts";
import type { Slot } from "../../engine/arena.ts";
import type { Engine } from "../../engine/index.ts";
import { Field } from "../../limit/field.ts";
import type { SolvableProblem } from "../../limit/field-of.ts";
import { MultiField } from "../../limit/multi/field.ts";
import type { Path } from "../../limit/path.ts";
import type { TangentFactors } from "../../limit/tangent-factors.ts";
import { type ParticleShape, type Particles, roundUp } from "../../network/particles.ts";
import { teachersOf } from "../../problem/teachers.ts";
import { MultiIndexParticles, multiIndexParticlesBytes } from "./multi-particles.ts";
import { SingleIndexParticles, singleIndexParticlesBytes } from "./single-particles.ts";

/** Parts of a field of tangent vectors: coordinates in the plane of `TangentFactors`, and the length of the rest. */
export interface TangentParts {
  /** m x size: along the meridian with its sign; or (u, s). */
  plane: Float64Array;
  /** m */
  across: Float64Array;
}

/** What a move of the particles does to tangent vectors. */
export interface Move {
  factors: TangentFactors;
  /** field <- J field, from where the particles were to where they are. */
  carry(field: Slot): void;
  /** field <- eta P_{xi'} field / |xi + eta g|, of a PGD step: what a field added to g adds to where it ends. */
  carryAdded(field: Slot, eta: number): void;
}

export interface MeanFieldParticles {
  /** Of the matrices of `TangentFactors`. */
  readonly size: number;
  /** Starts from the rows that stand in the network's particles. */
  start(): void;
  /** Where they are, as columns: (alpha, gamma), or (u_1, ..., u_r, s); copies. */
  columns(): Float64Array[];
  /** Moves them until they have taken so many steps of the path. */
  moveTo(pathSteps: number, work: Work): Promise<Move>;
  /** Writes their positions into the network's particles. */
  place(): void;
  /** field_i -= v(xi_i, law), in the field of a row of the path's coefficients or of `driveAt`. */
  subtractVelocity(field: Slot, drive: Float64Array, work: Work): Promise<void>;
  /** field_i += P grad Q(xi_i), the attraction to the law. */
  addAttraction(field: Slot, drive: Float64Array, work: Work): Promise<void>;
  parts(field: Slot): TangentParts;
  free(): void;
}

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
