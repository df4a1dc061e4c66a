// Convergence times by other means than the package's: closed forms for h_2 at d = 3, plain RK4 on many nodes for h_3.

/** Simpson's rule with n intervals, n even. */
function simpson(f: (x: number) => number, from: number, to: number, n = 2000): number {
  const h = (to - from) / n;
  let sum = f(from) + f(to);
  for (let i = 1; i < n; i++) sum += (i % 2 === 1 ? 4 : 2) * f(from + i * h);
  return (sum * h) / 3;
}

/**
 * h_2 at d = 3. With M = E alpha^2 the velocity is psi = 3 alpha (1 - M) and the risk 3/2 (1 - M)^2; in s = int 3/2 (1 - M) dt
 * alpha / gamma grows as exp(2 s), and alpha_0 is uniform, so that M(s) = E / (E - 1) (1 - arctan(r) / r), E = exp(4 s) and
 * r = sqrt(E - 1).
 */
export const quadraticAtThree = {
  rest(s: number): number {
    const e = Math.exp(4 * s);
    const r = Math.sqrt(e - 1);
    // The series of arctan where the closed form is 0/0.
    const M = s < 1e-4 ? 1 / 3 + (2 * (e - 1)) / 15 : (e / (e - 1)) * (1 - Math.atan(r) / r);
    return 1 - M;
  },
  risk(s: number): number {
    return 1.5 * this.rest(s) ** 2;
  },
  /** Flow time at s. */
  time(s: number): number {
    return simpson((x) => 1 / (1.5 * this.rest(x)), 0, s);
  },
  /** int_0^t L^(1/2) dt = s sqrt(2/3), since dt = ds / (3/2 rest) and L^(1/2) = sqrt(3/2) rest. */
  rootLossIntegral(s: number): number {
    return s * Math.sqrt(2 / 3);
  },
  /** s at which an increasing function of it is zero. */
  solve(f: (s: number) => number, low = 1e-6, high = 50): number {
    let [a, b] = [low, high];
    for (let n = 0; n < 80; n++) {
      const middle = (a + b) / 2;
      if (f(middle) < 0) a = middle;
      else b = middle;
    }
    return (a + b) / 2;
  },
};

/**
 * First time at which the risk of h_3 is a share of its start: RK4 with midpoint nodes in latitude. With M_k = E alpha^k
 *
 *   psi = 3 alpha^2 (1 - M_3) - 3 (1 - 3 alpha^2) (M_1 - M_3) / (d-1),   L = 1 - 2 M_3 + M_3^2 + 3 (M_1 - M_3)^2 / (d-1)
 */
export function cubicCrossing(d: number, share: number, nodes = 4000, step = 0.01): number {
  const beta = Float64Array.from({ length: nodes }, (_, i) => Math.PI * ((i + 0.5) / nodes - 0.5));
  const weights = beta.map((b) => Math.cos(b) ** (d - 2));
  const total = weights.reduce((sum, w) => sum + w, 0);
  const moments = (state: Float64Array) => {
    let one = 0;
    let three = 0;
    for (let i = 0; i < nodes; i++) {
      const a = Math.sin(state[i]);
      one += (weights[i] * a) / total;
      three += (weights[i] * a * a * a) / total;
    }
    return { one, three };
  };
  const risk = (state: Float64Array) => {
    const { one, three } = moments(state);
    return (1 - three) ** 2 + (3 * (one - three) ** 2) / (d - 1);
  };
  const rate = (state: Float64Array) => {
    const { one, three } = moments(state);
    return state.map((b) => {
      const a = Math.sin(b);
      return Math.cos(b) * (3 * a * a * (1 - three) - (3 * (1 - 3 * a * a) * (one - three)) / (d - 1));
    });
  };
  const plus = (state: Float64Array, h: number, k: Float64Array) => state.map((b, i) => b + h * k[i]);
  const advance = (state: Float64Array, h: number) => {
    const k1 = rate(state);
    const k2 = rate(plus(state, h / 2, k1));
    const k3 = rate(plus(state, h / 2, k2));
    const k4 = rate(plus(state, h, k3));
    return state.map((b, i) => b + (h / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]));
  };
  const level = share * risk(beta);
  let state = beta;
  for (let n = 0; ; n++) {
    const next = advance(state, step);
    if (risk(next) > level) {
      state = next;
      continue;
    }
    let [low, high] = [0, step];
    for (let k = 0; k < 40; k++) {
      const middle = (low + high) / 2;
      if (risk(advance(state, middle)) > level) low = middle;
      else high = middle;
    }
    return n * step + (low + high) / 2;
  }
}
