// The ABI: every export of the module, nothing else. src/engine/kernels.ts gives it its TypeScript type.

export { philoxBlock } from "./random/philox";
export { addNormal, fillNormal, fillNormalSingle, fillUniform } from "./random/normal";
export { shuffle } from "./random/permutation";
export { fillSigns } from "./random/signs";
export { asin, cos, exp, log, pow, sin } from "./math/scalar";
export { polynomialAt, polynomialMap } from "./math/polynomial";
export { accumulateBlock, gramBlock, packPanels } from "./gemm/tile";
export { scratchSize } from "./population/network";
export { finishPairs, velocityPairs, velocityRows } from "./population/velocity";
export { momentRows, momentScratchSize } from "./population/moments";
export { momentVelocityRows } from "./population/moment-velocity";
export { interactionHessianRows, localHessianRows } from "./population/hessian";
export { averageStability, stabilityScratchSize } from "./population/stability";
export { energyRows, overlapRows, targetRows } from "./population/risk";
export { addScaled, gapNorms, makeTangent, retract } from "./population/sphere";
export { activationMap } from "./empirical/activation";
export { batchScratchSize, packBatch } from "./empirical/batch";
export { batchGradient, batchOutputs, finishGradient } from "./empirical/gradient";
export { batchInteractionHessian, batchLocalHessian, finishLocalHessian } from "./empirical/hessian";
export { harmonicRows, scaleRows } from "./limit/harmonics";
export { zonalMoments, zonalSeries } from "./limit/zonal";
export { monomialRate } from "./limit/monomial-rate";
export { monomialMoments, monomialSeries } from "./limit/monomials";
export { normalisePoints, pointStep } from "./limit/points";
export { panelExcess } from "./limit/panels";
export { combine, largestCombination, normalisePairs, transportRate, transportStep } from "./limit/transport";

/** Version of this list of exports; the engine refuses a module that carries another. */
export function abiVersion(): i32 {
  return 5;
}

/** Whether this is the SIMD build. */
export function isSimd(): bool {
  return ASC_FEATURE_SIMD;
}

/** First byte that is free for the caller's arrays. */
export function heapBase(): usize {
  return __heap_base;
}
