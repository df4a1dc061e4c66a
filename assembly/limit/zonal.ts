// Zonal functions: series of Gegenbauer polynomials P_l of dimension D, normalised to P_l(1) = 1, by the recurrence
//
//   P_0 = 1,  P_1 = t,  P_(l+1) = A_l t P_l - B_l P_(l-1),   A_l = (2l+D-2)/(l+D-2),  B_l = l/(l+D-2)
//
// The table holds (A_l, B_l) side by side for l = 0 .. K-1, with A_0 = 1, B_0 = 0. Eight nodes advance together: the
// recurrence is a chain that waits for its own results. n is a multiple of 8, arrays are aligned to 16 bytes.

/** out[i] = sum_(l <= degree) coefficients[l] P_l(t[i]), i < n. */
export function zonalSeries(t: usize, n: usize, table: usize, coefficients: usize, degree: usize, out: usize): void {
  if (ASC_FEATURE_SIMD) {
    for (let i: usize = 0; i < n << 3; i += 64) {
      const t0 = v128.load(t + i);
      const t1 = v128.load(t + i, 16);
      const t2 = v128.load(t + i, 32);
      const t3 = v128.load(t + i, 48);
      const c0 = v128.load64_splat(coefficients);
      let s0 = c0;
      let s1 = c0;
      let s2 = c0;
      let s3 = c0;
      let p0 = f64x2.splat(1);
      let p1 = p0;
      let p2 = p0;
      let p3 = p0;
      let q0 = f64x2.splat(0);
      let q1 = q0;
      let q2 = q0;
      let q3 = q0;
      for (let l: usize = 0; l < degree; ++l) {
        const a = v128.load64_splat(table + (l << 4));
        const b = v128.load64_splat(table + (l << 4), 8);
        const c = v128.load64_splat(coefficients + (l << 3), 8);
        const n0 = f64x2.sub(f64x2.mul(f64x2.mul(a, t0), p0), f64x2.mul(b, q0));
        const n1 = f64x2.sub(f64x2.mul(f64x2.mul(a, t1), p1), f64x2.mul(b, q1));
        const n2 = f64x2.sub(f64x2.mul(f64x2.mul(a, t2), p2), f64x2.mul(b, q2));
        const n3 = f64x2.sub(f64x2.mul(f64x2.mul(a, t3), p3), f64x2.mul(b, q3));
        s0 = f64x2.add(s0, f64x2.mul(c, n0));
        s1 = f64x2.add(s1, f64x2.mul(c, n1));
        s2 = f64x2.add(s2, f64x2.mul(c, n2));
        s3 = f64x2.add(s3, f64x2.mul(c, n3));
        q0 = p0;
        q1 = p1;
        q2 = p2;
        q3 = p3;
        p0 = n0;
        p1 = n1;
        p2 = n2;
        p3 = n3;
      }
      v128.store(out + i, s0);
      v128.store(out + i, s1, 16);
      v128.store(out + i, s2, 32);
      v128.store(out + i, s3, 48);
    }
  } else {
    for (let i: usize = 0; i < n << 3; i += 8) {
      const x = load<f64>(t + i);
      let s = load<f64>(coefficients);
      let p: f64 = 1;
      let q: f64 = 0;
      for (let l: usize = 0; l < degree; ++l) {
        const next = load<f64>(table + (l << 4)) * x * p - load<f64>(table + (l << 4), 8) * q;
        s += load<f64>(coefficients + (l << 3), 8) * next;
        q = p;
        p = next;
      }
      store<f64>(out + i, s);
    }
  }
}

/**
 * out[l] = sum_i weights[i] P_l(t[i]), l <= degree. `partial` is scratch of 16 (degree + 1) bytes.
 * Order: eight nodes a round; lanes even and odd apart, within a round (0 + 2) + (4 + 6), rounds ascending.
 */
export function zonalMoments(
  t: usize,
  weights: usize,
  n: usize,
  table: usize,
  degree: usize,
  partial: usize,
  out: usize,
): void {
  memory.fill(partial, 0, (degree + 1) << 4);
  for (let i: usize = 0; i < n << 3; i += 64) {
    if (ASC_FEATURE_SIMD) {
      const t0 = v128.load(t + i);
      const t1 = v128.load(t + i, 16);
      const t2 = v128.load(t + i, 32);
      const t3 = v128.load(t + i, 48);
      // The recurrence is linear: start it at the weight and it carries weight times P_l.
      let p0 = v128.load(weights + i);
      let p1 = v128.load(weights + i, 16);
      let p2 = v128.load(weights + i, 32);
      let p3 = v128.load(weights + i, 48);
      let q0 = f64x2.splat(0);
      let q1 = q0;
      let q2 = q0;
      let q3 = q0;
      for (let l: usize = 0; ; ++l) {
        const slot = partial + (l << 4);
        const sum = f64x2.add(f64x2.add(p0, p1), f64x2.add(p2, p3));
        v128.store(slot, f64x2.add(v128.load(slot), sum));
        if (l == degree) break;
        const a = v128.load64_splat(table + (l << 4));
        const b = v128.load64_splat(table + (l << 4), 8);
        const n0 = f64x2.sub(f64x2.mul(f64x2.mul(a, t0), p0), f64x2.mul(b, q0));
        const n1 = f64x2.sub(f64x2.mul(f64x2.mul(a, t1), p1), f64x2.mul(b, q1));
        const n2 = f64x2.sub(f64x2.mul(f64x2.mul(a, t2), p2), f64x2.mul(b, q2));
        const n3 = f64x2.sub(f64x2.mul(f64x2.mul(a, t3), p3), f64x2.mul(b, q3));
        q0 = p0;
        q1 = p1;
        q2 = p2;
        q3 = p3;
        p0 = n0;
        p1 = n1;
        p2 = n2;
        p3 = n3;
      }
    } else {
      for (let lane: usize = 0; lane < 16; lane += 8) {
        const x = t + i + lane;
        const w = weights + i + lane;
        let p0 = load<f64>(w);
        let p1 = load<f64>(w, 16);
        let p2 = load<f64>(w, 32);
        let p3 = load<f64>(w, 48);
        let q0: f64 = 0;
        let q1: f64 = 0;
        let q2: f64 = 0;
        let q3: f64 = 0;
        for (let l: usize = 0; ; ++l) {
          const slot = partial + (l << 4) + lane;
          store<f64>(slot, load<f64>(slot) + (p0 + p1 + (p2 + p3)));
          if (l == degree) break;
          const a = load<f64>(table + (l << 4));
          const b = load<f64>(table + (l << 4), 8);
          const n0 = a * load<f64>(x) * p0 - b * q0;
          const n1 = a * load<f64>(x, 16) * p1 - b * q1;
          const n2 = a * load<f64>(x, 32) * p2 - b * q2;
          const n3 = a * load<f64>(x, 48) * p3 - b * q3;
          q0 = p0;
          q1 = p1;
          q2 = p2;
          q3 = p3;
          p0 = n0;
          p1 = n1;
          p2 = n2;
          p3 = n3;
        }
      }
    }
  }
  for (let l: usize = 0; l <= degree; ++l) {
    store<f64>(out + (l << 3), load<f64>(partial + (l << 4)) + load<f64>(partial + (l << 4), 8));
  }
}
