// The Lanczos method (lanczos.ts) on the Hessians of a network in memory, wherever the network comes from.

import type { Work } from "../core/run.ts";
import type { Slot } from "../engine/arena.ts";
import { STREAM } from "../engine/random.ts";
import type { GivenNetwork, GivenShape } from "./given-network.ts";
import { Lanczos, type LanczosPlan } from "./lanczos.ts";

/** Which Hessian. */
export type Which = "local" | "interaction";

/**
 * D is made of m independent blocks, of which both ends of the spectrum are asked for; H is one, positive semidefinite, of
 * which the top. A basis of `steps * vector` numbers goes with it.
 */
export function lanczosPlan(
  which: Which,
  { m, d, stride, vector }: GivenShape,
  tolerance: number,
  maxIterations: number,
): LanczosPlan {
  return which === "local"
    ? { count: m, length: stride, steps: Math.min(d - 1, maxIterations), tolerance, bothEnds: true }
    : { count: 1, length: vector, steps: Math.min(m * (d - 1), maxIterations), tolerance, bothEnds: false };
}

/** The Lanczos process, ready to run, from tangent vectors drawn from the seed: then all others are tangent too. */
export function hessianLanczos(
  which: Which,
  { engine, particles, hessian, seed }: Omit<GivenNetwork, "run">,
  basis: Slot,
  plan: LanczosPlan,
): Lanczos {
  const { direction, product } = hessian;
  const { W, width, dimension, stride } = particles;
  const { fillNormal, makeTangent } = engine.kernels;
  fillNormal(direction.address, width, dimension, stride, seed, 0, STREAM.lanczos, 0);
  makeTangent(W.address, direction.address, width, stride);
  return new Lanczos({ direction, product, apply: (work: Work) => hessian[which](work) }, basis, plan);
}
