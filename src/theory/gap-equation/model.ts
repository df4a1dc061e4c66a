// What the gap equation needs of the mean-field particles of a network, with a tangent vector each, on their way along the path
// of the limit, whatever the kind of problem.

import type { Work } from "../../core/run.ts";
import type { Slot } from "../../engine/arena.ts";
import type { TangentFactors } from "../../limit/tangent-factors.ts";

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

/** The mean-field particles at each record. */
export interface ParticleHistory {
  /** m x d unit rows at the start. */
  start: Float64Array;
  /** (alpha, gamma), or (u_1, ..., u_r, s). */
  columns: readonly (readonly Float64Array[])[];
  /** Between a record and the one before. */
  factors: readonly TangentFactors[];
}
