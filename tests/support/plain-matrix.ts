// Whole matrices as rows of numbers: what tests compare with. No Node modules.

export type Matrix = readonly (readonly number[])[];

export function transposed(A: Matrix): number[][] {
  return A[0].map((_, c) => A.map((row) => row[c]));
}

export function multiply(A: Matrix, B: Matrix): number[][] {
  return A.map((row) => B[0].map((_, c) => row.reduce((sum, a, k) => sum + a * B[k][c], 0)));
}

/** The largest singular value: A^T A squared until only its largest eigenvalue is left, which the trace then is. */
export function matrixNorm(A: Matrix): number {
  let power = multiply(transposed(A), A);
  let exponent = 1;
  let logarithm = 0;
  for (let round = 0; round < 40; round++) {
    const trace = power.reduce((sum, row, c) => sum + row[c], 0);
    if (trace === 0) return 0;
    logarithm += Math.log(trace) / exponent;
    power = power.map((row) => row.map((x) => x / trace));
    power = multiply(power, power);
    exponent *= 2;
  }
  return Math.exp(logarithm / 2);
}
