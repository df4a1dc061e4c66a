// Known-answer test of a module that has just been started: some engines have accepted SIMD and computed it wrongly.
// A little of everything is computed and all bits are hashed; both builds must give the committed value.

import type { Arena } from "./arena.ts";
import type { Kernels } from "./kernels.ts";
import { dataAnswer } from "./selftest-data.ts";
import { limitAnswer } from "./selftest-limit.ts";
import { momentsAnswer } from "./selftest-moments.ts";
import { populationAnswer } from "./selftest-population.ts";

/** The hash both builds must give; tests/unit/engine.test.ts checks that both do, and that a wrong kernel changes it. */
export const KNOWN_ANSWER = 2321698407;

/** FNV-1a over 32-bit words. */
export function hashWords(words: Uint32Array, hash = 0x811c9dc5): number {
  let h = hash;
  for (let i = 0; i < words.length; i++) h = Math.imul(h ^ words[i], 0x01000193);
  return h >>> 0;
}

/** Hash of what the kernels compute on fixed small tasks. */
export function selfTest(kernels: Kernels, arena: Arena): number {
  const answers = [populationAnswer, momentsAnswer, dataAnswer, limitAnswer].flatMap((answer) =>
    answer(kernels, arena),
  );
  return answers.reduce((hash, words) => hashWords(words, hash), 0x811c9dc5);
}
