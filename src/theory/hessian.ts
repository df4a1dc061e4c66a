// Products of the local and the interaction Hessian of a given network with a field of tangent vectors.

import { checkFloat64Array, wrongValue } from "../core/check.ts";
import type { Engine } from "../engine/index.ts";
import type { Problem } from "../problem/types.ts";
import { type HessianOptions, withGivenNetwork } from "./given-network.ts";
import type { Which } from "./hessian-lanczos.ts";

async function hessianProduct(
  which: Which,
  engine: Engine,
  problem: Problem,
  W: Float64Array,
  V: Float64Array,
  options: HessianOptions,
): Promise<Float64Array> {
  const field = checkFloat64Array("V", V);
  let product: Float64Array = new Float64Array(0);
  const status = await withGivenNetwork(
    `${which}HessianProduct`,
    { engine, problem, W, options },
    [],
    ({ m, d }) => {
      if (field.length !== m * d)
        wrongValue("V", `of length ${m * d}, m x d with m = ${m} rows as W and d = ${d}`, field);
      return 0;
    },
    async ({ run, particles, hessian }) => {
      run.expect(1);
      const part = run.part(1);
      particles.set(field, hessian.direction);
      await hessian[which](run, (share) => part.reach(share, 0));
      product = particles.copy(hessian.product);
      return product.every(Number.isFinite) ? "completed" : "diverged";
    },
  );
  if (status === "aborted") throw options.signal?.reason;
  if (status === "diverged")
    throw new RangeError(
      `V and data must be small enough for a finite product; some of its ${product.length} entries are not`,
    );
  return product;
}

/**
 * Product of the local Hessian with a field of tangent vectors: how the velocity of each particle changes when it moves
 * itself, while the network that drives it stays (SPEC.md, section 5). With S = W W^T, P_w = I - w w^T and v_i = P_{w_i} g_i
 * the velocity,
 *
 *   (D V)_i = P_{w_i} a_i [ sum_r omega_r phi''(<w_i,u_r>) <u_r,V_i> u_r - (1/m) sum_j a_j q''(S_ij) <w_j,V_i> w_j ] - <w_i,g_i> V_i,
 *
 * or the same with means over samples: P_{w_i} a_i mean_b r_b sigma''(z_ib) <V_i,x_b> x_b - <w_i,g_i> V_i, r_b = y_b - f(x_b).
 * sigma'' of ReLU counts as 0 on samples (as it is away from the kink); on the population nothing is lost.
 *
 * @param W - particles, m x d row-major; rows of any nonzero norm are normalised.
 * @param V - m x d row-major; row i is projected on the tangent space at particle i, V_i - <w_i,V_i> w_i.
 * @param options - see `HessianOptions`.
 * @returns D V, m x d row-major, row i tangent at particle i; per unit of flow time.
 * @throws TypeError or RangeError for a bad argument, where memory does not suffice or the product is not finite; the reason
 * of `signal` where that stops it.
 * @example
 * ```ts
 * const problem = problems.He4({ d: 3 });
 * const W = Float64Array.of(0.6, 0.8, 0);
 * const DV = await localHessianProduct(engine, problem, W, Float64Array.of(0, 0, 1));
 * ```
 */
export function localHessianProduct(
  engine: Engine,
  problem: Problem,
  W: Float64Array,
  V: Float64Array,
  options: HessianOptions = {},
): Promise<Float64Array> {
  return hessianProduct("local", engine, problem, W, V, options);
}

/**
 * Product of the interaction Hessian with a field of tangent vectors: by how much the velocity of each particle falls when
 * the network that drives it moves along the field (SPEC.md, section 5). With S = W W^T and P_w = I - w w^T,
 *
 *   (H V)_i = P_{w_i} (1/m) a_i sum_j a_j [ q'(S_ij) V_j + q''(S_ij) <w_i,V_j> w_j ],
 *
 * or the same with means over samples: P_{w_i} a_i mean_b sigma'(z_ib) x_b (1/m) sum_j a_j sigma'(z_jb) <V_j,x_b>. When all
 * particles move along V, velocities change by D V - H V up to parts along the particles. ReLU on the population: q'' is
 * infinite at j = i, where its factor vanishes; pairs that are parallel but for rounding are treated alike.
 *
 * @param W - particles, m x d row-major; rows of any nonzero norm are normalised.
 * @param V - m x d row-major; row i is projected on the tangent space at particle i, V_i - <w_i,V_i> w_i.
 * @param options - see `HessianOptions`.
 * @returns H V, m x d row-major, row i tangent at particle i; per unit of flow time.
 * @throws TypeError or RangeError for a bad argument, where memory does not suffice or the product is not finite; the reason
 * of `signal` where that stops it.
 * @example
 * ```ts
 * const problem = problems.XOR_2({ d: 8 });
 * const HV = await interactionHessianProduct(engine, problem, W, V, { data: { samples: 4096 } });
 * ```
 */
export function interactionHessianProduct(
  engine: Engine,
  problem: Problem,
  W: Float64Array,
  V: Float64Array,
  options: HessianOptions = {},
): Promise<Float64Array> {
  return hessianProduct("interaction", engine, problem, W, V, options);
}
