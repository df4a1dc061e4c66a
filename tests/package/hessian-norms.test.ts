// Operator norms of both Hessians against Jacobi's method on the matrices that products give, closed forms, and what an
// option, an abort or a bad argument does.

import fc from "fast-check";
import {
  createEngine,
  type Engine,
  gaussianBump,
  hermite,
  interactionHessianNorm,
  interactionHessianProduct,
  localHessianNorms,
  localHessianProduct,
  multiIndex,
  type Problem,
  problems,
  relu,
  singleIndex,
  trainNetwork,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { coefficientsOf, distance, logLogSlope, unitRows } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

/** Eigenvalues of a symmetric matrix, ascending, by Jacobi's rotations. */
function eigenvalues(matrix: readonly (readonly number[])[]): number[] {
  const A = matrix.map((row) => [...row]);
  const n = A.length;
  for (let sweep = 0; sweep < 12; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (A[p][q] === 0) continue;
        const half = (A[q][q] - A[p][p]) / (2 * A[p][q]);
        const t = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.sqrt(half * half + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          [A[k][p], A[k][q]] = [c * A[k][p] - s * A[k][q], s * A[k][p] + c * A[k][q]];
        }
        for (let k = 0; k < n; k++) {
          [A[p][k], A[q][k]] = [c * A[p][k] - s * A[q][k], s * A[p][k] + c * A[q][k]];
        }
      }
    }
  }
  return A.map((row, k) => row[k]).sort((a, b) => a - b);
}

/** An orthonormal basis of the tangent space at w: a Householder reflection takes e_1 to -+w. */
function tangentBasis(w: Float64Array): number[][] {
  const u = [...w];
  u[0] += w[0] < 0 ? -1 : 1;
  const square = u.reduce((sum, x) => sum + x * x, 0);
  return u.slice(1).map((uk, k) => u.map((x, c) => (c === k + 1 ? 1 : 0) - (2 * uk * x) / square));
}

interface Case {
  problem: Problem;
  W: Float64Array;
  m: number;
  d: number;
  options: { signs?: Int8Array; data?: { inputs: Float64Array } };
}

/** The m matrices of D on the tangent spaces, by d - 1 products. */
async function localMatrices({ problem, W, m, d, options }: Case): Promise<number[][][]> {
  const bases = Array.from({ length: m }, (_, i) => tangentBasis(W.subarray(i * d, (i + 1) * d)));
  const matrices: number[][][] = bases.map(() => []);
  for (let k = 0; k < d - 1; k++) {
    const V = Float64Array.from(bases.flatMap((basis) => basis[k]));
    const DV = await localHessianProduct(engine, problem, W, V, options);
    for (const [i, basis] of bases.entries()) {
      matrices[i].push(basis.map((e) => e.reduce((sum, x, c) => sum + x * DV[i * d + c], 0)));
    }
  }
  return matrices;
}

/** The matrix of H in an orthonormal basis of tangent fields, by m (d - 1) products. */
async function interactionMatrix({ problem, W, m, d, options }: Case): Promise<number[][]> {
  const fields: Float64Array[] = [];
  for (let i = 0; i < m; i++) {
    for (const e of tangentBasis(W.subarray(i * d, (i + 1) * d))) {
      const V = new Float64Array(m * d);
      V.set(e, i * d);
      fields.push(V);
    }
  }
  const rows: number[][] = [];
  for (const V of fields) {
    const HV = await interactionHessianProduct(engine, problem, W, V, options);
    rows.push(fields.map((other) => other.reduce((sum, x, at) => sum + x * HV[at], 0)));
  }
  return rows;
}

const number = (size: number) => fc.double({ min: -size, max: size, noNaN: true });
const activations = fc.oneof(
  fc.array(number(1), { minLength: 2, maxLength: 5 }).map((c) => hermite(c)),
  fc.constant(gaussianBump({ rate: 0.5, square: 2, constant: -1 })),
  fc.constant(relu()),
);

const cases: fc.Arbitrary<Case> = fc
  .record({
    m: fc.integer({ min: 1, max: 5 }),
    d: fc.integer({ min: 2, max: 6 }),
    activation: activations,
    link: activations,
    onData: fc.boolean(),
    signs: fc.boolean(),
    seed: fc.integer({ min: 0, max: 0xffffffff }),
  })
  .map(({ m, d, activation, link, onData, signs, seed }) => {
    const teachers = [unitRows(1, d, seed ^ 1), unitRows(1, d, seed ^ 2)];
    const problem = multiIndex({ d, activation, link, teachers, weights: [1, -0.5] });
    const options = {
      ...(signs ? { signs: Int8Array.from({ length: m }, (_, i) => (i % 3 === 1 ? -1 : 1)) } : {}),
      ...(onData ? { data: { inputs: unitRows(20, d, seed ^ 3) } } : {}),
    };
    return { problem, W: unitRows(m, d, seed), m, d, options };
  });

describe("against dense matrices", () => {
  const PARAMETERS = { numRuns: 40, seed: 20_250_413 };

  test("both ends of the spectrum of D of every particle, and its norm", () =>
    fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const result = await localHessianNorms(engine, given.problem, given.W, given.options);
        const spectra = (await localMatrices(given)).map(eigenvalues);
        const scale = 1e-13 + Math.max(...spectra.flat().map(Math.abs));
        expect(result.status).toBe("completed");
        expect(
          distance(
            result.smallest,
            spectra.map((values) => values[0]),
          ),
        ).toBeLessThan(1e-8 * scale);
        expect(
          distance(
            result.largest,
            spectra.map((values) => values[given.d - 2]),
          ),
        ).toBeLessThan(1e-8 * scale);
        const norms = spectra.map((values) => Math.max(...values.map(Math.abs)));
        expect(distance(result.norm, norms)).toBeLessThan(1e-8 * scale);
        for (const [i, residual] of result.residual.entries()) {
          expect(residual).toBeLessThanOrEqual(1e-8 * norms[i] + 1e-13 * scale);
        }
        expect(result.iterations).toBeLessThanOrEqual(given.d - 1);
      }),
      PARAMETERS,
    ));

  test("the norm of H", () =>
    fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const result = await interactionHessianNorm(engine, given.problem, given.W, given.options);
        const values = eigenvalues(await interactionMatrix(given));
        const top = values[values.length - 1];
        expect(values[0]).toBeGreaterThan(-1e-13 * (1 + top));
        expect(result.status).toBe("completed");
        expect(Math.abs((result.norm as number) - top)).toBeLessThan(1e-8 * top + 1e-13);
        expect(result.residual).toBeLessThanOrEqual(1e-8 * top + 1e-13);
      }),
      PARAMETERS,
    ));
});

describe("closed forms", () => {
  test("one particle and one teacher", async () => {
    const problem = problems.He4({ d: 7 });
    const alpha = 0.3;
    const W = Float64Array.of(alpha, Math.sqrt(1 - alpha * alpha), 0, 0, 0, 0, 0);
    const normal = 4 * alpha ** 4 - 4;
    const along = (1 - alpha * alpha) * 12 * alpha * alpha - normal;
    const D = await localHessianNorms(engine, problem, W);
    expect(D.largest[0]).toBeCloseTo(Math.max(along, -normal), 13);
    expect(D.smallest[0]).toBeCloseTo(Math.min(along, -normal), 13);
    // Two different eigenvalues: two steps, though there are six dimensions.
    expect(D.iterations).toBeLessThanOrEqual(3);
    const H = await interactionHessianNorm(engine, problem, W);
    expect(H.norm).toBeCloseTo(4, 13);
    expect(H.iterations).toBeLessThanOrEqual(2);
  });

  test("m = 1 and d = 2: one dimension, one step", async () => {
    const W = Float64Array.of(3, 4);
    const problem = problems.He3({ d: 2 });
    const lambda = 0.64 * 6 * 0.6 - (3 * 0.6 ** 3 - 3);
    const D = await localHessianNorms(engine, problem, W);
    for (const value of [D.norm, D.largest, D.smallest]) expect(value[0]).toBeCloseTo(lambda, 13);
    expect([D.norm.length, D.iterations, D.status]).toEqual([1, 1, "completed"]);
    expect(D.residual[0]).toBeLessThan(1e-14);
    expect((await interactionHessianNorm(engine, problem, W)).norm).toBeCloseTo(3, 13);
  });

  test("a constant activation has neither", async () => {
    const problem = singleIndex({ d: 5, activation: hermite([1]), link: hermite({ 2: 1 }) });
    const W = unitRows(9, 5, 4);
    const zero = new Float64Array(9);
    const expected = { status: "completed", norm: zero, largest: zero, smallest: zero, residual: zero, iterations: 1 };
    expect(await localHessianNorms(engine, problem, W)).toEqual(expected);
    const H = await interactionHessianNorm(engine, problem, W);
    expect(H).toEqual({ status: "completed", norm: 0, residual: 0, iterations: 1 });
  });

  // |D| of the tiny and the huge network are those of the plain one times c^2, whatever the size of numbers.
  test.each([1e-80, 1e80])("coefficients of size %f", async (c) => {
    const W = unitRows(6, 4, 5);
    const of = (factor: number) => singleIndex({ d: 4, activation: hermite([0, factor, 0, factor]) });
    const [plain, scaled] = [await localHessianNorms(engine, of(1), W), await localHessianNorms(engine, of(c), W)];
    expect(scaled.status).toBe("completed");
    const ratios = scaled.norm.map((norm, i) => norm / c / c / plain.norm[i]);
    expect(distance(ratios, new Float64Array(6).fill(1))).toBeLessThan(1e-11);
    const [H, other] = [await interactionHessianNorm(engine, of(1), W), await interactionHessianNorm(engine, of(c), W)];
    expect((other.norm as number) / c / c).toBeCloseTo(H.norm as number, 10);
  });

  // SPEC.md, section 5: lambda_perp = -alpha psi, lambda_par = (1 - alpha^2) psi' - alpha psi. At the start the law is uniform
  // and Q is constant, so psi = phi' = 4 alpha^3.
  test("many particles at the start have the two eigenvalues of the limit, up to their fluctuation", async () => {
    const d = 6;
    const problem = problems.He4({ d });
    const errors: number[] = [];
    const WIDTHS = [128, 512, 2048];
    for (const width of WIDTHS) {
      const W = (await trainNetwork(engine, problem, { width, time: 0, record: [0] })).particles();
      const { largest, smallest } = await localHessianNorms(engine, problem, W, { tolerance: 1e-6 });
      let squares = 0;
      for (let i = 0; i < width; i++) {
        const alpha = W[i * d];
        const across = -4 * alpha ** 4;
        const along = 12 * (1 - alpha * alpha) * alpha * alpha + across;
        squares += (largest[i] - along) ** 2 + (smallest[i] - across) ** 2;
      }
      errors.push(Math.sqrt(squares / width));
    }
    const slope = logLogSlope(WIDTHS, errors);
    expect(slope).toBeGreaterThan(-0.65);
    expect(slope).toBeLessThan(-0.35);
  });
});

describe("options", () => {
  const d = 40;
  const problem = problems.He4_misspecified({ d });
  const W = unitRows(30, d, 11);

  test("a loose tolerance takes fewer products and keeps its word", async () => {
    const exact = await localHessianNorms(engine, problem, W, { tolerance: 1e-13 });
    const loose = await localHessianNorms(engine, problem, W, { tolerance: 0.05 });
    expect(loose.iterations).toBeLessThan(exact.iterations);
    const spectra = (await localMatrices({ problem, W, m: 30, d, options: {} })).map(eigenvalues);
    for (let i = 0; i < 30; i++) {
      expect(loose.residual[i]).toBeLessThanOrEqual(0.05 * loose.norm[i]);
      for (const value of [loose.largest[i], loose.smallest[i]]) {
        const nearest = Math.min(...spectra[i].map((exact) => Math.abs(exact - value)));
        expect(nearest).toBeLessThanOrEqual(loose.residual[i] + 1e-12);
      }
      // Ritz values approach from inside.
      expect(loose.largest[i]).toBeLessThanOrEqual(exact.largest[i] + 1e-12);
      expect(loose.smallest[i]).toBeGreaterThanOrEqual(exact.smallest[i] - 1e-12);
    }
    const H = await interactionHessianNorm(engine, problem, W, { tolerance: 0.05 });
    const all = await interactionHessianNorm(engine, problem, W, { tolerance: 1e-10 });
    expect(H.iterations).toBeLessThan(all.iterations);
    expect(H.norm).toBeLessThanOrEqual((all.norm as number) * (1 + 1e-12));
    expect(H.norm).toBeGreaterThan(0.9 * (all.norm as number));
  });

  test("maxIterations is the most, and the residual says what it left", async () => {
    const short = await localHessianNorms(engine, problem, W, { maxIterations: 3 });
    expect([short.status, short.iterations]).toEqual(["completed", 3]);
    expect(Math.max(...short.residual)).toBeGreaterThan(1e-4);
    const H = await interactionHessianNorm(engine, problem, W, { maxIterations: 2 });
    expect([H.status, H.iterations]).toEqual(["completed", 2]);
  });

  test("another seed finds the same numbers from another start; the same seed the same bits, in both builds", async () => {
    const scalar = await createEngine({ backend: "scalar" });
    const first = await localHessianNorms(engine, problem, W);
    const other = await localHessianNorms(engine, problem, W, { seed: 99 });
    expect(distance(first.norm, other.norm)).toBeLessThan(1e-7);
    expect([...first.residual]).not.toEqual([...other.residual]);
    expect(await localHessianNorms(scalar, problem, W)).toEqual(first);
    const H = await interactionHessianNorm(engine, problem, W);
    expect(await interactionHessianNorm(scalar, problem, W)).toEqual(H);
    scalar.dispose();
  });

  test("kernels of high degree: every coefficient of a long series counts", async () => {
    // H of one particle is q'(1) = sum k c_k^2.
    const narrow = singleIndex({ d: 3, activation: gaussianBump({ rate: 2, square: 1 }) });
    const H = await interactionHessianNorm(engine, narrow, Float64Array.of(0, 0, 1));
    const expected = coefficientsOf(narrow.activation).reduce((sum, c, k) => sum + k * c * c, 0);
    expect(H.norm).toBeCloseTo(expected, 10);
  });

  test("progress counts products and ends at the total", async () => {
    const seen: { done: number; total: number }[] = [];
    await localHessianNorms(engine, problem, W, { onProgress: ({ done, total }) => seen.push({ done, total }) });
    expect(seen.at(-1)).toEqual({ done: d - 1, total: d - 1 });
  });

  test("an abort keeps the numbers of the last iteration", async () => {
    const wide = unitRows(600, d, 12);
    const controller = new AbortController();
    const abort = ({ done }: { done: number }) => {
      if (done >= 2) controller.abort();
    };
    const result = await localHessianNorms(engine, problem, wide, { onProgress: abort, signal: controller.signal });
    expect(result.status).toBe("aborted");
    expect(result.iterations).toBeGreaterThanOrEqual(2);
    expect(result.iterations).toBeLessThan(d - 1);
    expect(result.norm.length).toBe(600);
    expect(result.norm.every((x, i) => x > 0 && Number.isFinite(result.residual[i]))).toBe(true);
    // What was taken is given back.
    const again = await localHessianNorms(engine, problem, W);
    expect(again.status).toBe("completed");
  });

  test("an abort before the first product leaves nothing", async () => {
    const signal = AbortSignal.abort();
    const none = new Float64Array(0);
    expect(await localHessianNorms(engine, problem, W, { signal })).toEqual({
      ...{ status: "aborted", norm: none, largest: none, smallest: none, residual: none, iterations: 0 },
    });
    expect(await interactionHessianNorm(engine, problem, W, { signal })).toEqual({
      ...{ status: "aborted", norm: null, residual: null, iterations: 0 },
    });
  });

  test("numbers out of range are divergence, not NaN", async () => {
    const data = { inputs: new Float64Array(40).fill(1e160), labels: Float64Array.of(1e160) };
    const result = await localHessianNorms(engine, problem, W, { data });
    expect([result.status, result.norm.length]).toEqual(["diverged", 0]);
    const H = await interactionHessianNorm(engine, problem, W, { data });
    expect(H).toEqual({ status: "diverged", norm: null, residual: null, iterations: 0 });
  });
});
