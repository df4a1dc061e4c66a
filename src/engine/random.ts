// Seeds and streams. Key = (seed, replica), counter = (stream, row, coordinate, 0); the map from words to uniforms,
// normals and sphere points stands in assembly/random/normal.ts and docs/random-numbers.md.

import type { Slot } from "./arena.ts";
import type { Engine } from "./index.ts";

/** Streams of random numbers; a number once given never changes its meaning. */
export const STREAM = {
  particles: 0,
  bootstrap: 1,
  inputs: 2,
  testInputs: 3,
  order: 4,
  noise: 5,
  teachers: 6,
  lanczos: 7,
} as const;

/** Which random numbers: the two words of the key. */
export interface RandomKey {
  seed: number;
  replica: number;
}

/** Rows i < m of `W` (stride dp): independent uniform points of the unit sphere of R^d. */
export function fillSphere(
  engine: Engine,
  W: Slot,
  {
    m,
    d,
    dp,
    seed,
    replica,
    stream = STREAM.particles,
    first = 0,
  }: RandomKey & { m: number; d: number; dp: number; stream?: number; first?: number },
): void {
  const { kernels } = engine;
  const address = W.at(first * dp);
  kernels.fillNormal(address, m - first, d, dp, seed, replica, stream, first);
  kernels.retract(address, address, 0, address, m - first, dp);
}

/** `n` uniforms of [0, 1): those of counters (stream, row, 0 .. n-1, 0). */
export function uniforms(engine: Engine, n: number, seed: number, stream: number, row: number): Float64Array {
  const region = engine.arena.reserve("random numbers", { out: n });
  try {
    engine.kernels.fillUniform(region.slots.out.address, n, seed, 0, stream, row);
    return region.slots.out.view.slice();
  } finally {
    region.free();
  }
}
