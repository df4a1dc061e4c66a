// Cases that call the module's kernels themselves: what is not seen bit by bit through the public interface.

import type { Engine } from "propchaos";
import type { Engine as InnerEngine } from "../../src/engine/engine.ts";

/** The members that the published types leave out; they are there in the published package all the same. */
function inside(engine: Engine): Pick<InnerEngine, "kernels" | "arena"> {
  return engine as unknown as InnerEngine;
}

/** Seeds, replicas and rows up to the end of their range. */
const KEYS = [
  [0, 0, 0],
  [1, 7, 3],
  [0xffffffff, 0x7fffffff, 0xfffffff0],
] as const;

/** Philox words, and all that is drawn from them: uniforms, normals of both precisions, signs, a shuffle, noise. */
export function randomWords(engine: Engine): unknown {
  const { kernels, arena } = inside(engine);
  const [m, d, dp, n] = [13, 7, 8, 101];
  const { slots, free } = arena.reserve("the random numbers of a test", { out: 256 });
  const { out } = slots;
  try {
    return KEYS.map(([seed, replica, row]) => {
      const drawn: [words: number, draw: () => void][] = [
        [4, () => kernels.philoxBlock(out.address, seed, replica, 2, row, 4, 0)],
        [2 * n, () => kernels.fillUniform(out.address, n, seed, replica, 1, row)],
        [2 * m * dp, () => kernels.fillNormal(out.address, m, d, dp, seed, replica, 0, row)],
        [m * dp, () => kernels.fillNormalSingle(out.address, m, d, dp, seed, replica, 2, row)],
        [(m * dp) / 4, () => kernels.fillSigns(out.address, m, d, dp, seed, replica, 3, row)],
        [n, () => kernels.shuffle(out.address, n, seed, replica, 4, 5)],
        [2 * m * dp, () => kernels.addNormal(out.address, m, d, dp, 0.25, seed, replica, 5, 9)],
        // Points of the sphere.
        [2 * m * dp, () => kernels.retract(out.address, out.address, 0, out.address, m, dp)],
      ];
      return drawn.map(([words, draw]) => {
        draw();
        return out.words.slice(0, words);
      });
    });
  } finally {
    free();
  }
}

/** exp, log, pow, sin, cos and asin of the module over many magnitudes, up to where they overflow and vanish. */
export function elementaryFunctions(engine: Engine): unknown {
  const { exp, log, pow, sin, cos, asin } = inside(engine).kernels;
  const fine = Array.from({ length: 257 }, (_, k) => (k - 128) / 128);
  // From about 2^60 down to 2^-60; products with powers of two are exact, the host's own ** need not be.
  const wide: number[] = [];
  for (let power = 0x1000000000000000; wide.length < 121; power /= 2) wide.push(power * (1 + wide.length / 128));
  return {
    exp: Float64Array.from([...fine, ...fine.map((x) => 745 * x)], exp),
    log: Float64Array.from([...fine.map((x) => x + 2), ...wide], log),
    pow: Float64Array.from(wide, (x, k) => pow(x, fine[k])),
    sin: Float64Array.from([...fine.map((x) => 40 * x), ...wide], sin),
    cos: Float64Array.from([...fine.map((x) => 40 * x), ...wide], cos),
    asin: Float64Array.from(fine, asin),
  };
}
