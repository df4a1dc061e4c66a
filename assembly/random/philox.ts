// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
// 1, 2, 3" (SC 2011). A block of four 32-bit words is a pure function of a 128-bit counter and a 64-bit key, so any
// number of any stream can be had in any order, on any machine.
//
// propchaos uses  key = (seed, replica)  and  counter = (stream, i, c, 0):  row i (a particle, a data point),
// coordinate c; noise has its time step in the fourth word.  Streams are numbered in src/engine/random.ts.

const M0: u64 = 0xd2511f53;
const M1: u64 = 0xcd9e8d57;
const W0: u32 = 0x9e3779b9; // golden ratio
const W1: u32 = 0xbb67ae85; // sqrt(3) - 1

/** The four words of the last call of `philox`. */
export let word0: u32 = 0;
export let word1: u32 = 0;
export let word2: u32 = 0;
export let word3: u32 = 0;

/** Ten rounds; the result is left in word0 .. word3. */
export function philox(key0: u32, key1: u32, counter0: u32, counter1: u32, counter2: u32, counter3: u32): void {
  let k0 = key0;
  let k1 = key1;
  let x0 = counter0;
  let x1 = counter1;
  let x2 = counter2;
  let x3 = counter3;
  for (let round = 0; round < 10; ++round) {
    const p0 = M0 * <u64>x0;
    const p1 = M1 * <u64>x2;
    const y0 = <u32>(p1 >> 32) ^ x1 ^ k0;
    const y2 = <u32>(p0 >> 32) ^ x3 ^ k1;
    x1 = <u32>p1;
    x3 = <u32>p0;
    x0 = y0;
    x2 = y2;
    k0 += W0;
    k1 += W1;
  }
  word0 = x0;
  word1 = x1;
  word2 = x2;
  word3 = x3;
}

/** Writes the four words of one block to `out` (u32[4]). */
export function philoxBlock(
  out: usize,
  key0: u32,
  key1: u32,
  counter0: u32,
  counter1: u32,
  counter2: u32,
  counter3: u32,
): void {
  philox(key0, key1, counter0, counter1, counter2, counter3);
  store<u32>(out, word0, 0);
  store<u32>(out, word1, 4);
  store<u32>(out, word2, 8);
  store<u32>(out, word3, 12);
}
