// How |Delta| is spread over the particles of a width, as counts on bins that grow by the factor 2^(1/4): bin j holds
// 2^(j/4) <= |Delta| < 2^((j+1)/4). Counts of replicas add up, and the edges are products of square roots and powers of 2,
// which every host computes alike.

/** Counts of particles by |Delta|. */
export interface Histogram {
  /** Particles with |Delta| below 2^-50, as all are at the start. */
  below: number;
  /** j of the first bin in `counts`; 0 where there is none. */
  first: number;
  /** Particles of bins first, first + 1, ...; the first and the last are not 0. Bin j is 2^(j/4) <= |Delta| < 2^((j+1)/4). */
  counts: number[];
}

/** How |Delta| is spread: at one time, and its largest value up to then over the recorded times. */
export interface Distribution {
  final: Histogram;
  maximum: Histogram;
}

/** Bins of an octave. */
const OCTAVE = 4;
/** j of the first and of the last edge; the last bin has no upper end. */
const FIRST = -50 * OCTAVE;
const LAST = 64 * OCTAVE;

const ROOT = Math.sqrt(Math.sqrt(2));
const WITHIN = [1, ROOT, Math.sqrt(2), Math.sqrt(2) * ROOT];

/** 2^(j/4) for an integer j. */
export function binEdge(j: number): number {
  const octave = Math.floor(j / OCTAVE);
  let edge = WITHIN[j - octave * OCTAVE];
  for (let i = 0; i < octave; i++) edge *= 2;
  for (let i = 0; i > octave; i--) edge /= 2;
  return edge;
}

const EDGES = Float64Array.from({ length: LAST - FIRST + 1 }, (_, i) => binEdge(FIRST + i));

/** How many edges are at most x. */
function edgesUpTo(x: number): number {
  let low = 0;
  let high = EDGES.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (EDGES[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Without the empty bins at both ends. */
function trimmed(below: number, first: number, counts: readonly number[]): Histogram {
  const from = counts.findIndex((count) => count > 0);
  if (from < 0) return { below, first: 0, counts: [] };
  let to = counts.length;
  while (counts[to - 1] === 0) to--;
  return { below, first: first + from, counts: counts.slice(from, to) };
}

/** Counts of values of at least 0. */
export function histogram(values: Float64Array): Histogram {
  const counts = new Array<number>(EDGES.length + 1).fill(0);
  for (const value of values) counts[edgesUpTo(value)]++;
  return trimmed(counts[0], FIRST, counts.slice(1));
}

/** The counts of all of them together. */
export function sumHistograms(histograms: readonly Histogram[]): Histogram {
  const filled = histograms.filter(({ counts }) => counts.length > 0);
  const below = histograms.reduce((sum, one) => sum + one.below, 0);
  const first = filled.reduce((least, one) => Math.min(least, one.first), LAST);
  const end = filled.reduce((most, { first, counts }) => Math.max(most, first + counts.length), first);
  const counts = new Array<number>(end - first).fill(0);
  for (const one of filled)
    one.counts.forEach((count, i) => {
      counts[one.first - first + i] += count;
    });
  return trimmed(below, first, counts);
}

/** Follows the particles of one network. */
export class DistributionTracker {
  private largest = new Float64Array(0);

  /** |Delta| of the particles at a record, in the order of the records. */
  at(delta: Float64Array): Distribution {
    const { largest } = this;
    this.largest = delta.map((value, i) => (i < largest.length ? Math.max(value, largest[i]) : value));
    return { final: histogram(delta), maximum: histogram(this.largest) };
  }
}

/** The distribution over all replicas of a width, each at its last record; none where one has none. */
export function sumDistributions(all: readonly (Distribution | undefined)[]): Distribution | undefined {
  const known = all.filter((one) => one !== undefined);
  if (known.length === 0 || known.length < all.length) return undefined;
  return {
    final: sumHistograms(known.map(({ final }) => final)),
    maximum: sumHistograms(known.map(({ maximum }) => maximum)),
  };
}
