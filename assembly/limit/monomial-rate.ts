// The velocity of many nodes in the field of a polynomial, which is given by its coefficients over monomials that come in
// runs (monomials.ts has the layout): the gradient by one sweep back through the runs, at twice the cost of a value.

import { ascend, fill, loadVariables, ROUND } from "./monomials";

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
