// What the page and its workers post each other. Plain data only.

import type { Settings } from "./settings.ts";

/** To a worker. */
export type Request =
  | { type: "gap"; settings: Settings; held: boolean }
  | { type: "theory"; settings: Settings }
  | { type: "hold" }
  | { type: "go" }
  | { type: "step" };

/** The infinite-width limit of a problem of one direction, on grids that can be drawn. */
export interface LimitPicture {
  time: Float64Array;
  loss: Float64Array;
  /** alpha of the columns below, ascending in [-1, 1]. */
  grid: Float64Array;
  /** psi at record k and grid point j: psi[k * grid.length + j]. */
  psi: Float32Array;
  /** Share of the law of alpha in bin j of `bins` equal ones on [-1, 1] at record k. */
  law: Float32Array;
  bins: number;
}

/** The limit without pictures: there is no alpha, or a network takes its place. */
export interface LimitLoss {
  time: Float64Array;
  loss: Float64Array;
}

/** A network at a record. */
export interface RecordPicture {
  m: number;
  replica: number;
  k: number;
  time: number;
  loss: number;
  meanFieldLoss: number;
  mTimesMeanSquaredDelta: number;
  /** Two coordinates of each particle: along w* (or e_1) and along e_2. */
  x: Float32Array;
  y: Float32Array;
  /** alpha of the first particles of the network, as their paths in the limit have it; null where there is no alpha. */
  limitX: Float32Array | null;
}

/** From a worker. */
export type Reply =
  | { type: "ready"; backend: string }
  | { type: "limit"; limit: LimitPicture | null; loss: LimitLoss }
  | { type: "record"; record: RecordPicture; particles: Float64Array | null }
  | { type: "progress"; share: number; time: number }
  | { type: "held" }
  | { type: "report"; json: string }
  | { type: "constants"; time: Float64Array; values: Float64Array }
  | { type: "theory"; json: string }
  | { type: "failed"; message: string };

/** Number of particles whose paths are drawn. */
export const PATHS = 40;
