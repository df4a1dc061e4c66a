import { abiVersion, heapBase, isSimd, scratchSize } from "../index";

// From as-pect.config.js; an import is named after the file that declares it.
declare function wantsSimd(): bool;

describe("build", () => {
  it("has SIMD exactly if its configuration says so", () => {
    expect<bool>(ASC_FEATURE_SIMD).toBe(wantsSimd());
    expect<bool>(isSimd()).toBe(wantsSimd());
  });

  it("says which list of exports it has and where memory is free", () => {
    expect<i32>(abiVersion()).toBe(5);
    expect<bool>(heapBase() == __heap_base).toBe(true);
  });

  it("asks for scratch that holds a Gram block, its image and its transpose, the sums and a block of the gradient", () => {
    for (let dp: usize = 4; dp <= 128; dp += 4) {
      expect<bool>(scratchSize(dp) >= (3 * 32 * 64 + 32 + 32 * dp) * 8).toBe(true);
      expect<bool>(scratchSize(dp) % 16 == 0).toBe(true);
    }
  });
});
