// What is seen in the figures of gap reports: every word, tick, colour, dash and place. The documents behind them are closed
// forms, m E|Delta|^2 = t^2 / 100 and the like (fixtures.ts), so that each line can be checked by hand: the first panel is linear from 0
// to 1.08 times the upper end of its highest band, the others are logarithmic and end a factor 1.15 beyond what they show.

import { describe, expect, it } from "vitest";
import { figures } from "../../src/plot/index.ts";
import { gapFixture, theoryFixture } from "./fixtures.ts";
import { besideReference, nothing, sweep, withDistribution } from "./plot-documents.ts";
import { reading } from "./plot-reading.ts";

describe("figures of a gap report", () => {
  it("gap: risk, both collapsing curves with bands, and the slope", async () => {
    expect(await reading(figures.gap(gapFixture([16, 64])))).toMatchInlineSnapshot(`
      "Approximation gap of He4, d = 8
      projected gradient descent, Riemannian gradient, step 0.02; 4 seeds (seed 1)
      bands and bars: one standard error; left out: points below the error of the limit (1.0e-10)
      legend above, width m: 16 #f79044 1,0 | 64 #0d0887 1,0 | ∞ (limit) #000000 5,3
      --- panel at (0, 0)
      Risk of networks and of their limit
      population risk; the dashed line is infinite width
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y linear: 0.0 0.2 0.4 0.6 0.8 1.0 1.2, risk
      area 16: 10 points (0, 39) (360, 203) (360, 199) (0, 18), fill #f79044 0.18, clipped
      area 64: 10 points (0, 48) (360, 211) (360, 208) (0, 28), fill #0d0887 0.18, clipped
      line 16: 5 points (0, 28) (360, 201), #f79044 1.6 1,0
      line 64: 5 points (0, 38) (360, 210), #0d0887 1.6 1,0
      line ∞ (limit): 5 points (0, 41) (360, 213), #000000 1.8 5,3
      --- panel at (440, 0)
      m E|Δ|²
      one curve for all widths where it falls as 1/m
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 0.005 0.01 0.02, m E|Δ|²
      area 16: 8 points (90, 229) (360, 18) (360, 11) (90, 222), fill #f79044 0.18, clipped
      area 64: 8 points (90, 229) (360, 18) (360, 11) (90, 222), fill #0d0887 0.18, clipped
      line 16: 4 points (90, 225) (360, 14), #f79044 1.6 1,0
      line 64: 4 points (90, 225) (360, 14), #0d0887 1.6 1,0
      point 16: (90, 225) (180, 120) (270, 58) (360, 14), circle 1.9 2 1,0 fill #f79044 1
      point 64: (90, 225) (180, 120) (270, 58) (360, 14), circle 1.9 2 1,0 fill #0d0887 1
      --- panel at (0, 348)
      m × function gap
      squared L² distance of network and limit, times m:
      one curve for all widths where it falls as 1/m
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 0.005 0.01 0.02 0.05, m × function gap
      area 16: 8 points (90, 229) (360, 18) (360, 11) (90, 222), fill #f79044 0.18, clipped
      area 64: 8 points (90, 229) (360, 18) (360, 11) (90, 222), fill #0d0887 0.18, clipped
      line 16: 4 points (90, 225) (360, 14), #f79044 1.6 1,0
      line 64: 4 points (90, 225) (360, 14), #0d0887 1.6 1,0
      point 16: (90, 225) (180, 120) (270, 58) (360, 14), circle 1.9 2 1,0 fill #f79044 1
      point 64: (90, 225) (180, 120) (270, 58) (360, 14), circle 1.9 2 1,0 fill #0d0887 1
      --- panel at (440, 348)
      E|Δ| at t = 2
      slope −0.500 (95%: −0.520 to −0.480)
      dotted: slope −1/2, as in theory
      grid across
      x log: 16 64, width m
      y log: 0.02 0.025 0.03 0.04, E|Δ|
      line: 2 points (30, 42) (330, 197), #888888 1.2 1,3, clipped
      line: 2 points (30, 42) (330, 197), #444444 1.2, clipped
      rule 16: (30, 54) to (30, 31), #f79044 1.6
      rule 64: (330, 209) to (330, 186), #0d0887 1.6
      point 16: (30, 42), circle 3.9 2 fill #f79044 1
      point 64: (330, 197), circle 3.9 2 fill #0d0887 1"
    `);
  });

  it("delta: corrected beside a reference network, one width without a slope", async () => {
    const report = besideReference();
    report.widths[0].resolved = { ...report.widths[0].resolved, delta: [false, true, true, false, false] };
    expect(await reading(figures.delta(report))).toMatchInlineSnapshot(`
      "Distances |Δ| of He4, d = 8
      projected gradient descent, Riemannian gradient, step 0.02; 4 seeds (seed 1)
      bands and bars: one standard error; left out: points below the error of the limit (1.0e-10)
      legend above, width m: 16 #f79044 1,0 | 64 #0d0887 1,0
      --- panel at (0, 0)
      m E|Δ|²
      one curve for all widths where it falls as 1/m
      corrected by M / (M − m) for the reference width M
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 0.005 0.01 0.02 0.05, m E|Δ|²
      area 16: 4 points (90, 231) (180, 141) (180, 135) (90, 224), fill #f79044 0.18, clipped
      area 64: 8 points (90, 195) (360, 16) (360, 9) (90, 188), fill #0d0887 0.18, clipped
      line 16: 2 points (90, 228) (180, 138), #f79044 1.6 1,0
      line 64: 4 points (90, 191) (360, 12), #0d0887 1.6 1,0
      point 16: (90, 228) (180, 138), circle 1.9 2 1,0 fill #f79044 1
      point 64: (90, 191) (180, 102) (270, 49) (360, 12), circle 1.9 2 1,0 fill #0d0887 1
      --- panel at (440, 0)
      m (E|Δ|)²
      one curve for all widths where it falls as 1/m
      corrected by M / (M − m) for the reference width M
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 0.002 0.005 0.01 0.02 0.05, m (E|Δ|)²
      area 16: 4 points (90, 231) (180, 141) (180, 135) (90, 224), fill #f79044 0.18, clipped
      area 64: 8 points (90, 195) (360, 16) (360, 9) (90, 188), fill #0d0887 0.18, clipped
      line 16: 2 points (90, 228) (180, 138), #f79044 1.6 1,0
      line 64: 4 points (90, 191) (360, 12), #0d0887 1.6 1,0
      point 16: (90, 228) (180, 138), circle 1.9 2 1,0 fill #f79044 1
      point 64: (90, 191) (180, 102) (270, 49) (360, 12), circle 1.9 2 1,0 fill #0d0887 1
      --- panel at (0, 362)
      E|Δ| at t = 2
      one width: no slope
      grid across
      x log: 64, width m
      y log: 0.02, E|Δ|
      rule 64: (180, 152) to (180, 88), #0d0887 1.6
      point 64: (180, 119), circle 3.9 2 fill #0d0887 1"
    `);
  });

  it("functionGap: the gap itself and times m", async () => {
    expect(await reading(figures.functionGap(besideReference()))).toMatchInlineSnapshot(`
      "Function gap of He4, d = 8
      projected gradient descent, Riemannian gradient, step 0.02; 4 seeds (seed 1)
      bands and bars: one standard error; left out: points below the error of the limit (1.0e-10)
      legend above, width m: 16 #f79044 1,0 | 64 #0d0887 1,0
      --- panel at (0, 0)
      function gap
      squared L² distance of network and limit
      corrected by M / (M − m) for the reference width M
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 2·10⁻⁴ 5·10⁻⁴ 10⁻³ 2·10⁻³ 5·10⁻³, function gap
      area 16: 8 points (90, 182) (360, 14) (360, 8) (90, 176), fill #f79044 0.18, clipped
      area 64: 8 points (90, 232) (360, 64) (360, 58) (90, 226), fill #0d0887 0.18, clipped
      line 16: 4 points (90, 179) (360, 11), #f79044 1.6 1,0
      line 64: 4 points (90, 228) (360, 61), #0d0887 1.6 1,0
      point 16: (90, 179) (180, 95) (270, 46) (360, 11), circle 1.9 2 1,0 fill #f79044 1
      point 64: (90, 228) (180, 145) (270, 96) (360, 61), circle 1.9 2 1,0 fill #0d0887 1
      --- panel at (440, 0)
      m × function gap
      one curve for all widths where it falls as 1/m
      corrected by M / (M − m) for the reference width M
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 0.005 0.01 0.02 0.05 0.1, m × function gap
      area 16: 8 points (90, 231) (360, 52) (360, 45) (90, 224), fill #f79044 0.18, clipped
      area 64: 8 points (90, 195) (360, 16) (360, 9) (90, 188), fill #0d0887 0.18, clipped
      line 16: 4 points (90, 228) (360, 48), #f79044 1.6 1,0
      line 64: 4 points (90, 191) (360, 12), #0d0887 1.6 1,0
      point 16: (90, 228) (180, 138) (270, 86) (360, 48), circle 1.9 2 1,0 fill #f79044 1
      point 64: (90, 191) (180, 102) (270, 49) (360, 12), circle 1.9 2 1,0 fill #0d0887 1
      --- panel at (0, 362)
      function gap at t = 2
      slope −1.000
      dotted: slope −1, as in theory
      grid across
      x log: 16 64, width m
      y log: 0.0025 0.003 0.004 0.005 0.006, function gap
      line: 2 points (30, -18) (330, 258), #888888 1.2 1,3, clipped
      line: 2 points (30, -18) (330, 258), #444444 1.2, clipped
      rule 16: (30, 48) to (30, 28), #f79044 1.6
      rule 64: (330, 212) to (330, 192), #0d0887 1.6
      point 16: (30, 38), circle 3.9 2 fill #f79044 1
      point 64: (330, 202), circle 3.9 2 fill #0d0887 1"
    `);
  });

  it("risk: without the records that are no numbers", async () => {
    const report = gapFixture([16]);
    report.widths[0].loss.mean[4] = Number.NaN;
    report.meanField.loss[3] = Number.NaN;
    expect(await reading(figures.risk(report))).toMatchInlineSnapshot(`
      "Risk of He4, d = 8
      projected gradient descent, Riemannian gradient,
      step 0.02; 4 seeds (seed 1)
      bands and bars: one standard error
      legend above, width m: 16 #ad2791 1,0 | ∞ (limit) #000000 5,3
      --- panel at (0, 0)
      Risk of networks and of their limit
      population risk; the dashed line is infinite width
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y linear: 0.0 0.2 0.4 0.6 0.8 1.0 1.2, risk
      area 16: 8 points (0, 39) (270, 186) (270, 180) (0, 18), fill #ad2791 0.18, clipped
      line 16: 4 points (0, 28) (270, 183), #ad2791 1.6 1,0
      line ∞ (limit): 4 points (0, 41) (360, 213), #000000 1.8 5,3"
    `);
  });

  it("distribution: steps with vertical ends", async () => {
    expect(await reading(figures.distribution(withDistribution()))).toMatchInlineSnapshot(`
      "Distribution of |Δ| of He4, d = 8
      projected gradient descent, Riemannian gradient, step 0.02; 4 seeds (seed 1)
      legend above, width m: 16 #f79044 1,0 | 64 #0d0887 1,0
      --- panel at (0, 0)
      |Δ| at the end
      at t = 2
      grid across
      x log: 0.15 0.2 0.3, |Δ|
      y linear: 0.0 0.1 0.2 0.3 0.4, share of particles per bin
      line 16: 9 points (201, 240) (326, 240), #f79044 1.5 1,0
      line 64: 9 points (34, 240) (159, 240), #0d0887 1.5 1,0
      --- panel at (440, 0)
      √m |Δ| at the end
      at t = 2
      grid across
      x log: 0.9 1 1.2 1.5, √m |Δ|
      y linear: 0.0 0.1 0.2 0.3 0.4, share of particles per bin
      line 16: 9 points (63, 240) (297, 240), #f79044 1.5 1,0
      line 64: 9 points (63, 240) (297, 240), #0d0887 1.5 1,0
      --- panel at (0, 336)
      Largest |Δ|
      of each particle over the recorded times
      grid across
      x log: 0.5 0.6, |Δ|
      y linear: 0.0 0.2 0.4 0.6 0.8 1.0, share of particles per bin
      line 16: 5 points (111, 240) (249, 240), #f79044 1.5 1,0
      line 64: 5 points (111, 240) (249, 240), #0d0887 1.5 1,0
      --- panel at (440, 336)
      Largest √m |Δ|
      of each particle over the recorded times
      grid across
      x log: 2 3 5, √m |Δ|
      y linear: 0.0 0.2 0.4 0.6 0.8 1.0, share of particles per bin
      line 16: 5 points (44, 240) (98, 240), #f79044 1.5 1,0
      line 64: 5 points (262, 240) (316, 240), #0d0887 1.5 1,0"
    `);
  });

  it("theory: four curves of the widest network, and widths beside their limits", async () => {
    expect(await reading(figures.theory(theoryFixture([16, 64])))).toMatchInlineSnapshot(`
      "Theory of the gap of He4, d = 8
      projected gradient descent, Riemannian gradient, step 0.02; 4 seeds (seed 1)
      limits of large m are those of gradient flow
      --- panel at (0, 0)
      E|Δ| of one network, m = 64
      at t = 2: prediction off by 3.1%; bounds 3× and 5·10⁴¹× that
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 0.005 0.01 0.02 0.05 0.1 0.2, E|Δ|
      legend above: measured #222222 1,0 | predicted #f79044 4,4 | Volterra #8305a7 1,0 | Gronwall #5a7d9a 1,0
      line measured: 4 points (90, 231) (360, 147), #222222 2.2 1,0, clipped
      line predicted: 4 points (90, 232) (360, 148), #f79044 2.2 4,4, clipped
      line Volterra: 4 points (90, 206) (360, 81), #8305a7 1.8 1,0, clipped
      line Gronwall: 1 points (90, -1215) (90, -1215), #5a7d9a 1.8 1,0, clipped
      --- panel at (440, 0)
      relative error of the prediction
      first network of each width; falls as 1/√m
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 0.01 0.02 0.05 0.1, relative error of the prediction
      legend above, width m: 16 #f79044 1,0 | 64 #0d0887 1,0 | ∞ (limit) #000000 5,3
      line 16: 4 points (90, 120) (360, 11), #f79044 1.6 1,0
      line 64: 4 points (90, 229) (360, 120), #0d0887 1.6 1,0
      point 16: (90, 120) (180, 65) (270, 34) (360, 11), circle 1.9 2 1,0 fill #f79044 1
      point 64: (90, 229) (180, 175) (270, 143) (360, 120), circle 1.9 2 1,0 fill #0d0887 1
      --- panel at (0, 336)
      m E|Δ|²
      mean squared distance; dashed: limit of large m
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 0.005 0.01 0.02, m E|Δ|²
      area 16: 8 points (90, 229) (360, 18) (360, 11) (90, 222), fill #f79044 0.18, clipped
      area 64: 8 points (90, 229) (360, 18) (360, 11) (90, 222), fill #0d0887 0.18, clipped
      line 16: 4 points (90, 225) (360, 14), #f79044 1.6 1,0
      line 64: 4 points (90, 225) (360, 14), #0d0887 1.6 1,0
      point 16: (90, 225) (180, 120) (270, 58) (360, 14), circle 1.9 2 1,0 fill #f79044 1
      point 64: (90, 225) (180, 120) (270, 58) (360, 14), circle 1.9 2 1,0 fill #0d0887 1
      line ∞ (limit): 4 points (90, 225) (360, 14), #000000 1.8 5,3
      --- panel at (440, 336)
      m × function gap
      squared L² distance; dashed: limit of large m
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 0.005 0.01 0.02 0.05, m × function gap
      area 16: 8 points (90, 229) (360, 18) (360, 11) (90, 222), fill #f79044 0.18, clipped
      area 64: 8 points (90, 229) (360, 18) (360, 11) (90, 222), fill #0d0887 0.18, clipped
      line 16: 4 points (90, 225) (360, 14), #f79044 1.6 1,0
      line 64: 4 points (90, 225) (360, 14), #0d0887 1.6 1,0
      point 16: (90, 225) (180, 120) (270, 58) (360, 14), circle 1.9 2 1,0 fill #f79044 1
      point 64: (90, 225) (180, 120) (270, 58) (360, 14), circle 1.9 2 1,0 fill #0d0887 1
      line ∞ (limit): 4 points (90, 225) (360, 14), #000000 1.8 5,3"
    `);
  });

  it("axes without curves where nothing was recorded", async () => {
    const report = Object.assign({ ...nothing }, { theory: { constants: null, networks: [] } });
    expect(await reading(figures.risk(report))).toMatchInlineSnapshot(`
      "Risk of He4, d = 8
      projected gradient descent, Riemannian gradient,
      step 0.02; 4 seeds (seed 1); diverged
      bands and bars: one standard error
      legend above, width m: ∞ (limit) #000000 5,3
      --- panel at (0, 0)
      Risk of networks and of their limit
      population risk; the dashed line is infinite width
      grid across
      x linear: 0.0 0.2 0.4 0.6 0.8 1.0, flow time t
      y linear: 0.0 0.2 0.4 0.6 0.8 1.0, risk"
    `);
    expect(await reading(figures.delta(report))).toMatchInlineSnapshot(`
      "Distances |Δ| of He4, d = 8
      projected gradient descent, Riemannian gradient,
      step 0.02; 4 seeds (seed 1); diverged
      bands and bars: one standard error;
      left out: points below the error of the limit
      --- panel at (0, 0)
      m E|Δ|²
      no positive number that stands above the error of the limit
      grid across
      x linear: 0.0 0.2 0.4 0.6 0.8 1.0, flow time t
      y linear: 0.0 0.2 0.4 0.6 0.8 1.0, m E|Δ|²"
    `);
    expect(await reading(figures.functionGap(report))).toMatchInlineSnapshot(`
      "Function gap of He4, d = 8
      projected gradient descent, Riemannian gradient,
      step 0.02; 4 seeds (seed 1); diverged
      bands and bars: one standard error;
      left out: points below the error of the limit
      --- panel at (0, 0)
      function gap
      no positive number that stands above the error of the limit
      grid across
      x linear: 0.0 0.2 0.4 0.6 0.8 1.0, flow time t
      y linear: 0.0 0.2 0.4 0.6 0.8 1.0, function gap"
    `);
    expect(await reading(figures.theory(report))).toMatchInlineSnapshot(`
      "Theory of the gap of He4, d = 8
      projected gradient descent, Riemannian gradient,
      step 0.02; 4 seeds (seed 1); diverged
      --- panel at (0, 0)
      E|Δ| of one network
      no network was computed
      grid across
      x linear: 0.0 0.2 0.4 0.6 0.8 1.0, flow time t
      y log: 0.001 0.01 0.1 1, E|Δ|
      legend above: measured #222222 1,0 | predicted #f79044 4,4 | Volterra #8305a7 1,0 | Gronwall #5a7d9a 1,0"
    `);
  });
});

describe("figures.sweep", () => {
  it("m E|Delta|^2: small panels on one axis", async () => {
    expect(await reading(figures.sweep(sweep()))).toMatchInlineSnapshot(`
      "Sweep: m E|Δ|² over 3 combinations
      one panel a combination, all with the same vertical axis; bands: one standard error
      legend above, width m: 16 #f79044 1,0 | 64 #ad2791 1,0 | 256 #0d0887 1,0
      --- panel at (0, 0)
      He4, d = 8
      step 0.02
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 0.005 0.01 0.02, m E|Δ|²
      area 16: 8 points (55, 143) (220, 11) (220, 7) (55, 139), fill #f79044 0.18, clipped
      area 64: 8 points (55, 143) (220, 11) (220, 7) (55, 139), fill #ad2791 0.18, clipped
      line 16: 4 points (55, 141) (220, 9), #f79044 1.4 1,0, clipped
      line 64: 4 points (55, 141) (220, 9), #ad2791 1.4 1,0, clipped
      --- panel at (300, 0)
      He4, d = 16
      step 0.1
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 0.005 0.01 0.02, m E|Δ|²
      area 64: 8 points (55, 143) (220, 11) (220, 7) (55, 139), fill #ad2791 0.18, clipped
      area 256: 8 points (55, 143) (220, 11) (220, 7) (55, 139), fill #0d0887 0.18, clipped
      line 64: 4 points (55, 141) (220, 9), #ad2791 1.4 1,0, clipped
      line 256: 4 points (55, 141) (220, 9), #0d0887 1.4 1,0, clipped"
    `);
  });

  it("the risk, from zero, with limits of one name", async () => {
    expect(await reading(figures.sweep(sweep([1]), { statistic: "risk" }))).toMatchInlineSnapshot(`
      "Sweep: risk over 3 combinations
      one panel a combination, all with the same vertical axis; bands: one standard error
      incomplete: 1 task is missing, 1 without any result
      legend above, width m: 16 #f79044 1,0 | 64 #ad2791 1,0 | 256 #0d0887 1,0 | ∞ #000000 5,3
      --- panel at (0, 0)
      He4, d = 8
      step 0.02
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y linear: 0.0 0.2 0.4 0.6 0.8 1.0 1.2, risk
      area 16: 10 points (0, 24) (220, 127) (220, 124) (0, 11), fill #f79044 0.18, clipped
      area 64: 10 points (0, 30) (220, 132) (220, 130) (0, 17), fill #ad2791 0.18, clipped
      line 16: 5 points (0, 18) (220, 125), #f79044 1.4 1,0, clipped
      line 64: 5 points (0, 24) (220, 131), #ad2791 1.4 1,0, clipped
      line ∞: 5 points (0, 26) (220, 133), #000000 1.4 5,3, clipped
      --- panel at (300, 0)
      He4, d = 16
      step 0.1
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y linear: 0.0 0.2 0.4 0.6 0.8 1.0 1.2, risk
      area 64: 10 points (0, 30) (220, 132) (220, 130) (0, 17), fill #ad2791 0.18, clipped
      area 256: 10 points (0, 31) (220, 134) (220, 132) (0, 19), fill #0d0887 0.18, clipped
      line 64: 5 points (0, 24) (220, 131), #ad2791 1.4 1,0, clipped
      line 256: 5 points (0, 25) (220, 133), #0d0887 1.4 1,0, clipped
      line ∞: 5 points (0, 26) (220, 133), #000000 1.4 5,3, clipped"
    `);
  });

  it("the function gap of one record is a point", async () => {
    const [one] = sweep().results;
    const report = gapFixture([16], { time: Float64Array.of(0, 0.5) });
    expect(
      await reading(figures.sweep({ ...sweep(), results: [{ ...one, report }] }, { statistic: "functionGap" })),
    ).toMatchInlineSnapshot(`
      "Sweep: m × function gap over 1 combination
      one panel a combination,
      all with the same vertical axis;
      bands: one standard error
      legend above, width m: 16 #ad2791 1,0
      --- panel at (0, 0)
      He4, d = 8
      grid across
      x linear: 0.0 0.1 0.2 0.3 0.4 0.5, flow time t
      y log: 0.005 0.006, m × function gap
      area 16: 2 points (220, 95) (220, 95) (220, 55) (220, 55), fill #ad2791 0.18, clipped
      line 16: 1 points (220, 75) (220, 75), #ad2791 1.4 1,0, clipped
      point 16: (220, 75), circle 1.9 2 1,0 fill #ad2791 1, clipped"
    `);
  });

  it("an empty panel where there is no result yet", async () => {
    expect(await reading(figures.sweep({ ...sweep([1]), results: [] }))).toMatchInlineSnapshot(`
      "Sweep: m E|Δ|² over 0 combinations
      one panel a combination,
      all with the same vertical axis;
      bands: one standard error
      incomplete: 1 task is missing
      --- panel at (0, 0)
      no result yet
      grid across
      x linear: 0.0 0.2 0.4 0.6 0.8 1.0, flow time t
      y linear: 0.0 0.2 0.4 0.6 0.8 1.0, m E|Δ|²"
    `);
  });
});
