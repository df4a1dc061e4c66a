// The same algorithms in plain TypeScript on Float64Array: what a user would write without this package.

/** Horner's rule. */
function polynomial(coefficients: readonly number[], s: number): number {
  let value = coefficients[coefficients.length - 1];
  for (let k = coefficients.length - 2; k >= 0; k--) value = value * s + coefficients[k];
  return value;
}

/** One Riemannian PGD step of a population network with teacher e_1: Gram row, q', product, projection, retraction. */
export function plainStep(
  W: Float64Array,
  m: number,
  d: number,
  eta: number,
  kernelDerivative: readonly number[],
  linkDerivative: readonly number[],
): void {
  const V = new Float64Array(m * d);
  for (let i = 0; i < m; i++) {
    const at = i * d;
    for (let j = 0; j < m; j++) {
      const other = j * d;
      let s = 0;
      for (let c = 0; c < d; c++) s += W[at + c] * W[other + c];
      const q = polynomial(kernelDerivative, s) / m;
      for (let c = 0; c < d; c++) V[at + c] -= q * W[other + c];
    }
    V[at] += polynomial(linkDerivative, W[at]);
    let along = 0;
    for (let c = at; c < at + d; c++) along += V[c] * W[c];
    for (let c = at; c < at + d; c++) V[c] -= along * W[c];
  }
  for (let i = 0; i < m; i++) {
    let square = 0;
    for (let c = i * d; c < (i + 1) * d; c++) {
      W[c] += eta * V[c];
      square += W[c] * W[c];
    }
    const norm = Math.sqrt(square);
    for (let c = i * d; c < (i + 1) * d; c++) W[c] /= norm;
  }
}

/** Product with one of the Hessians of a population network with teacher e_1, of which phi' = q'. */
export function plainHessians(
  which: "local" | "interaction",
  W: Float64Array,
  V: Float64Array,
  m: number,
  d: number,
  derivative: readonly number[],
  curvature: readonly number[],
): Float64Array {
  const out = new Float64Array(m * d);
  for (let i = 0; i < m; i++) {
    const at = i * d;
    let radial = 0;
    for (let j = 0; j < m; j++) {
      const other = j * d;
      let s = 0;
      let t = 0;
      for (let c = 0; c < d; c++) {
        s += W[at + c] * W[other + c];
        t += which === "local" ? V[at + c] * W[other + c] : W[at + c] * V[other + c];
      }
      const slope = polynomial(derivative, s) / m;
      const pull = (polynomial(curvature, s) * t) / m;
      if (which === "local") {
        radial -= slope * s;
        for (let c = 0; c < d; c++) out[at + c] -= pull * W[other + c];
      } else {
        for (let c = 0; c < d; c++) out[at + c] += slope * V[other + c] + pull * W[other + c];
      }
    }
    if (which === "local") {
      out[at] += polynomial(curvature, W[at]) * V[at];
      radial += polynomial(derivative, W[at]) * W[at];
    }
    let along = 0;
    for (let c = at; c < at + d; c++) along += out[c] * W[c];
    for (let c = at; c < at + d; c++) out[c] -= along * W[c] + radial * V[c];
  }
  return out;
}

/** mean_ij q(<w_i, w_j>). */
export function plainEnergy(W: Float64Array, m: number, d: number, kernel: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) {
      let s = 0;
      for (let c = 0; c < d; c++) s += W[i * d + c] * W[j * d + c];
      sum += polynomial(kernel, s);
    }
  }
  return sum / m / m;
}

/** Standard normals with the host's generator and functions. */
export function plainNormals(out: Float64Array): void {
  for (let i = 0; i < out.length; i++)
    out[i] = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

/** sum_l coefficients[l] P_l(t), by the recurrence, node by node. */
export function plainSeries(t: Float64Array, table: Float64Array, coefficients: Float64Array, out: Float64Array): void {
  for (let i = 0; i < t.length; i++) {
    let p = 1;
    let before = 0;
    let sum = coefficients[0];
    for (let l = 0; l + 1 < coefficients.length; l++) {
      const next = table[2 * l] * t[i] * p - table[2 * l + 1] * before;
      sum += coefficients[l + 1] * next;
      before = p;
      p = next;
    }
    out[i] = sum;
  }
}

/** sum_i weights[i] P_l(t[i]) for every l. */
export function plainMoments(t: Float64Array, weights: Float64Array, table: Float64Array, out: Float64Array): void {
  out.fill(0);
  for (let i = 0; i < t.length; i++) {
    let p = weights[i];
    let before = 0;
    for (let l = 0; l < out.length; l++) {
      out[l] += p;
      const next = table[2 * l] * t[i] * p - table[2 * l + 1] * before;
      before = p;
      p = next;
    }
  }
}
