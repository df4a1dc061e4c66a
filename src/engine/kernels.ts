// The exports of the Wasm module, as assembly/index.ts lists them. Addresses and sizes are numbers; sizes count
// elements. What each function computes stands above it in assembly/.

/** A byte address in the module's memory. */
export type Address = number;

export interface Kernels {
  memory: WebAssembly.Memory;
  abiVersion(): number;
  isSimd(): number;
  heapBase(): Address;

  philoxBlock(out: Address, key0: number, key1: number, c0: number, c1: number, c2: number, c3: number): void;
  fillUniform(out: Address, n: number, seed: number, replica: number, stream: number, row: number): void;
  fillNormal(
    out: Address,
    rows: number,
    d: number,
    stride: number,
    seed: number,
    replica: number,
    stream: number,
    firstRow: number,
  ): void;

  exp(x: number): number;
  log(x: number): number;
  pow(x: number, y: number): number;
  sin(x: number): number;
  cos(x: number): number;
  asin(x: number): number;
  polynomialAt(polynomial: Address, s: number): number;
  polynomialMap(polynomial: Address, values: Address, out: Address, n: number): void;

  packPanels(W: Address, m: number, d: number, dp: number, panels: Address): void;
  gramBlock(A: Address, rows: number, B: Address, columns: number, d: number, S: Address): void;
  accumulateBlock(S: Address, rows: number, columns: number, W: Address, dp: number, G: Address): void;
  scratchSize(dp: number): number;
  velocityRows(network: Address, V: Address, first: number, last: number, euclidean: boolean): void;
  energyRows(network: Address, out: Address, first: number, last: number): void;
  targetRows(network: Address, out: Address): void;
  addScaled(out: Address, x: Address, factor: number, y: Address, n: number): void;
  retract(W: Address, V: Address, eta: number, out: Address, m: number, dp: number): number;
  gapNorms(
    W: Address,
    W0: Address,
    alpha: Address,
    stretch: Address,
    m: number,
    d: number,
    dp: number,
    out: Address,
  ): void;

  zonalSeries(t: Address, n: number, table: Address, coefficients: Address, degree: number, out: Address): void;
  zonalMoments(
    t: Address,
    weights: Address,
    n: number,
    table: Address,
    degree: number,
    partial: Address,
    out: Address,
  ): void;
  transportRate(state: Address, psi: Address, n: number, rate: Address): void;
  combine(out: Address, base: Address, terms: Address, factors: Address, count: number, n: number): void;
  largest(values: Address, n: number): number;
  normalisePairs(state: Address, n: number): number;
  transportStep(state: Address, psi: Address, radial: Address, eta: number, n: number): number;
}

/** The list of exports this package was built for. */
export const ABI_VERSION = 1;
