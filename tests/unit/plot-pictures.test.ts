// What is seen in the figures of limits, networks, constants, self-concordance, gaps on data and scaling laws: every word, tick,
// colour, dash and place. The documents behind them are closed forms (plot-documents.ts).

import { describe, expect, it } from "vitest";
import { figures } from "../../src/plot/index.ts";
import { concordance, constants, gaps, network, series, withPaths } from "./plot-documents.ts";
import { reading } from "./plot-reading.ts";
import { bent, logarithm, report, seriesOf, unknown } from "./plot-scaling-documents.ts";

describe("figures of a limit, of a network, or of both", () => {
  it("limit: its risk, means of alpha also where they are negative, and paths", async () => {
    const limit = Object.assign(withPaths(), { meanAlpha: series((t) => -0.2 * t) });
    expect(await reading(figures.limit(limit))).toMatchInlineSnapshot(`
      "Infinite-width limit of He4, d = 8
      limit, gradient flow
      --- panel at (0, 0)
      Risk
      population risk; estimated error 1.0e-10
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y linear: 0.0 0.2 0.4 0.6 0.8 1.0, risk
      line: 5 points (0, 18) (360, 210), #222222 1.8 1,0, clipped
      --- panel at (440, 0)
      Overlap with the target's direction
      means over the law of α = ⟨w, w*⟩
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y linear: −0.4 −0.2 0.0 0.2 0.4 0.6 0.8 1.0, mean overlap
      legend above: E α² #222222 1,0 | E α #f79044 4,4
      line E α²: 5 points (0, 151) (360, 27), #222222 1.8 1,0, clipped
      line E α: 5 points (0, 171) (360, 237), #f79044 1.8 4,4, clipped
      --- panel at (0, 360)
      Paths of the particles
      2 particles of the limit
      dark: those that start far from the equator
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y linear: −1.0 −0.5 0.0 0.5 1.0, α = ⟨w, w*⟩
      line 0: 5 points (0, 109) (360, 17), #0d0887 1.4, clipped
      line 1: 5 points (0, 126) (360, 126), #f79044 1.4, clipped"
    `);
  });

  it("network: population risk and the errors on both sets", async () => {
    const trained = { ...network, testError: series((t) => 1.1 * Math.exp(-t)) };
    expect(await reading(figures.network(trained))).toMatchInlineSnapshot(`
      "Training on He4, d = 8
      network of width 5, projected gradient descent,
      Riemannian gradient, step 0.1
      --- panel at (0, 0)
      Risk
      mean (f − y)² over the population and over sets of samples
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y linear: 0.0 0.2 0.4 0.6 0.8 1.0, risk
      legend above: population #222222 1,0 | test set #f79044 4,4 | training set #8305a7 1,0
      line population: 5 points (0, 38) (360, 213), #222222 1.8 1,0, clipped
      line test set: 5 points (0, 18) (360, 210), #f79044 1.8 4,4, clipped
      line training set: 5 points (0, 58) (360, 215), #8305a7 1.8 1,0, clipped"
    `);
  });

  it("network: a single curve, of a single record, is a point without a legend", async () => {
    const one = { ...network, time: Float64Array.of(0), trainError: null };
    expect(await reading(figures.network(one))).toMatchInlineSnapshot(`
      "Training on He4, d = 8
      network of width 5, projected gradient descent,
      Riemannian gradient, step 0.1
      --- panel at (0, 0)
      Risk
      mean (f − y)² over the population and over sets of samples
      grid across
      x linear: 0.0 0.2 0.4 0.6 0.8 1.0, flow time t
      y linear: 0.0 0.2 0.4 0.6 0.8 1.0, risk
      line: 1 points (0, 18) (0, 18), #222222 1.8 1,0, clipped
      point: (0, 18), circle 1.9 2 1,0 fill #222222 1, clipped"
    `);
  });

  it("constants: where they are positive", async () => {
    expect(await reading(figures.constants(constants))).toMatchInlineSnapshot(`
      "Limit constants of He4, d = 8
      gradient flow; limits of m times the gap as m grows; estimated relative error 1.0e-5
      --- panel at (0, 0)
      m E|Δ|²
      mean squared distance, large m
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 0.5 1 2, m E|Δ|²
      line: 4 points (90, 229) (360, 11), #222222 1.6 1,0
      point: (90, 229) (180, 120) (270, 56) (360, 11), circle 1.9 2 1,0 fill #222222 1
      --- panel at (440, 0)
      m × function gap
      squared L² distance, large m
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 2 2.5 3 4, m × function gap
      line: 5 points (0, 206) (360, 34), #222222 1.6 1,0
      point: (0, 206) (90, 150) (180, 105) (270, 67) (360, 34), circle 1.9 2 1,0 fill #222222 1"
    `);
  });

  it("alignment: the limit dashed beside the network, over the longer time", async () => {
    const { alphaPaths } = withPaths();
    const short = { ...network, time: Float64Array.of(0, 0.5, 1), alphaPaths };
    expect(await reading(figures.alignment(short as never, withPaths()))).toMatchInlineSnapshot(`
      "Alignment in He4, d = 8
      network of width 5, projected gradient descent,
      Riemannian gradient, step 0.1
      limit, gradient flow
      --- panel at (0, 0)
      Paths of the particles
      solid: particles of the network; dashed: of the limit
      dark: those that start far from the equator
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y linear: −1.0 −0.5 0.0 0.5 1.0, α = ⟨w, w*⟩
      line 0: 3 points (0, 109) (180, 63), #0d0887 1.4, clipped
      line 1: 3 points (0, 126) (180, 126), #f79044 1.4, clipped
      line 0: 5 points (0, 109) (360, 17), #0d0887 1.4 5,3, clipped
      line 1: 5 points (0, 126) (360, 126), #f79044 1.4 5,3, clipped"
    `);
  });

  it("alignment: from zero where no path is below it", async () => {
    const alphaPaths = { start: [0.5, 0.2, 0.9], alpha: [0.5, 0.2, 0.9].map((alpha) => series((t) => alpha + t / 20)) };
    expect(await reading(figures.alignment({ ...network, alphaPaths } as never))).toMatchInlineSnapshot(`
      "Alignment in He4, d = 8
      network of width 5, projected gradient descent,
      Riemannian gradient, step 0.1
      --- panel at (0, 0)
      Paths of the particles
      3 particles of the network
      dark: those that start far from the equator
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y linear: 0.0 0.5 1.0, α = ⟨w, w*⟩
      line 0: 5 points (0, 126) (360, 103), #ad2791 1.4, clipped
      line 1: 5 points (0, 194) (360, 171), #f79044 1.4, clipped
      line 2: 5 points (0, 34) (360, 11), #0d0887 1.4, clipped"
    `);
  });
});

describe("figures.selfConcordance", () => {
  it("quantiles of a network, on the axes that there are", async () => {
    const changes = {
      subject: "network",
      constant: null,
      positiveConstant: null,
      verdict: { holds: false, exponent: 5.25, bound: 4.5 },
    };
    const settings = { ...concordance.settings, width: 32 };
    const figure = figures.selfConcordance({ ...concordance, ...changes, settings } as never);
    expect(await reading(figure)).toMatchInlineSnapshot(`
      "Self-concordance of He4, d = 8
      network of width 32; projected gradient descent, Riemannian gradient, step 0.1
      exponent 5.25, allowed 4.50: does not hold
      legend above: median #222222 1,0 | 90% #f79044 4,4 | 99% #8305a7 1,0 | largest #5a7d9a 8,3
      --- panel at (0, 0)
      |D| / |v|
      local Hessian over velocity
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 1 2 5 10, |D| / |v|
      line median: 5 points (0, 228) (360, 132), #222222 1.6 1,0
      line 90%: 5 points (0, 168) (360, 72), #f79044 1.6 4,4
      line 99%: 5 points (0, 132) (360, 37), #8305a7 1.6 1,0
      line largest: 5 points (0, 108) (360, 12), #5a7d9a 1.6 8,3
      point median: (0, 228) (90, 193) (180, 168) (270, 148) (360, 132), circle 1.9 2 1,0 fill #222222 1
      point 90%: (0, 168) (90, 132) (180, 108) (270, 88) (360, 72), circle 1.9 2 4,4 fill #f79044 1
      point 99%: (0, 132) (90, 97) (180, 72) (270, 53) (360, 37), circle 1.9 2 1,0 fill #8305a7 1
      point largest: (0, 108) (90, 72) (180, 47) (270, 28) (360, 12), circle 1.9 2 8,3 fill #5a7d9a 1
      --- panel at (440, 0)
      ∫ λmax(D)⁺ dt / (1 + log 1/|α₀|)
      exponent of 1/|α₀| by which deviations may grow
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 0.1 0.2 0.5 1, exponent
      line median: 5 points (0, 228) (360, 132), #222222 1.6 1,0
      line 90%: 5 points (0, 168) (360, 72), #f79044 1.6 4,4
      line 99%: 5 points (0, 132) (360, 37), #8305a7 1.6 1,0
      line largest: 5 points (0, 108) (360, 12), #5a7d9a 1.6 8,3
      point median: (0, 228) (90, 193) (180, 168) (270, 148) (360, 132), circle 1.9 2 1,0 fill #222222 1
      point 90%: (0, 168) (90, 132) (180, 108) (270, 88) (360, 72), circle 1.9 2 4,4 fill #f79044 1
      point 99%: (0, 132) (90, 97) (180, 72) (270, 53) (360, 37), circle 1.9 2 1,0 fill #8305a7 1
      point largest: (0, 108) (90, 72) (180, 47) (270, 28) (360, 12), circle 1.9 2 8,3 fill #5a7d9a 1"
    `);
  });
});

describe("figures.gaps", () => {
  it("the function gap: curves of the widest network on the most samples, sizes with slopes", async () => {
    expect(await reading(figures.gaps(gaps()))).toMatchInlineSnapshot(`
      "Three gaps of He4, d = 8
      projected gradient descent, Riemannian gradient, step 0.1; 3 seeds (seed 1)
      width gaps corrected by M / (M − m), M = 256; gaps against a size are those at t = 2
      --- panel at (0, 0)
      E (f − f′)²
      m = 64, n = 4000
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 10⁻⁵ 10⁻⁴ 10⁻³ 10⁻² 10⁻¹, E (f − f′)²
      legend above: width #222222 1,0 | sample #f79044 4,4 | discretisation #8305a7 1,0
      area width: 8 points (90, 43) (360, 8) (360, 3) (90, 38), fill #222222 0.18, clipped
      area sample: 8 points (90, 156) (360, 122) (360, 117) (90, 151), fill #f79044 0.18, clipped
      area discretisation: 8 points (90, 237) (360, 202) (360, 197) (90, 232), fill #8305a7 0.18, clipped
      line width: 4 points (90, 40) (360, 6), #222222 1.6 1,0
      line sample: 4 points (90, 154) (360, 119), #f79044 1.6 4,4
      line discretisation: 4 points (90, 234) (360, 199), #8305a7 1.6 1,0
      point width: (90, 40) (180, 23) (270, 13) (360, 6), circle 1.9 2 1,0 fill #222222 1
      point sample: (90, 154) (180, 136) (270, 126) (360, 119), circle 1.9 2 4,4 fill #f79044 1
      point discretisation: (90, 234) (180, 217) (270, 206) (360, 199), circle 1.9 2 1,0 fill #8305a7 1
      --- panel at (440, 0)
      Width gap
      slopes −1.00, −1.00
      dotted: slope −1, as in theory
      grid across
      x log: 16 64, width m
      y log: 0.1 0.15 0.2 0.3, E (f − f′)²
      legend above, samples n: 1000 #f79044 | 4000 #0d0887
      line: 2 points (30, 30) (330, 208), #888888 1.2 1,3, clipped
      line: 2 points (30, 30) (330, 208), #f79044 1.2, clipped
      line: 2 points (30, 30) (330, 208), #888888 1.2 1,3, clipped
      line: 2 points (30, 30) (330, 208), #0d0887 1.2, clipped
      rule 1000: (30, 44) to (30, 18), #f79044 1.6
      rule 1000: (330, 222) to (330, 196), #f79044 1.6
      rule 4000: (30, 44) to (30, 18), #0d0887 1.6
      rule 4000: (330, 222) to (330, 196), #0d0887 1.6
      point 1000: (30, 30) (330, 208), circle 3.9 2 fill #f79044 1
      point 4000: (30, 30) (330, 208), circle 3.9 2 fill #0d0887 1
      --- panel at (0, 390)
      Sample gap
      slopes −1.00, −1.00
      dotted: slope −1, as in theory
      grid across
      x log: 1000 4000, samples n
      y log: 0.001 0.002 0.005, E (f − f′)²
      legend above, width m: 16 #f79044 | 64 #0d0887
      line: 2 points (30, 30) (330, 208), #888888 1.2 1,3, clipped
      line: 2 points (30, 30) (330, 208), #f79044 1.2, clipped
      line: 2 points (30, 30) (330, 208), #888888 1.2 1,3, clipped
      line: 2 points (30, 30) (330, 208), #0d0887 1.2, clipped
      rule 16: (30, 44) to (30, 18), #f79044 1.6
      rule 16: (330, 222) to (330, 196), #f79044 1.6
      rule 64: (30, 44) to (30, 18), #0d0887 1.6
      rule 64: (330, 222) to (330, 196), #0d0887 1.6
      point 16: (30, 30) (330, 208), circle 3.9 2 fill #f79044 1
      point 64: (30, 30) (330, 208), circle 3.9 2 fill #0d0887 1
      --- panel at (440, 390)
      Discretisation gap
      PGD against gradient flow on the population
      grid across
      x log: 16 64, width m
      y log: 4·10⁻⁵ 5·10⁻⁵, E (f − f′)²
      rule: (30, 170) to (30, 70), #8305a7 1.6
      rule: (330, 170) to (330, 70), #8305a7 1.6
      point: (30, 117) (330, 117), circle 3.9 2 fill #8305a7 1"
    `);
  });

  it("E|Delta|^2, of one number of samples with one slope, without gaps of 0", async () => {
    const { width, sample, discretisation, scaling, ...rest } = gaps();
    discretisation[0].meanSquaredDelta.mean.fill(0);
    const { slope: between } = { slope: { slope: -0.9, low: null, high: null } };
    const figure = figures.gaps(
      {
        ...rest,
        width: width.filter(({ n }) => n === 1000),
        sample: sample.filter(({ n }) => n === 1000),
        discretisation,
        scaling: { width: [{ n: 1000, meanSquaredDelta: between, functionGap: null }], sample: [] },
      } as never,
      { statistic: "meanSquaredDelta" },
    );
    expect(await reading(figure)).toMatchInlineSnapshot(`
      "Three gaps of He4, d = 8
      projected gradient descent, Riemannian gradient, step 0.1; 3 seeds (seed 1)
      width gaps corrected by M / (M − m), M = 256; gaps against a size are those at t = 2
      --- panel at (0, 0)
      E|Δ|²
      m = 64, n = 1000
      grid across
      x linear: 0.0 0.5 1.0 1.5 2.0, flow time t
      y log: 10⁻⁵ 10⁻⁴ 10⁻³ 10⁻², E|Δ|²
      legend above: width #222222 1,0 | sample #f79044 4,4 | discretisation #8305a7 1,0
      area width: 8 points (90, 43) (360, 8) (360, 3) (90, 38), fill #222222 0.18, clipped
      area sample: 8 points (90, 122) (360, 87) (360, 82) (90, 117), fill #f79044 0.18, clipped
      area discretisation: 8 points (90, 237) (360, 202) (360, 197) (90, 232), fill #8305a7 0.18, clipped
      line width: 4 points (90, 40) (360, 6), #222222 1.6 1,0
      line sample: 4 points (90, 119) (360, 85), #f79044 1.6 4,4
      line discretisation: 4 points (90, 234) (360, 199), #8305a7 1.6 1,0
      point width: (90, 40) (180, 23) (270, 13) (360, 6), circle 1.9 2 1,0 fill #222222 1
      point sample: (90, 119) (180, 102) (270, 92) (360, 85), circle 1.9 2 4,4 fill #f79044 1
      point discretisation: (90, 234) (180, 217) (270, 206) (360, 199), circle 1.9 2 1,0 fill #8305a7 1
      --- panel at (440, 0)
      Width gap
      slope −0.900
      dotted: slope −1, as in theory
      grid across
      x log: 16 64, width m
      y log: 0.05 0.1 0.2, E|Δ|²
      legend above, samples n: 1000 #ad2791
      line: 2 points (30, 30) (330, 208), #888888 1.2 1,3, clipped
      line: 2 points (30, 39) (330, 200), #ad2791 1.2, clipped
      rule 1000: (30, 44) to (30, 18), #ad2791 1.6
      rule 1000: (330, 222) to (330, 196), #ad2791 1.6
      point 1000: (30, 30) (330, 208), circle 3.9 2 fill #ad2791 1
      --- panel at (0, 390)
      Sample gap
      a single size: no slope
      grid across
      x log: 1000, samples n
      y log: 0.002 0.0025, E|Δ|²
      legend above, width m: 16 #f79044 | 64 #0d0887
      rule 16: (180, 170) to (180, 70), #f79044 1.6
      rule 64: (180, 170) to (180, 70), #0d0887 1.6
      point 16: (180, 117), circle 3.9 2 fill #f79044 1
      point 64: (180, 117), circle 3.9 2 fill #0d0887 1
      --- panel at (440, 390)
      Discretisation gap
      PGD against gradient flow on the population
      grid across
      x log: 64, width m
      y log: 2·10⁻⁵ 2.5·10⁻⁵, E|Δ|²
      rule: (180, 170) to (180, 70), #8305a7 1.6
      point: (180, 117), circle 3.9 2 fill #8305a7 1"
    `);
  });
});

describe("figures.scaling", () => {
  it("gaps: points with intervals, their law, the slope of theory through the middle of the points", async () => {
    expect(await reading(figures.scaling(report("gap", [seriesOf("meanDelta", 3), bent])))).toMatchInlineSnapshot(`
      "Gaps of He4, d = 4, at t = 2
      projected gradient descent, Riemannian gradient, step 0.1; 4 seeds (seed 1)
      bars: 95% intervals over seeds; dotted: slopes of theory
      * E (f − f_MF)²: not a power law in this window: the local slope goes from −1 at x = 10 to 2 at
      x = 1000
      grid upwards
      grid across
      x log: 10 100 1000, width m
      y log: 0.001 0.01 0.1, mean over seeds
      line E|Δ|: 2 points (15, 14) (505, 282), #f79044 1.8 0.6, clipped
      line E (f − f_MF)²: 2 points (15, 78) (505, 346), #0d0887 1.8 0.6, clipped
      line E|Δ|: 2 points (15, 14) (505, 282), #222222 1.2 1,4, clipped
      line E (f − f_MF)²: 2 points (15, 78) (505, 346), #222222 1.2 1,4, clipped
      rule E|Δ|: (15, 20) to (15, 8), #f79044 1.6
      rule E|Δ|: (260, 154) to (260, 142), #f79044 1.6
      rule E|Δ|: (505, 288) to (505, 276), #f79044 1.6
      rule E (f − f_MF)²: (15, 84) to (15, 72), #0d0887 1.6
      rule E (f − f_MF)²: (260, 218) to (260, 206), #0d0887 1.6
      rule E (f − f_MF)²: (505, 352) to (505, 340), #0d0887 1.6
      point E|Δ|: (15, 14) (260, 148) (505, 282), circle 3.9 2 fill #f79044 1
      point E (f − f_MF)²: (15, 78) (260, 212) (505, 346), MhvhZ 2 fill #0d0887 1
      text: (514, 349), 11px fill #222222 start: E (f − f_MF)²: slope −1.000 (−1.100 to −0.900) *
      text: (514, 285), 11px fill #222222 start: E|Δ|: slope −1.000 (−1.100 to −0.900)"
    `);
  });

  it("times: a logarithm is a curve, a power a line", async () => {
    expect(await reading(figures.scaling(report("time", [logarithm, seriesOf("h_3", 50)])))).toMatchInlineSnapshot(`
      "Convergence time of the infinite-width limit
      first time at which the risk is half of its start, gradient flow
      dotted: slopes of theory
      grid upwards
      grid across
      x log: 10 100 1000, dimension d
      y log: 0.05 0.1 0.2 0.5 1 2 5, convergence time T (flow time)
      line h_2: 33 points (15, 98) (505, 60), #f79044 1.8 0.6, clipped
      line h_3: 2 points (15, 17) (505, 343), #0d0887 1.8 0.6, clipped
      line h_2: 33 points (15, 98) (505, 60), #222222 1.2 1,4, clipped
      line h_3: 2 points (15, 17) (505, 343), #222222 1.2 1,4, clipped
      rule h_3: (15, 24) to (15, 10), #0d0887 1.6
      rule h_3: (260, 187) to (260, 173), #0d0887 1.6
      rule h_3: (505, 350) to (505, 336), #0d0887 1.6
      point h_2: (15, 98) (260, 76) (505, 60), circle 3.9 2 fill #f79044 1
      point h_3: (15, 17) (260, 180) (505, 343), MhvhZ 2 fill #0d0887 1
      text: (514, 346), 11px fill #222222 start: h_3: slope −1.000 (−1.100 to −0.900)
      text: (514, 63), 11px fill #222222 start: h_2: 0.250 per log d (−1.100 to −0.900)"
    `);
  });

  it("a width without intervals and without theory, aborted", async () => {
    expect(await reading(figures.scaling(report("width", [unknown], "aborted")))).toMatchInlineSnapshot(`
      "Width at which E|Δ| is 0.01
      at the convergence time, gradient flow; 4 seeds (seed 1); aborted
      bars: 95% intervals over seeds
      grid upwards
      grid across
      x log: 10 20 50 100, dimension d
      y log: 10 20 50 100, width m
      line He4: 2 points (28, 341) (492, 19), #ad2791 1.8 0.6, clipped
      point He4: (28, 341) (492, 19), circle 3.9 2 fill #ad2791 1
      text: (501, 22), 11px fill #222222 start: He4: slope 1.000"
    `);
  });

  it("axes alone where there is no point", async () => {
    expect(await reading(figures.scaling(report("decay", [])))).toMatchInlineSnapshot(`
      "Risk of the limit
      gradient flow
      grid upwards
      grid across
      x log: 1 2 3 4 5 6 7 8 9 10, flow time t
      y log: 1 2 3 4 5 6 7 8 9 10, risk"
    `);
  });
});
