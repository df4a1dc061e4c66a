// Transport of particles of the infinite-width limit (SPEC.md, section 4). A particle is the pair
//
//   alpha = <w, w*>,  gamma = sqrt(1 - alpha^2) = |w - alpha w*|
//
// kept side by side (state: alpha[n], then gamma[n]), so that gamma keeps its relative accuracy at the poles. In the
// field psi the plane flow is d alpha = gamma^2 psi, d gamma = -alpha gamma psi, which turns the pair on the circle.
// n is a multiple of 8.

/** rate (2n) = velocity of the pairs in the field psi (n). */
export function transportRate(state: usize, psi: usize, n: usize, rate: usize): void {
  const gammas = state + (n << 3);
  const gammaRates = rate + (n << 3);
  if (ASC_FEATURE_SIMD) {
    for (let i: usize = 0; i < n << 3; i += 16) {
      const alpha = v128.load(state + i);
      const gamma = v128.load(gammas + i);
      const turn = f64x2.mul(gamma, v128.load(psi + i));
      v128.store(rate + i, f64x2.mul(gamma, turn));
      v128.store(gammaRates + i, f64x2.neg(f64x2.mul(alpha, turn)));
    }
  } else {
    for (let i: usize = 0; i < n << 3; i += 8) {
      const gamma = load<f64>(gammas + i);
      const turn = gamma * load<f64>(psi + i);
      store<f64>(rate + i, gamma * turn);
      store<f64>(gammaRates + i, -(load<f64>(state + i) * turn));
    }
  }
}

/**
 * out (n) = base + sum_(j < count) factors[j] terms[j], terms[j] at terms + j n; n a multiple of 2.
 * base = 0 for none. Runge-Kutta stages are such sums. Eight numbers a round, so that a factor is read once for them.
 */
export function combine(out: usize, base: usize, terms: usize, factors: usize, count: usize, n: usize): void {
  const stride = n << 3;
  if (ASC_FEATURE_SIMD) {
    const end = factors + (count << 3);
    let i: usize = 0;
    for (; i + 64 <= stride; i += 64) {
      let sum0 = f64x2.splat(0);
      let sum1 = sum0;
      let sum2 = sum0;
      let sum3 = sum0;
      if (base != 0) {
        sum0 = v128.load(base + i);
        sum1 = v128.load(base + i, 16);
        sum2 = v128.load(base + i, 32);
        sum3 = v128.load(base + i, 48);
      }
      let term = terms + i;
      for (let factor = factors; factor < end; factor += 8) {
        const f = v128.load64_splat(factor);
        sum0 = f64x2.add(sum0, f64x2.mul(f, v128.load(term)));
        sum1 = f64x2.add(sum1, f64x2.mul(f, v128.load(term, 16)));
        sum2 = f64x2.add(sum2, f64x2.mul(f, v128.load(term, 32)));
        sum3 = f64x2.add(sum3, f64x2.mul(f, v128.load(term, 48)));
        term += stride;
      }
      v128.store(out + i, sum0);
      v128.store(out + i, sum1, 16);
      v128.store(out + i, sum2, 32);
      v128.store(out + i, sum3, 48);
    }
    for (; i < stride; i += 16) {
      let sum = base == 0 ? f64x2.splat(0) : v128.load(base + i);
      let term = terms + i;
      for (let factor = factors; factor < end; factor += 8) {
        sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(factor), v128.load(term)));
        term += stride;
      }
      v128.store(out + i, sum);
    }
  } else {
    for (let i: usize = 0; i < stride; i += 8) {
      let sum = base == 0 ? 0.0 : load<f64>(base + i);
      for (let j: usize = 0; j < count; ++j) sum += load<f64>(factors + (j << 3)) * load<f64>(terms + j * stride + i);
      store<f64>(out + i, sum);
    }
  }
}

/**
 * Largest |sum_(j < count) factors[j] terms[j]| over n numbers, terms as in `combine`; infinity where one is not finite.
 * The error of a Runge-Kutta step is such a number. n a multiple of 8.
 */
export function largestCombination(terms: usize, factors: usize, count: usize, n: usize): f64 {
  const stride = n << 3;
  if (ASC_FEATURE_SIMD) {
    const end = factors + (count << 3);
    // What compares with nothing, a comparison of sizes does not find.
    let odd = f64x2.splat(0);
    let top0 = odd;
    let top1 = odd;
    for (let i: usize = 0; i < stride; i += 64) {
      let sum0 = f64x2.splat(0);
      let sum1 = sum0;
      let sum2 = sum0;
      let sum3 = sum0;
      let term = terms + i;
      for (let factor = factors; factor < end; factor += 8) {
        const f = v128.load64_splat(factor);
        sum0 = f64x2.add(sum0, f64x2.mul(f, v128.load(term)));
        sum1 = f64x2.add(sum1, f64x2.mul(f, v128.load(term, 16)));
        sum2 = f64x2.add(sum2, f64x2.mul(f, v128.load(term, 32)));
        sum3 = f64x2.add(sum3, f64x2.mul(f, v128.load(term, 48)));
        term += stride;
      }
      odd = v128.or(odd, v128.or(f64x2.ne(sum0, sum0), f64x2.ne(sum1, sum1)));
      odd = v128.or(odd, v128.or(f64x2.ne(sum2, sum2), f64x2.ne(sum3, sum3)));
      top0 = f64x2.pmax(top0, f64x2.pmax(f64x2.abs(sum0), f64x2.abs(sum1)));
      top1 = f64x2.pmax(top1, f64x2.pmax(f64x2.abs(sum2), f64x2.abs(sum3)));
    }
    if (v128.any_true(odd)) return Infinity;
    top0 = f64x2.pmax(top0, top1);
    return max<f64>(f64x2.extract_lane(top0, 0), f64x2.extract_lane(top0, 1));
  } else {
    let top: f64 = 0;
    for (let i: usize = 0; i < stride; i += 8) {
      let sum: f64 = 0;
      for (let j: usize = 0; j < count; ++j) sum += load<f64>(factors + (j << 3)) * load<f64>(terms + j * stride + i);
      const x = abs<f64>(sum);
      if (!(x <= top)) top = x == x ? x : Infinity;
    }
    return top;
  }
}

/** (alpha, gamma) <- (alpha, gamma) / norm. Returns false where a norm is zero or not finite. n a multiple of 2. */
export function normalisePairs(state: usize, n: usize): bool {
  const gammas = state + (n << 3);
  if (ASC_FEATURE_SIMD) {
    const least = f64x2.splat(0);
    const most = f64x2.splat(Infinity);
    let fine = f64x2.eq(least, least);
    for (let i: usize = 0; i < n << 3; i += 16) {
      const alpha = v128.load(state + i);
      const gamma = v128.load(gammas + i);
      const square = f64x2.add(f64x2.mul(alpha, alpha), f64x2.mul(gamma, gamma));
      fine = v128.and(fine, v128.and(f64x2.gt(square, least), f64x2.lt(square, most)));
      const norm = f64x2.sqrt(square);
      v128.store(state + i, f64x2.div(alpha, norm));
      v128.store(gammas + i, f64x2.div(gamma, norm));
    }
    return i64x2.all_true(fine);
  } else {
    let fine = true;
    for (let i: usize = 0; i < n << 3; i += 8) {
      const alpha = load<f64>(state + i);
      const gamma = load<f64>(gammas + i);
      const square = alpha * alpha + gamma * gamma;
      if (!(square > 0 && square < Infinity)) fine = false;
      const norm = sqrt<f64>(square);
      store<f64>(state + i, alpha / norm);
      store<f64>(gammas + i, gamma / norm);
    }
    return fine;
  }
}

/**
 * One projected gradient step of size eta; radial (n) is the radial part r of the Euclidean gradient, 0 for none:
 *   (alpha, gamma) <- normalise(alpha x + eta psi gamma^2, gamma (x - eta alpha psi)),  x = 1 + eta r.
 * Returns the smallest x - eta alpha psi: the direction orthogonal to w* is kept while it is positive. NaN where a
 * number is not finite.
 */
export function transportStep(state: usize, psi: usize, radial: usize, eta: f64, n: usize): f64 {
  const gammas = state + (n << 3);
  let least: f64 = Infinity;
  for (let i: usize = 0; i < n << 3; i += 8) {
    const alpha = load<f64>(state + i);
    const gamma = load<f64>(gammas + i);
    const pull = eta * load<f64>(psi + i);
    const x = radial == 0 ? 1.0 : 1.0 + eta * load<f64>(radial + i);
    const keep = x - pull * alpha;
    const newAlpha = alpha * x + pull * (gamma * gamma);
    const newGamma = gamma * keep;
    const square = newAlpha * newAlpha + newGamma * newGamma;
    if (!(square > 0 && square < Infinity)) return NaN;
    if (keep < least) least = keep;
    const norm = sqrt<f64>(square);
    store<f64>(state + i, newAlpha / norm);
    store<f64>(gammas + i, newGamma / norm);
  }
  return least;
}
