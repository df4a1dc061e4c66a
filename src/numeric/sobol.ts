// Scrambled Sobol' points: quasi-random points of the unit cube of any dimension.
//
// Direction numbers: S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections" (2008),
// file new-joe-kuo-6.21201, dimensions 1 to 37. Scrambling: Owen's nested uniform scrambling by a hash, after B. Burley,
// "Practical Hash-based Owen Scrambling" (2020), with the permutation of Laine and Karras. Dimensions beyond the table are
// copies of the first ones, in groups with an order of points and a scrambling of their own (Burley's padding).

/** Degree s of the primitive polynomial, its inner coefficients a as bits, m_1 .. m_s; for dimensions 2, 3, ... */
const JOE_KUO: readonly (readonly [s: number, a: number, m: readonly number[]])[] = [
  [1, 0, [1]],
  [2, 1, [1, 3]],
  [3, 1, [1, 3, 1]],
  [3, 2, [1, 1, 1]],
  [4, 1, [1, 1, 3, 3]],
  [4, 4, [1, 3, 5, 13]],
  [5, 2, [1, 1, 5, 5, 17]],
  [5, 4, [1, 1, 5, 5, 5]],
  [5, 7, [1, 1, 7, 11, 19]],
  [5, 11, [1, 1, 5, 1, 1]],
  [5, 13, [1, 1, 1, 3, 11]],
  [5, 14, [1, 3, 5, 5, 31]],
  [6, 1, [1, 3, 3, 9, 7, 49]],
  [6, 13, [1, 1, 1, 15, 21, 21]],
  [6, 16, [1, 3, 1, 13, 27, 49]],
  [6, 19, [1, 1, 1, 15, 7, 5]],
  [6, 22, [1, 3, 1, 15, 13, 25]],
  [6, 25, [1, 1, 5, 5, 19, 61]],
  [7, 1, [1, 3, 7, 11, 23, 15, 103]],
  [7, 4, [1, 3, 7, 13, 13, 15, 69]],
  [7, 7, [1, 1, 3, 13, 7, 35, 63]],
  [7, 8, [1, 3, 5, 9, 1, 25, 53]],
  [7, 14, [1, 3, 1, 13, 9, 35, 107]],
  [7, 19, [1, 3, 1, 5, 27, 61, 31]],
  [7, 21, [1, 1, 5, 11, 19, 41, 61]],
  [7, 28, [1, 3, 5, 3, 3, 13, 69]],
  [7, 31, [1, 1, 7, 13, 1, 19, 1]],
  [7, 32, [1, 3, 7, 5, 13, 19, 59]],
  [7, 37, [1, 1, 3, 9, 25, 29, 41]],
  [7, 41, [1, 3, 5, 13, 23, 1, 55]],
  [7, 42, [1, 3, 7, 3, 13, 59, 17]],
  [7, 50, [1, 3, 1, 3, 5, 53, 69]],
  [7, 55, [1, 1, 5, 5, 23, 33, 13]],
  [7, 56, [1, 1, 7, 7, 1, 61, 123]],
  [7, 59, [1, 1, 7, 9, 13, 61, 49]],
  [7, 62, [1, 3, 3, 5, 3, 55, 33]],
];

/** Dimensions of the table; a group of padded ones has as many. */
const TABLE = JOE_KUO.length + 1;

const BITS = 32;

/** The direction numbers of a dimension of the table, counted from 0, as 32-bit words. */
function directions(dimension: number): Uint32Array {
  const v = new Uint32Array(BITS);
  if (dimension === 0) {
    for (let k = 0; k < BITS; k++) v[k] = 1 << (BITS - 1 - k);
    return v;
  }
  const [s, a, m] = JOE_KUO[dimension - 1];
  for (let k = 0; k < s; k++) v[k] = m[k] << (BITS - 1 - k);
  for (let k = s; k < BITS; k++) {
    let word = v[k - s] ^ (v[k - s] >>> s);
    for (let j = 1; j < s; j++) if ((a >>> (s - 1 - j)) & 1) word ^= v[k - j];
    v[k] = word;
  }
  return v;
}

/** Point `index` of the sequence without scrambling, one coordinate, as a 32-bit word; not in Gray-code order. */
function sobolWord(v: Uint32Array, index: number): number {
  let word = 0;
  for (let k = 0, rest = index; rest !== 0; k++, rest >>>= 1) if (rest & 1) word ^= v[k];
  return word >>> 0;
}

function reverseBits(word: number): number {
  let x = word;
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return (x >>> 16) | (x << 16);
}

/** Flips each bit of a word, or not, by a hash of the seed and of the bits above it. */
export function owenScramble(word: number, seed: number): number {
  let x = (reverseBits(word) + seed) | 0;
  x ^= Math.imul(x, 0x6c50b47c);
  x ^= Math.imul(x, 0xb82f1e52);
  x ^= Math.imul(x, 0xc7afe638);
  x ^= Math.imul(x, 0x8d22f6e6);
  return reverseBits(x) >>> 0;
}

/** A hash of two words: seeds of dimensions. The finaliser is that of MurmurHash3. */
function hash(a: number, b: number): number {
  let x = (Math.imul(a, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca77)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** The plain sequence in one dimension of the table, in [0, 1), for tests. */
export function sobolPoints(dimension: number, n: number): Float64Array {
  const v = directions(dimension);
  return Float64Array.from({ length: n }, (_, i) => sobolWord(v, i) / 4294967296);
}

/**
 * Coordinate `dimension` of the first n scrambled points of the sequence with this seed, in (0, 1): words at the middle of
 * their intervals. The first 2^k points are those of every longer run, and evenly spread.
 */
export function scrambledSobol(dimension: number, n: number, seed: number): Float64Array {
  const group = Math.floor(dimension / TABLE);
  const v = directions(dimension % TABLE);
  const order = hash(seed, 2 * group);
  const scramble = hash(hash(seed, 2 * group + 1), dimension);
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    // The order of points is a nested scrambling too: it takes the first 2^k of them to 2^k successive ones.
    const index = group === 0 ? i : owenScramble(i, order);
    const word = owenScramble(sobolWord(v, index), scramble);
    out[i] = (word + 0.5) / 4294967296;
  }
  return out;
}
