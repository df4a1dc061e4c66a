// Random orders of the samples.

import { uniform } from "./normal";

/**
 * out (n words of 32 bits) = a uniform permutation of 0 .. n-1 by Fisher and Yates: out[i] = i, then for i = n-1 .. 1
 * out[i] and out[j] change places, j = floor(u (i + 1)), u the first uniform of counter (stream, epoch, i, 0).
 */
export function shuffle(out: usize, n: u32, seed: u32, replica: u32, stream: u32, epoch: u32): void {
  for (let i: u32 = 0; i < n; ++i) store<u32>(out + ((<usize>i) << 2), i);
  for (let i = n; i-- > 1; ) {
    const j = <u32>(uniform(seed, replica, stream, epoch, i) * (<f64>i + 1.0));
    const here = out + ((<usize>i) << 2);
    const there = out + ((<usize>j) << 2);
    const value = load<u32>(here);
    store<u32>(here, load<u32>(there));
    store<u32>(there, value);
  }
}
