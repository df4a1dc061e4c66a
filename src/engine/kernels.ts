// The exports of the Wasm module, as assembly/index.ts lists them. Addresses and sizes are numbers; sizes count
// elements. What each function computes stands above it in assembly/.

/** A byte address in the module's memory. */
export type Address = number;

export interface Kernels {
  /** @internal Left out of the published types: those of Node without the DOM do not know it. */
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
  /** As fillNormal; `out` is an array of float32. */
  fillNormalSingle(
    out: Address,
    rows: number,
    d: number,
    stride: number,
    seed: number,
    replica: number,
    stream: number,
    firstRow: number,
  ): void;
  /** As fillNormal; `out` is an array of int8. */
  fillSigns(
    out: Address,
    rows: number,
    d: number,
    stride: number,
    seed: number,
    replica: number,
    stream: number,
    firstRow: number,
  ): void;
  addNormal(
    V: Address,
    m: number,
    d: number,
    dp: number,
    factor: number,
    seed: number,
    replica: number,
    stream: number,
    step: number,
  ): void;
  /** `out` is an array of 32-bit words. */
  shuffle(out: Address, n: number, seed: number, replica: number, stream: number, epoch: number): void;

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
  velocityPairs(network: Address, V: Address, sums: Address, first: number, last: number, euclidean: boolean): void;
  finishPairs(network: Address, V: Address, sums: Address, first: number, last: number, euclidean: boolean): void;
  /** Bytes. */
  momentScratchSize(rows: number, d: number): number;
  momentRows(moments: Address, W: Address, signs: Address, d: number, dp: number, first: number, last: number): void;
  momentVelocityRows(
    network: Address,
    moments: Address,
    V: Address,
    first: number,
    last: number,
    euclidean: boolean,
  ): void;
  localHessianRows(network: Address, V: Address, panels: Address, out: Address, first: number, last: number): void;
  interactionHessianRows(
    network: Address,
    panels: Address,
    X: Address,
    out: Address,
    first: number,
    last: number,
  ): void;
  energyRows(network: Address, out: Address, first: number, last: number): void;
  /** Bytes. */
  stabilityScratchSize(): number;
  averageStability(
    panels: Address,
    alpha: Address,
    gamma: Address,
    m: number,
    d: number,
    derivative: Address,
    curvature: Address,
    squares: Address,
    count: number,
    first: number,
    last: number,
    scratch: Address,
    out: Address,
  ): void;
  overlapRows(network: Address, panels: Address, signs: Address, out: Address, first: number, last: number): void;
  targetRows(network: Address, out: Address, first: number, last: number): void;
  addScaled(out: Address, x: Address, factor: number, y: Address, n: number): void;
  makeTangent(W: Address, V: Address, m: number, dp: number): void;
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

  activationMap(activation: Address, values: Address, out: Address, n: number): void;
  /** Bytes. */
  batchScratchSize(width: number, dimension: number, stride: number, single: number): number;
  packBatch(batch: Address): void;
  batchGradient(batch: Address, first: number, last: number, G: Address): number;
  batchOutputs(batch: Address, first: number, last: number, out: Address): void;
  finishGradient(
    W: Address,
    G: Address,
    signs: Address,
    count: number,
    euclidean: boolean,
    m: number,
    d: number,
    dp: number,
  ): void;
  batchLocalHessian(
    batch: Address,
    slope: Address,
    panels: Address,
    first: number,
    last: number,
    D: Address,
    radial: Address,
  ): void;
  batchInteractionHessian(
    batch: Address,
    slope: Address,
    panels: Address,
    first: number,
    last: number,
    G: Address,
  ): void;
  finishLocalHessian(
    W: Address,
    V: Address,
    D: Address,
    radial: Address,
    signs: Address,
    count: number,
    m: number,
    d: number,
    dp: number,
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
  largestCombination(terms: Address, factors: Address, count: number, n: number): number;
  normalisePairs(state: Address, n: number): number;
  transportStep(state: Address, psi: Address, radial: Address, eta: number, n: number): number;

  panelExcess(
    values: Address,
    count: number,
    watched: Address,
    importance: Address,
    criterion: Address,
    rounding: number,
  ): number;

  harmonicRows(
    state: Address,
    factors: Address,
    n: number,
    table: Address,
    j: number,
    top: number,
    select: Address,
    coefficients: Address,
    rows: number,
    g: Address,
    slopeRows: Address,
    slopeNodes: Address,
    ratioRows: Address,
    ratioNodes: Address,
  ): void;
  scaleRows(values: Address, factors: Address, n: number, dp: number): void;

  monomialMoments(
    state: Address,
    weights: Address,
    n: number,
    first: number,
    last: number,
    columns: number,
    runs: Address,
    runCount: number,
    count: number,
    scratch: Address,
    partial: Address,
    out: Address,
  ): void;
  monomialSeries(
    state: Address,
    n: number,
    first: number,
    last: number,
    columns: number,
    runs: Address,
    runCount: number,
    coefficients: Address,
    count: number,
    scratch: Address,
    out: Address,
  ): void;
  monomialRate(
    state: Address,
    n: number,
    first: number,
    last: number,
    columns: number,
    runs: Address,
    runCount: number,
    innerRuns: number,
    coefficients: Address,
    count: number,
    inner: number,
    scratch: Address,
    rate: Address,
  ): void;
  normalisePoints(state: Address, n: number, columns: number): number;
  pointStep(
    state: Address,
    rate: Address,
    radial: Address,
    eta: number,
    n: number,
    first: number,
    last: number,
    columns: number,
  ): number;
}

/** The list of exports this package was built for. */
export const ABI_VERSION = 5;
