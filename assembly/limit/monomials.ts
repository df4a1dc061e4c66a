// Polynomials in many variables over many nodes: moments and values; the velocity in their field is in monomial-rate.ts
// (SPEC.md, section 4, "Several indices"). A node is a point (u_1, ..., u_r, s) of the sphere, kept as columns side by side
// (state: u_1[n], ..., u_r[n], s[n]; columns = r + 1); a polynomial P has the variables u_1, ..., u_r and t = s^2.
//
// Monomials m_0 = 1, ..., m_(count-1) come in runs, four 32-bit words each: [ out | parent | length | variable ] says
//   m_(out + i) = m_(parent + i) x_variable,  i < length,  x = (u_1, ..., u_r, t),  parent + length <= out.
// The first `inner` monomials, made by the first `innerRuns` runs, may be parents; the others are parents of none.
//
// Eight nodes go together through all runs, so that a run is read once for them; n is a multiple of 8. `scratch` has
// scratch bytes of (2 columns + count + inner) * 64: variables, gradient, monomials, adjoints, eight numbers each.

/** Bytes of a number for each of eight nodes. */
export const ROUND: usize = 64;

/** The eight numbers at `source`. */
function copyRound(target: usize, source: usize): void {
  if (ASC_FEATURE_SIMD) {
    v128.store(target, v128.load(source));
    v128.store(target, v128.load(source, 16), 16);
    v128.store(target, v128.load(source, 32), 32);
    v128.store(target, v128.load(source, 48), 48);
  } else {
    for (let lane: usize = 0; lane < ROUND; lane += 8) store<f64>(target + lane, load<f64>(source + lane));
  }
}

/** Eight times the same number. */
export function fill(address: usize, value: f64): void {
  if (ASC_FEATURE_SIMD) {
    const values = f64x2.splat(value);
    v128.store(address, values);
    v128.store(address, values, 16);
    v128.store(address, values, 32);
    v128.store(address, values, 48);
  } else {
    for (let lane: usize = 0; lane < ROUND; lane += 8) store<f64>(address + lane, value);
  }
}

/** x <- the variables of the eight nodes at `node`; columns `stride` bytes apart. */
export function loadVariables(node: usize, stride: usize, columns: usize, x: usize): void {
  for (let c: usize = 1; c < columns; ++c) {
    copyRound(x, node);
    node += stride;
    x += ROUND;
  }
  for (let lane: usize = 0; lane < ROUND; lane += 8) {
    const s = load<f64>(node + lane);
    store<f64>(x + lane, s * s);
  }
}

/** Fills m from m_0 on, which is there, through the given runs. */
export function ascend(runs: usize, end: usize, x: usize, m: usize): void {
  for (let run = runs; run < end; run += 16) {
    let out = m + <usize>load<u32>(run) * ROUND;
    let parent = m + <usize>load<u32>(run, 4) * ROUND;
    const last = out + <usize>load<u32>(run, 8) * ROUND;
    const variable = x + <usize>load<u32>(run, 12) * ROUND;
    if (ASC_FEATURE_SIMD) {
      const x0 = v128.load(variable);
      const x1 = v128.load(variable, 16);
      const x2 = v128.load(variable, 32);
      const x3 = v128.load(variable, 48);
      for (; out < last; out += ROUND) {
        v128.store(out, f64x2.mul(v128.load(parent), x0));
        v128.store(out, f64x2.mul(v128.load(parent, 16), x1), 16);
        v128.store(out, f64x2.mul(v128.load(parent, 32), x2), 32);
        v128.store(out, f64x2.mul(v128.load(parent, 48), x3), 48);
        parent += ROUND;
      }
    } else {
      for (; out < last; out += ROUND) {
        for (let lane: usize = 0; lane < ROUND; lane += 8) {
          store<f64>(out + lane, load<f64>(parent + lane) * load<f64>(variable + lane));
        }
        parent += ROUND;
      }
    }
  }
}

/**
 * partial (2 count) += the weighted monomials of nodes first .. last, from 0 where first is 0; out[j] = sum of its two
 * lanes: with last = n that is sum_i weights[i] m_j(node i).
 * Order: eight nodes a round; lanes even and odd apart, within a round (0 + 2) + (4 + 6), rounds ascending.
 */
export function monomialMoments(
  state: usize,
  weights: usize,
  n: usize,
  first: usize,
  last: usize,
  columns: usize,
  runs: usize,
  runCount: usize,
  count: usize,
  scratch: usize,
  partial: usize,
  out: usize,
): void {
  const x = scratch;
  const m = scratch + columns * ROUND;
  const end = runs + (runCount << 4);
  if (first == 0) memory.fill(partial, 0, count << 4);
  for (let i = first << 3; i < last << 3; i += ROUND) {
    loadVariables(state + i, n << 3, columns, x);
    // Started at the weight, the monomials carry it.
    copyRound(m, weights + i);
    ascend(runs, end, x, m);
    let monomial = m;
    for (let slot = partial; slot < partial + (count << 4); slot += 16) {
      if (ASC_FEATURE_SIMD) {
        const low = f64x2.add(v128.load(monomial), v128.load(monomial, 16));
        const high = f64x2.add(v128.load(monomial, 32), v128.load(monomial, 48));
        v128.store(slot, f64x2.add(v128.load(slot), f64x2.add(low, high)));
      } else {
        for (let lane: usize = 0; lane < 16; lane += 8) {
          const low = load<f64>(monomial + lane) + load<f64>(monomial + lane, 16);
          const high = load<f64>(monomial + lane, 32) + load<f64>(monomial + lane, 48);
          store<f64>(slot + lane, load<f64>(slot + lane) + (low + high));
        }
      }
      monomial += ROUND;
    }
  }
  for (let j: usize = 0; j < count; ++j) {
    store<f64>(out + (j << 3), load<f64>(partial + (j << 4)) + load<f64>(partial + (j << 4), 8));
  }
}

/** out[i] = sum_j coefficients[j] m_j(node i), j ascending, for nodes first <= i < last. */
export function monomialSeries(
  state: usize,
  n: usize,
  first: usize,
  last: usize,
  columns: usize,
  runs: usize,
  runCount: usize,
  coefficients: usize,
  count: usize,
  scratch: usize,
  out: usize,
): void {
  const x = scratch;
  const m = scratch + columns * ROUND;
  const end = runs + (runCount << 4);
  for (let i = first << 3; i < last << 3; i += ROUND) {
    loadVariables(state + i, n << 3, columns, x);
    fill(m, 1);
    ascend(runs, end, x, m);
    if (ASC_FEATURE_SIMD) {
      let s0 = f64x2.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let monomial = m;
      for (let c = coefficients; c < coefficients + (count << 3); c += 8) {
        const factor = v128.load64_splat(c);
        s0 = f64x2.add(s0, f64x2.mul(factor, v128.load(monomial)));
        s1 = f64x2.add(s1, f64x2.mul(factor, v128.load(monomial, 16)));
        s2 = f64x2.add(s2, f64x2.mul(factor, v128.load(monomial, 32)));
        s3 = f64x2.add(s3, f64x2.mul(factor, v128.load(monomial, 48)));
        monomial += ROUND;
      }
      v128.store(out + i, s0);
      v128.store(out + i, s1, 16);
      v128.store(out + i, s2, 32);
      v128.store(out + i, s3, 48);
    } else {
      for (let lane: usize = 0; lane < ROUND; lane += 8) {
        let sum: f64 = 0;
        for (let j: usize = 0; j < count; ++j) {
          sum += load<f64>(coefficients + (j << 3)) * load<f64>(m + j * ROUND + lane);
        }
        store<f64>(out + i + lane, sum);
      }
    }
  }
}
