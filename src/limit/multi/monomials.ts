// The monomials u^gamma t^b of the multi-index limit in the order of the kernels (assembly/limit/monomials.ts): by weight
// k = |gamma| + 2b; within a weight those with t first, as t times all of weight k - 2, then the pure ones u^gamma by their
// first variable, as u_i times those of degree k - 1 whose first variable is i or later. So each is a variable times an
// earlier one, in few long runs.

/** A table of monomials. */
export interface Monomials {
  /** r: the variables are u_1, ..., u_r and t. */
  readonly indices: number;
  readonly count: number;
  /** The first so many may be parents, made by the first `innerRuns` runs. */
  readonly inner: number;
  readonly innerRuns: number;
  /** [ out | parent | length | variable ] a run; variable r is t. */
  readonly runs: Uint32Array;
  /** First monomial of each weight, and the number of all. */
  readonly levels: readonly number[];
  /** For each monomial its weight and b, the power of t. */
  readonly weight: Uint16Array;
  readonly powerOfT: Uint16Array;
  /** gamma! / (prod of what multinomial needs): the product of gamma_i! and (2b)! is 1 / this. */
  readonly inverseFactorials: Float64Array;
}

/** Which weights have monomials with t: those that a needed weight of the same parity is built from. */
function withT(needed: readonly boolean[], k: number): boolean {
  for (let j = k; j < needed.length; j += 2) if (needed[j]) return true;
  return false;
}

/** Number of monomials in r indices for these weights, Infinity where it is above `most`. */
export function countMonomials(indices: number, needed: readonly boolean[], most: number): number {
  const levels: number[] = [];
  let pure = 1;
  let total = 0;
  for (let k = 0; k < needed.length; k++) {
    // C(r + k - 1, k)
    if (k > 0) pure = (pure * (indices + k - 1)) / k;
    levels.push(pure + (k >= 2 && withT(needed, k) ? levels[k - 2] : 0));
    total += levels[k];
    if (total > most) return Number.POSITIVE_INFINITY;
  }
  return total;
}

/** All monomials that the needed weights consist of or are built from; needed[0] .. needed[K], the last one true. */
export function monomials(indices: number, needed: readonly boolean[]): Monomials {
  const levels = [0];
  /** First pure monomial of the current degree whose first variable is i or later; one more for the end. */
  let starts = new Array<number>(indices + 1).fill(1);
  starts.fill(0, 0, indices);
  const runs: number[] = [];
  const weight = [0];
  const powerOfT = [0];
  /** Power of the variable that was multiplied with last, u_i or t. */
  const power = [0];
  const inverse = [1];
  let count = 1;
  levels.push(1);
  let innerRuns = 0;
  const add = (parent: number, length: number, variable: number, k: number, isSame: (parent: number) => boolean) => {
    runs.push(count, parent, length, variable);
    for (let p = parent; p < parent + length; p++) {
      const raised = isSame(p) ? power[p] + 1 : 1;
      const isT = variable === indices;
      weight.push(k);
      powerOfT.push(powerOfT[p] + (isT ? 1 : 0));
      // (2b)! has two more factors, gamma_i! one.
      const b = powerOfT[p] + 1;
      inverse.push(inverse[p] / (isT ? 2 * b * (2 * b - 1) : raised));
      power.push(isT ? 0 : raised);
      count++;
    }
  };
  for (let k = 1; k < needed.length; k++) {
    if (k === needed.length - 1) innerRuns = runs.length / 4;
    if (k >= 2 && withT(needed, k)) add(levels[k - 2], levels[k - 1] - levels[k - 2], indices, k, () => false);
    const next: number[] = [];
    for (let i = 0; i < indices; i++) {
      next.push(count);
      // Of the pure monomials with first variable i or later, those up to the next start have first variable i.
      const same = starts[i + 1];
      add(starts[i], starts[indices] - starts[i], i, k, (p) => k > 1 && p < same);
    }
    next.push(count);
    starts = next;
    levels.push(count);
  }
  const top = needed.length - 1;
  return {
    indices,
    count,
    inner: top === 0 ? 1 : levels[top],
    innerRuns,
    runs: Uint32Array.from(runs),
    levels,
    weight: Uint16Array.from(weight),
    powerOfT: Uint16Array.from(powerOfT),
    inverseFactorials: Float64Array.from(inverse),
  };
}

/** The monomials at a point x = (u_1, ..., u_r, t), times `scale`. */
export function monomialsAt({ runs, count }: Monomials, x: ArrayLike<number>, scale = 1): Float64Array {
  const m = new Float64Array(count);
  m[0] = scale;
  for (let run = 0; run < runs.length; run += 4) {
    const [out, parent, length, variable] = runs.subarray(run, run + 4);
    for (let i = 0; i < length; i++) m[out + i] = m[parent + i] * x[variable];
  }
  return m;
}
