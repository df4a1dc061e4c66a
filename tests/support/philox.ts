// Philox4x32-10 and the numbers made of its words, written from docs/random-numbers.md as a second implementation.

function round([x0, x1, x2, x3]: number[], [k0, k1]: number[]): number[] {
  const a = BigInt(x0) * 0xd2511f53n;
  const b = BigInt(x2) * 0xcd9e8d57n;
  const high = (product: bigint) => Number(product >> 32n);
  const low = (product: bigint) => Number(product & 0xffffffffn);
  return [(high(b) ^ x1 ^ k0) >>> 0, low(b), (high(a) ^ x3 ^ k1) >>> 0, low(a)];
}

/** Four words. */
export function philox(key: readonly number[], counter: readonly number[]): number[] {
  let words = [...counter];
  let [k0, k1] = key;
  for (let r = 0; r < 10; r++) {
    words = round(words, [k0, k1]);
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return words;
}

/** Two uniforms of [0, 1). */
export function uniforms(key: readonly number[], counter: readonly number[]): [number, number] {
  const [x0, x1, x2, x3] = philox(key, counter);
  // floor(word / 2^11) in two parts: the word itself, of 64 bits, would be rounded.
  const uniform = (low: number, high: number) => (2 ** 21 * high + Math.floor(low / 2 ** 11)) * 2 ** -53;
  return [uniform(x0, x1), uniform(x2, x3)];
}

/** A standard normal. */
export function normal(key: readonly number[], counter: readonly number[]): number {
  const [u1, u2] = uniforms(key, counter);
  return Math.sqrt(-2 * Math.log(u1 + 2 ** -53)) * Math.cos(2 * Math.PI * u2);
}

/** The order of n samples in an epoch (Fisher and Yates). */
export function shuffled(n: number, seed: number, epoch: number): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(uniforms([seed, 0], [4, epoch, i, 0])[0] * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
