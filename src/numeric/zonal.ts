// Gegenbauer polynomials P_l of dimension D, normalised to P_l(1) = 1 (SPEC.md, section 4):
//
//   (l + D - 2) P_(l+1)(t) = (2l + D - 2) t P_l(t) - l P_(l-1)(t)
//   P_l' = l (l + D - 2) / (D - 1)  P_(l-1) of dimension D + 2

/** The table of assembly/limit/zonal.ts: (A_l, B_l) for l < degree. */
export function recurrenceTable(dimension: number, degree: number): Float64Array {
  const table = new Float64Array(2 * degree);
  if (degree > 0) table[0] = 1;
  for (let l = 1; l < degree; l++) {
    table[2 * l] = (2 * l + dimension - 2) / (l + dimension - 2);
    table[2 * l + 1] = l / (l + dimension - 2);
  }
  return table;
}

/** sum_l c_l P_l(t), with the table of that dimension. */
export function zonalSum(coefficients: Float64Array, table: Float64Array, t: number): number {
  let [before, P] = [0, 1];
  let sum = coefficients[0];
  for (let l = 0; l + 1 < coefficients.length; l++) {
    [before, P] = [P, table[2 * l] * t * P - table[2 * l + 1] * before];
    sum += coefficients[l + 1] * P;
  }
  return sum;
}

/** Coefficients in P_0 .. P_K of the polynomial sum_k powers[k] t^k, by Horner's rule in that basis. Exact recurrence. */
export function zonalFromPowers(powers: ArrayLike<number>, dimension: number): Float64Array {
  const top = powers.length - 1;
  let series = new Float64Array(top + 1);
  for (let k = top; k >= 0; k--) {
    const next = new Float64Array(top + 1);
    for (let l = 0; l < top - k; l++) {
      // t P_l = ((l + D - 2) P_(l+1) + l P_(l-1)) / (2l + D - 2)
      const share = l === 0 ? 1 : (l + dimension - 2) / (2 * l + dimension - 2);
      next[l + 1] += share * series[l];
      if (l > 0) next[l - 1] += (1 - share) * series[l];
    }
    next[0] += powers[k];
    series = next;
  }
  return series;
}

/** Factors f_l with (sum_l c_l P_l)' = sum_l f_l c_(l+1) P_l of dimension D + 2. */
export function derivativeFactors(degree: number, dimension: number): Float64Array {
  return Float64Array.from({ length: degree }, (_, l) => ((l + 1) * (l + dimension - 1)) / (dimension - 1));
}
