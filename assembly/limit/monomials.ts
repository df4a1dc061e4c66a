// Polynomials in many variables over many nodes: moments, values, and the velocity in the field of a polynomial
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
const ROUND: usize = 64;

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
function fill(address: usize, value: f64): void {
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
function loadVariables(node: usize, stride: usize, columns: usize, x: usize): void {
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
function ascend(runs: usize, end: usize, x: usize, m: usize): void {
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

/**
 * g <- the gradient of sum_j coefficients[j] m_j in the variables, by the sweep back through the runs: with adjoints
 * a_j = dP/dm_j, each m_j = m_p x_v gives a_p += a_j x_v and g_v += a_j m_p. The monomials before `inner` are in m.
 */
function descend(
  runs: usize,
  end: usize,
  x: usize,
  m: usize,
  columns: usize,
  coefficients: usize,
  inner: usize,
  adjoints: usize,
  g: usize,
): void {
  for (let c: usize = 0; c < columns * ROUND; c += ROUND) fill(g + c, 0);
  for (let j: usize = 0; j < inner; ++j) fill(adjoints + j * ROUND, load<f64>(coefficients + (j << 3)));
  for (let run = end - 16; run >= runs; run -= 16) {
    const out = <usize>load<u32>(run);
    let parent = <usize>load<u32>(run, 4) * ROUND;
    const length = <usize>load<u32>(run, 8);
    const variable = <usize>load<u32>(run, 12) * ROUND;
    const leaves = out >= inner;
    let coefficient = coefficients + (out << 3);
    let adjoint = adjoints + out * ROUND;
    if (ASC_FEATURE_SIMD) {
      const x0 = v128.load(x + variable);
      const x1 = v128.load(x + variable, 16);
      const x2 = v128.load(x + variable, 32);
      const x3 = v128.load(x + variable, 48);
      let g0 = v128.load(g + variable);
      let g1 = v128.load(g + variable, 16);
      let g2 = v128.load(g + variable, 32);
      let g3 = v128.load(g + variable, 48);
      const last = parent + length * ROUND;
      if (leaves) {
        for (; parent < last; parent += ROUND) {
          const a = v128.load64_splat(coefficient);
          const above = adjoints + parent;
          const value = m + parent;
          v128.store(above, f64x2.add(v128.load(above), f64x2.mul(a, x0)));
          v128.store(above, f64x2.add(v128.load(above, 16), f64x2.mul(a, x1)), 16);
          v128.store(above, f64x2.add(v128.load(above, 32), f64x2.mul(a, x2)), 32);
          v128.store(above, f64x2.add(v128.load(above, 48), f64x2.mul(a, x3)), 48);
          g0 = f64x2.add(g0, f64x2.mul(a, v128.load(value)));
          g1 = f64x2.add(g1, f64x2.mul(a, v128.load(value, 16)));
          g2 = f64x2.add(g2, f64x2.mul(a, v128.load(value, 32)));
          g3 = f64x2.add(g3, f64x2.mul(a, v128.load(value, 48)));
          coefficient += 8;
        }
      } else {
        for (; parent < last; parent += ROUND) {
          const a0 = v128.load(adjoint);
          const a1 = v128.load(adjoint, 16);
          const a2 = v128.load(adjoint, 32);
          const a3 = v128.load(adjoint, 48);
          const above = adjoints + parent;
          const value = m + parent;
          v128.store(above, f64x2.add(v128.load(above), f64x2.mul(a0, x0)));
          v128.store(above, f64x2.add(v128.load(above, 16), f64x2.mul(a1, x1)), 16);
          v128.store(above, f64x2.add(v128.load(above, 32), f64x2.mul(a2, x2)), 32);
          v128.store(above, f64x2.add(v128.load(above, 48), f64x2.mul(a3, x3)), 48);
          g0 = f64x2.add(g0, f64x2.mul(a0, v128.load(value)));
          g1 = f64x2.add(g1, f64x2.mul(a1, v128.load(value, 16)));
          g2 = f64x2.add(g2, f64x2.mul(a2, v128.load(value, 32)));
          g3 = f64x2.add(g3, f64x2.mul(a3, v128.load(value, 48)));
          adjoint += ROUND;
        }
      }
      v128.store(g + variable, g0);
      v128.store(g + variable, g1, 16);
      v128.store(g + variable, g2, 32);
      v128.store(g + variable, g3, 48);
    } else {
      for (let k: usize = 0; k < length; ++k) {
        for (let lane: usize = 0; lane < ROUND; lane += 8) {
          const a = leaves ? load<f64>(coefficient) : load<f64>(adjoint + lane);
          const above = adjoints + parent + lane;
          store<f64>(above, load<f64>(above) + a * load<f64>(x + variable + lane));
          const slope = g + variable + lane;
          store<f64>(slope, load<f64>(slope) + a * load<f64>(m + parent + lane));
        }
        coefficient += 8;
        adjoint += ROUND;
        parent += ROUND;
      }
    }
  }
}

/**
 * rate (columns n) of nodes first <= i < last in the field of P = sum_j coefficients[j] m_j, tangent to the sphere:
 *   kappa = u . grad_u P + 2 t P_t,   du/dt = grad_u P - kappa u,   ds/dt = s (2 P_t - kappa).
 */
export function monomialRate(
  state: usize,
  n: usize,
  first: usize,
  last: usize,
  columns: usize,
  runs: usize,
  runCount: usize,
  innerRuns: usize,
  coefficients: usize,
  count: usize,
  inner: usize,
  scratch: usize,
  rate: usize,
): void {
  const x = scratch;
  const g = x + columns * ROUND;
  const m = g + columns * ROUND;
  const adjoints = m + count * ROUND;
  const stride = n << 3;
  const t = x + (columns - 1) * ROUND;
  const slopeT = g + (columns - 1) * ROUND;
  const end = last << 3;
  for (let i = first << 3; i < end; i += ROUND) {
    loadVariables(state + i, stride, columns, x);
    fill(m, 1);
    ascend(runs, runs + (innerRuns << 4), x, m);
    descend(runs, runs + (runCount << 4), x, m, columns, coefficients, inner, adjoints, g);
    const final = (columns - 1) * ROUND;
    for (let lane: usize = 0; lane < ROUND; lane += ASC_FEATURE_SIMD ? 16 : 8) {
      let out = rate + i + lane;
      if (ASC_FEATURE_SIMD) {
        const twice = f64x2.mul(f64x2.splat(2), v128.load(slopeT + lane));
        let kappa = f64x2.mul(v128.load(t + lane), twice);
        for (let c = lane; c < final; c += ROUND) {
          kappa = f64x2.add(kappa, f64x2.mul(v128.load(x + c), v128.load(g + c)));
        }
        for (let c = lane; c < final; c += ROUND) {
          v128.store(out, f64x2.sub(v128.load(g + c), f64x2.mul(kappa, v128.load(x + c))));
          out += stride;
        }
        const s = v128.load(state + i + lane + (columns - 1) * stride);
        v128.store(out, f64x2.mul(s, f64x2.sub(twice, kappa)));
      } else {
        const twice = 2 * load<f64>(slopeT + lane);
        let kappa = load<f64>(t + lane) * twice;
        for (let c = lane; c < final; c += ROUND) kappa += load<f64>(x + c) * load<f64>(g + c);
        for (let c = lane; c < final; c += ROUND) {
          store<f64>(out, load<f64>(g + c) - kappa * load<f64>(x + c));
          out += stride;
        }
        const s = load<f64>(state + i + lane + (columns - 1) * stride);
        store<f64>(out, s * (twice - kappa));
      }
    }
  }
}
