// Bounds on the linearised gap (SPEC.md, section 6), by the trapezoid rule over the records:
//
//   forcing    a(t) = int_0^t E_i |J_{t,s}(i) eps_s(i)| ds
//   Volterra   u(t) = a(t) + int_0^t J_avg(t,s) u(s) ds
//   Gronwall   int_0^t exp(L (t - s)) E_i |eps_s(i)| ds,
//              L = sum_r |omega_r| (phi''(1) + phi'(1)) + 2 (q''(1) + q'(1)), absolute coefficients

import type { Work } from "../../core/run.ts";
import type { Kernels } from "../../engine/kernels.ts";
import { solvableForm } from "../../limit/form.ts";
import type { SolvableProblem } from "../../limit/model.ts";
import { identityFactors, multiplyFactors, type TangentFactors } from "../../limit/tangent-factors.ts";
import { populationSeries, teacherWeights } from "../../problem/form.ts";
import type { TangentParts } from "./model.ts";

/** The largest number of a Float64Array that JSON can hold: bounds that grow beyond stay there. */
const LARGEST = Number.MAX_VALUE;

/** Records too far apart for the trapezoid rule. */
export class SparseRecords extends RangeError {}

export interface BoundSeries {
  forcing: Float64Array;
  volterra: Float64Array;
  gronwall: Float64Array;
}

/** Bounds on |D| + |H| for all particles and times: the global Lipschitz constant of the velocity. */
export function lipschitzConstant(problem: SolvableProblem): number {
  const { kernelDerivative, linkDerivative } = populationSeries(solvableForm(problem));
  /** p'(1) + p(1) of the absolute coefficients of p. */
  const size = (powers: Float64Array) => powers.reduce((sum, value, k) => sum + (k + 1) * Math.abs(value), 0);
  const weights = teacherWeights(problem).reduce((sum, weight) => sum + Math.abs(weight), 0);
  return weights * size(linkDerivative) + 2 * size(kernelDerivative);
}

/** E_i |J eps_i|. */
function meanLength(eps: TangentParts, { size, plane, across }: TangentFactors): number {
  let sum = 0;
  for (let i = 0; i < across.length; i++) {
    let square = 0;
    for (let row = 0; row < size; row++) {
      let x = 0;
      for (let c = 0; c < size; c++) x += plane[(i * size + row) * size + c] * eps.plane[i * size + c];
      square += x * x;
    }
    const y = eps.across[i] * across[i];
    sum += Math.sqrt(square + y * y);
  }
  return sum / across.length;
}

/** E_i |J_{t,s}(i) eps_s(i)| as row t, entry s <= t. */
export async function carriedLengths(
  fluctuation: readonly TangentParts[],
  factors: readonly TangentFactors[],
  work: Work,
): Promise<Float64Array[]> {
  const lengths = factors.map((_, k) => new Float64Array(k + 1));
  for (let s = 0; s < factors.length; s++) {
    const total = identityFactors(factors[s].across.length, factors[s].size);
    for (let k = s; k < factors.length; k++) {
      if (k > s) multiplyFactors(total, factors[k]);
      lengths[k][s] = meanLength(fluctuation[s], total);
    }
    if (work.due) await work.pause();
  }
  return lengths;
}

/** Weights of the trapezoid rule on times[0 .. k]. */
function trapezoid(times: readonly number[], k: number): number[] {
  return Array.from({ length: k + 1 }, (_, s) => {
    const before = s > 0 ? times[s] - times[s - 1] : 0;
    const after = s < k ? times[s + 1] - times[s] : 0;
    return (before + after) / 2;
  });
}

/**
 * From `carriedLengths` and J_avg, at the records whose indices are `chosen`, ascending. The integrals begin at the first
 * record: a record at 0 belongs there.
 *
 * @throws SparseRecords where records lie so far apart that the equation of the Volterra bound has no positive solution.
 */
export function boundsAt(
  { exp }: Kernels,
  problem: SolvableProblem,
  times: readonly number[],
  lengths: readonly Float64Array[],
  average: readonly Float64Array[],
  chosen: readonly number[],
): BoundSeries {
  const at = chosen.map((k) => times[k]);
  const L = lipschitzConstant(problem);
  const forcing = new Float64Array(at.length);
  const volterra = new Float64Array(at.length);
  const gronwall = new Float64Array(at.length);
  for (let k = 0; k < at.length; k++) {
    const weights = trapezoid(at, k);
    let direct = 0;
    let classical = 0;
    let returning = 0;
    for (let s = 0; s <= k; s++) {
      direct += weights[s] * lengths[chosen[k]][chosen[s]];
      classical += weights[s] * exp(L * (at[k] - at[s])) * lengths[chosen[s]][chosen[s]];
      if (s < k) returning += weights[s] * average[chosen[k]][chosen[s]] * volterra[s];
    }
    const implicit = 1 - weights[k] * average[chosen[k]][chosen[k]];
    if (!(implicit > 0))
      throw new SparseRecords(
        `record must be so dense that half an interval times J_avg(t, t) stays below 1; got ${weights[k]} times ${average[chosen[k]][chosen[k]]} at time ${at[k]}: record more times`,
      );
    forcing[k] = direct;
    volterra[k] = Math.min(LARGEST, (direct + returning) / implicit);
    gronwall[k] = classical < LARGEST ? classical : LARGEST;
  }
  return { forcing, volterra, gronwall };
}
