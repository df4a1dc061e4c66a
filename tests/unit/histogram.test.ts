// Histograms of |Delta|: their bins against powers computed by the host, and their sums.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binEdge, DistributionTracker, histogram, sumDistributions, sumHistograms } from "../../src/gap/histogram.ts";

/** Every particle by the bin it is in; -Infinity below all of them. */
function unfold({ below, first, counts }: ReturnType<typeof histogram>): Map<number, number> {
  const bins = new Map(counts.map((count, i): [number, number] => [first + i, count]));
  for (const [bin, count] of bins) if (count === 0) bins.delete(bin);
  if (below > 0) bins.set(Number.NEGATIVE_INFINITY, below);
  return bins;
}

describe("binEdge", () => {
  it("is 2^(j/4)", () => {
    for (let j = -200; j <= 256; j++) {
      expect(binEdge(j) / 2 ** (j / 4)).toBeCloseTo(1, 14);
      if (j % 4 === 0) expect(binEdge(j)).toBe(2 ** (j / 4));
    }
  });
});

describe("histogram", () => {
  it("puts every value between its edges", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-14, max: 1e15, noNaN: true }), (value) => {
        const { below, first, counts } = histogram(Float64Array.of(value));
        expect({ below, counts }).toEqual({ below: 0, counts: [1] });
        expect(binEdge(first)).toBeLessThanOrEqual(value);
        expect(binEdge(first + 1)).toBeGreaterThan(value);
      }),
    );
  });

  it("knows zero, the edges themselves, and what is beyond them", () => {
    expect(histogram(new Float64Array(3))).toEqual({ below: 3, first: 0, counts: [] });
    expect(histogram(new Float64Array())).toEqual({ below: 0, first: 0, counts: [] });
    expect(histogram(Float64Array.of(1, 0.5, 2))).toEqual({ below: 0, first: -4, counts: [1, 0, 0, 0, 1, 0, 0, 0, 1] });
    expect(histogram(Float64Array.of(2 ** -50, 2 ** -51))).toEqual({ below: 1, first: -200, counts: [1] });
    expect(histogram(Float64Array.of(1e300))).toEqual({ below: 0, first: 256, counts: [1] });
  });

  it("adds up: the sum of two is that of all values", () => {
    const values = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 2, noNaN: true })), { maxLength: 30 });
    fc.assert(
      fc.property(values, values, (one, other) => {
        const sum = sumHistograms([one, other].map((list) => histogram(Float64Array.from(list))));
        const all = histogram(Float64Array.from([...one, ...other]));
        expect(unfold(sum)).toEqual(unfold(all));
        expect(sum).toEqual(all);
      }),
    );
  });
});

describe("the distribution of a run", () => {
  it("keeps the largest of each particle, which is not the largest of all", () => {
    const tracker = new DistributionTracker();
    tracker.at(Float64Array.of(0, 0));
    tracker.at(Float64Array.of(1, 0.25));
    expect(tracker.at(Float64Array.of(0.25, 0.5))).toEqual({
      final: histogram(Float64Array.of(0.25, 0.5)),
      maximum: histogram(Float64Array.of(1, 0.5)),
    });
  });

  it("is none where a replica has none", () => {
    const one = new DistributionTracker().at(Float64Array.of(1));
    expect(sumDistributions([one, undefined])).toBeUndefined();
    expect(sumDistributions([])).toBeUndefined();
    expect(sumDistributions([one, one])?.final.counts).toEqual([2]);
  });
});
