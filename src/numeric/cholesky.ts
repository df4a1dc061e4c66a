// Cholesky's factorisation of a small symmetric positive definite matrix, and systems with many right-hand sides.

/** Lower factor L, row-major, of A = L L^T (n x n, row-major). */
export function choleskyFactor(A: Float64Array, n: number): Float64Array {
  const L = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = A[i * n + j];
      for (let k = 0; k < j; k++) sum -= L[i * n + k] * L[j * n + k];
      L[i * n + j] = i === j ? Math.sqrt(sum) : sum / L[j * n + j];
    }
  }
  return L;
}

/** B <- A^-1 B in place, B n x columns, row-major. */
export function choleskySolve(L: Float64Array, n: number, B: Float64Array, columns: number): void {
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) subtractRow(B, columns, i, L[i * n + k], k);
    divideRow(B, columns, i, L[i * n + i]);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) subtractRow(B, columns, i, L[k * n + i], k);
    divideRow(B, columns, i, L[i * n + i]);
  }
}

function subtractRow(B: Float64Array, columns: number, to: number, factor: number, from: number): void {
  if (factor === 0) return;
  for (let c = 0; c < columns; c++) B[to * columns + c] -= factor * B[from * columns + c];
}

function divideRow(B: Float64Array, columns: number, row: number, divisor: number): void {
  for (let c = 0; c < columns; c++) B[row * columns + c] /= divisor;
}
