// Operator norms of both Hessians of a given network, by the Lanczos method (lanczos.ts).

import { checkInteger, checkNumber } from "../core/check.ts";
import type { Status } from "../core/run.ts";
import { regionBytes } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import type { Problem } from "../problem/types.ts";
import { type GivenArguments, type GivenShape, type HessianOptions, withGivenNetwork } from "./given-network.ts";
import { hessianLanczos, lanczosPlan, type Which } from "./hessian-lanczos.ts";
import type { Lanczos, LanczosPlan, Spectrum } from "./lanczos.ts";

/** Options of the operator norms of Hessians. */
export interface HessianNormOptions extends HessianOptions {
  /** Residual bound to be reached, relative to the norm; default 1e-8, from 1e-14 to 1. */
  tolerance?: number | undefined;
  /**
   * Most products; default 128. Where the tangent space has no more dimensions, the norms are exact but for rounding. Each
   * needs memory for m d numbers. A run that ends here before its tolerance says so by its residual.
   */
  maxIterations?: number | undefined;
}

/** What `localHessianNorms` resolves to: one number a particle. */
export interface LocalHessianNorms {
  /** Of an aborted or diverged run the numbers are those of its last iteration; arrays are empty where there was none. */
  status: Status;
  /** Operator norm |D(w_i)| on the tangent space: the larger of |largest| and |smallest|. */
  norm: Float64Array;
  /** Largest eigenvalue of D(w_i) on the tangent space, to the residual; never above the true one. */
  largest: Float64Array;
  /** Smallest eigenvalue, to the residual; never below the true one. */
  smallest: Float64Array;
  /** Some eigenvalue of D(w_i) is within this of `largest`, and some within this of `smallest`. */
  residual: Float64Array;
  /** Products that were taken, each for all particles at once. */
  iterations: number;
}

/** What `interactionHessianNorm` resolves to. */
export interface InteractionHessianNorm {
  status: Status;
  /** Operator norm of H, its largest eigenvalue; null where a run ended before its first iteration. */
  norm: number | null;
  /** Some eigenvalue of H is within this of `norm`; null with it. */
  residual: number | null;
  /** Products that were taken. */
  iterations: number;
}

const DEFAULT_ITERATIONS = 128;

const NONE = new Float64Array(0);

/** What is known before the first product. */
const NOTHING: Spectrum = { smallest: NONE, largest: NONE, residual: NONE, iterations: 0 };

async function extremes(
  which: Which,
  name: string,
  given: GivenArguments & { options: HessianNormOptions },
): Promise<{ status: Status; spectrum: Spectrum }> {
  const { options } = given;
  let plan: LanczosPlan;
  let basisLength = 0;
  let lanczos: Lanczos | undefined;
  const prepare = (shape: GivenShape) => {
    const tolerance = checkNumber("tolerance", options.tolerance ?? 1e-8, { min: 1e-14, max: 1 });
    const most = checkInteger("maxIterations", options.maxIterations ?? DEFAULT_ITERATIONS, 1);
    plan = lanczosPlan(which, shape, tolerance, most);
    basisLength = plan.steps * shape.vector;
    return regionBytes({ basis: basisLength });
  };
  const status = await withGivenNetwork(name, given, ["tolerance", "maxIterations"], prepare, async (network) => {
    const { engine, run } = network;
    const region = engine.arena.reserve(`${plan.steps} Lanczos vectors of ${basisLength / plan.steps} numbers`, {
      basis: basisLength,
    });
    try {
      lanczos = hessianLanczos(which, network, region.slots.basis, plan);
      return (await lanczos.run(run)) ? "completed" : "diverged";
    } finally {
      region.free();
    }
  });
  return { status, spectrum: lanczos?.spectrum() ?? NOTHING };
}

/**
 * Operator norm and extreme eigenvalues of the local Hessian D(w_i) of every particle on its tangent space
 * (SPEC.md, section 5; `localHessianProduct` says what D is). D is block diagonal and self-adjoint: Lanczos runs for all
 * particles at once, with full reorthogonalisation, one product an iteration.
 *
 * @param W - particles, m x d row-major; rows of any nonzero norm are normalised.
 * @param options - see `HessianNormOptions`.
 * @returns one norm a particle, per unit of flow time, with its residual bound; exact but for rounding after d - 1
 * iterations.
 * @throws TypeError or RangeError for a bad argument or where memory does not suffice.
 * @example
 * ```ts
 * const run = await trainNetwork(engine, problems.He4({ d: 32 }), { width: 256, time: 4 });
 * const { norm } = await localHessianNorms(engine, run.problem, run.particles());
 * ```
 */
export async function localHessianNorms(
  engine: Engine,
  problem: Problem,
  W: Float64Array,
  options: HessianNormOptions = {},
): Promise<LocalHessianNorms> {
  const { status, spectrum } = await extremes("local", "localHessianNorms", { engine, problem, W, options });
  const { smallest, largest, residual, iterations } = spectrum;
  const norm = largest.map((value, i) => Math.max(Math.abs(value), Math.abs(smallest[i])));
  return { status, norm, largest, smallest, residual, iterations };
}

/**
 * Operator norm of the interaction Hessian H (SPEC.md, section 5; `interactionHessianProduct` says what H is) on fields of
 * tangent vectors with the inner product (1/m) sum_i <V_i, V'_i>, in which it is self-adjoint and positive semidefinite.
 *
 * @param W - particles, m x d row-major; rows of any nonzero norm are normalised.
 * @param options - see `HessianNormOptions`.
 * @returns the norm, per unit of flow time, with its residual bound.
 * @throws TypeError or RangeError for a bad argument or where memory does not suffice.
 * @example
 * ```ts
 * const { norm } = await interactionHessianNorm(engine, problems.He4({ d: 3 }), Float64Array.of(0.6, 0.8, 0));
 * ```
 */
export async function interactionHessianNorm(
  engine: Engine,
  problem: Problem,
  W: Float64Array,
  options: HessianNormOptions = {},
): Promise<InteractionHessianNorm> {
  const given = { engine, problem, W, options };
  const { status, spectrum } = await extremes("interaction", "interactionHessianNorm", given);
  const { largest, residual, iterations } = spectrum;
  return { status, norm: largest[0] ?? null, residual: residual[0] ?? null, iterations };
}
