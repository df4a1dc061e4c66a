// toCSV of small documents made by hand, whole: every comment, name and cell of each kind of report.

import { describe, expect, test } from "vitest";
import type { ScalingKind } from "../../src/experiment/scaling/document.ts";
import { type TabularReport, toCSV } from "../../src/io/csv.ts";
import { gapFixture, limitFixture } from "./fixtures.ts";

/** What is asked of a report here: its lines, without the empty one at the end. */
function linesOf(report: object): string[] {
  const text = toCSV(report as TabularReport);
  expect(text.endsWith("\n")).toBe(true);
  return text.slice(0, -1).split("\n");
}

const HEAD = { version: "1.2.3", backend: "simd", status: "completed", divergence: null };
const PURE = "flow time; every other column is a pure number";

/** The comments that say what HEAD says. */
const said = (schema: string) => [`# schema: ${schema}`, "# version: 1.2.3", "# backend: simd", "# status: completed"];

test("limit constants: one row a time", () => {
  const report = {
    schema: "propchaos/constants@1",
    ...HEAD,
    problem: { name: "He4", d: 8 },
    settings: { time: 2 },
    time: Float64Array.of(0, 2),
    mTimesFunctionGap: Float64Array.of(24, 0.5),
    mTimesMeanSquaredDelta: Float64Array.of(0, 1e-7),
    errorEstimate: 0.001,
  };
  expect(linesOf(report)).toEqual([
    ...said("propchaos/constants@1"),
    '# problem: {"name":"He4","d":8}',
    '# settings: {"time":2}',
    "# errorEstimate: 0.001",
    `# units: time is ${PURE}`,
    "time,mTimesFunctionGap,mTimesMeanSquaredDelta",
    "0,24,0",
    "2,0.5,1e-7",
  ]);
});

describe("scaling laws", () => {
  const report = (kind: ScalingKind, more: object = {}) => ({
    schema: "propchaos/scaling@1",
    ...HEAD,
    kind,
    settings: { from: 1 },
    series: [
      {
        name: "He4",
        problem: { name: "He4" },
        points: [
          { x: 4, y: 2, low: 1, high: 3, rootLossIntegral: 5, rootLossIntegralError: 0.5 },
          { x: 8, y: 4, low: null, high: null, time: 7, trials: [] },
        ],
        missing: [{ x: 9, reason: "not computed" }],
        fit: { law: "power", slope: 1 },
      },
      { name: "m = 2", problem: { name: "He3" }, points: [], missing: [], fit: null },
    ],
    ...more,
  });

  test.each<[ScalingKind, string, string]>([
    [
      "time",
      "y, low, high, rootLossIntegral and its error are",
      "x is the dimension d; y the convergence time, in flow time",
    ],
    ["width", "time is", "x is the dimension d; y the width m"],
    ["gap", "time is", "x is the width m; y the gap"],
    ["samples", "time is", "x is the number of samples n; y the gap"],
    ["decay", "x, rootLossIntegral and its error are", "x is flow time; y the risk"],
  ])("of %s: fits and what is missing before the points, and what the axes are", (kind, timed, axes) => {
    expect(linesOf(report(kind))).toEqual([
      ...said("propchaos/scaling@1"),
      '# settings: {"from":1}',
      `# kind: ${kind}`,
      '# series: [{"name":"He4","problem":{"name":"He4"},"fit":{"law":"power","slope":1},"missing":[{"x":9,"reason":"not computed"}]},' +
        '{"name":"m = 2","problem":{"name":"He3"},"fit":null,"missing":[]}]',
      `# units: ${timed} ${PURE}`,
      `# axes: ${axes}`,
      "series,x,y,low,high,rootLossIntegral,rootLossIntegralError,time",
      "He4,4,2,1,3,5,0.5,",
      "He4,8,4,,,,,7",
    ]);
  });

  test("that diverged say where", () => {
    const divergence = { where: "limit", m: null, replica: null, step: 3, time: 0.5 };
    const lines = linesOf(report("time", { status: "diverged", divergence }));
    expect(lines.slice(3, 5)).toEqual([
      "# status: diverged",
      '# divergence: {"where":"limit","m":null,"replica":null,"step":3,"time":0.5}',
    ]);
  });
});

test("the three gaps: one row a gap, n, m and time, corrected for widths only", () => {
  const estimate = (...mean: number[]) => ({
    mean: Float64Array.from(mean),
    stderr: Float64Array.from(mean, (x) => x / 8),
  });
  const gaps = (x: number) => ({ meanSquaredDelta: estimate(0, x), functionGap: estimate(2 * x, 3 * x) });
  const report = {
    schema: "propchaos/gaps@1",
    ...HEAD,
    problem: { name: "He4" },
    settings: { time: 1 },
    seeds: 5,
    time: Float64Array.of(0, 1),
    width: [{ n: 100, m: 4, ...gaps(8), corrected: gaps(16) }],
    sample: [{ n: 100, m: 4, ...gaps(24) }],
    discretisation: [{ m: 4, ...gaps(40) }],
  };
  expect(linesOf(report).slice(4)).toEqual([
    '# problem: {"name":"He4"}',
    '# settings: {"time":1}',
    `# units: time is ${PURE}`,
    "gap,n,m,seeds,time,meanSquaredDelta,meanSquaredDeltaStderr,functionGap,functionGapStderr," +
      "correctedMeanSquaredDelta,correctedMeanSquaredDeltaStderr,correctedFunctionGap,correctedFunctionGapStderr",
    "width,100,4,5,0,0,0,16,2,0,0,32,4",
    "width,100,4,5,1,8,1,24,3,16,2,48,6",
    "sample,100,4,5,0,0,0,48,6,,,,",
    "sample,100,4,5,1,24,3,72,9,,,,",
    "discretisation,,4,5,0,0,0,80,10,,,,",
    "discretisation,,4,5,1,40,5,120,15,,,,",
  ]);
});

test("a network: risk and errors where there are some, and paths of single particles", () => {
  const report = {
    schema: "propchaos/network@1",
    ...HEAD,
    problem: { name: "XOR_2" },
    settings: { width: 3 },
    time: Float64Array.of(0, 1),
    loss: null,
    trainError: Float64Array.of(4, 5),
    testError: Float64Array.of(6, Number.POSITIVE_INFINITY),
  };
  const head = [
    ...said("propchaos/network@1"),
    '# problem: {"name":"XOR_2"}',
    '# settings: {"width":3}',
    `# units: time is ${PURE}`,
  ];
  expect(linesOf(report)).toEqual([...head, "time,loss,trainError,testError", "0,,4,6", "1,,5,"]);
  const alphaPaths = { start: [0.5, -1], alpha: [Float64Array.of(0.5, 0.75), Float64Array.of(-1, -0.25)] };
  const followed = { ...report, loss: Float64Array.of(1, 0.5), trainError: null, testError: null, alphaPaths };
  expect(linesOf(followed)).toEqual([
    ...head,
    "time,loss,trainError,testError,alpha1,alpha2",
    "0,1,,,0.5,-1",
    "1,0.5,,,0.75,-0.25",
  ]);
});

test("a limit: its errors in the comments, and paths of single particles", () => {
  const { time, ...limit } = limitFixture();
  const alphaPaths = { start: [0.5], alpha: [Float64Array.of(1, 2, 3, 4, 5)] };
  const lines = linesOf({ ...limit, time, meanAlpha: null, meanAlpha2: null, alphaPaths });
  expect(lines.slice(-9)).toEqual([
    "# errorEstimate: 1e-10",
    "# particleErrorEstimate: 2e-10",
    `# units: time is ${PURE}`,
    "time,loss,meanAlpha,meanAlpha2,alpha1",
    ...Array.from(time, (t, k) => `${t},${limit.loss[k]},,,${k + 1}`),
  ]);
});

test("a gap report says how its limit was solved, and with which error", () => {
  const lines = linesOf(gapFixture([16])).filter((line) => line.startsWith("# "));
  expect(lines.slice(-4)).toEqual([
    "# meanFieldErrorEstimate: 1e-10",
    "# particleErrorEstimate: 2e-10",
    `# units: time is ${PURE}`,
    "# meanFieldSolver: single-index",
  ]);
});

describe("a sweep", () => {
  const estimates = gapFixture([16]);
  const extra = { mean: estimates.time, stderr: estimates.time };
  const settings = (d: number) => ({ problem: "He4", d, samples: null, time: 2, step: 0.5 });
  const sweep = {
    schema: "propchaos/sweep@1",
    ...HEAD,
    status: "incomplete",
    plan: { problems: ["He4"] },
    missing: [{ index: 1 }, { index: 2 }],
  };

  test("has the settings of each combination before its rows, under the names that any of them has", () => {
    const data = { ...estimates, widths: [{ ...estimates.widths[0], trainError: extra }] };
    const results = [
      { ...settings(4), report: estimates },
      { ...settings(6), report: null },
      { ...settings(8), report: data },
    ];
    const lines = linesOf({ ...sweep, results });
    expect(lines.slice(0, 6)).toEqual([
      "# schema: propchaos/sweep@1",
      "# version: 1.2.3",
      "# backend: simd",
      "# status: incomplete, 2 tasks missing",
      '# plan: {"problems":["He4"]}',
      `# units: step, time and runTime (the length of a run) are ${PURE}`,
    ]);
    const [names, ...rows] = lines.slice(6).map((line) => line.split(","));
    expect(names.slice(0, 9)).toEqual([
      "problem",
      "d",
      "samples",
      "step",
      "runTime",
      "m",
      "seeds",
      "time",
      "meanFieldLoss",
    ]);
    expect(names.slice(-2)).toEqual(["trainError", "trainErrorStderr"]);
    expect(rows).toHaveLength(2 * 5);
    expect(rows[3].slice(0, 8)).toEqual(["He4", "4", "", "0.5", "2", "16", "4", "1.5"]);
    expect(rows[3].slice(-2)).toEqual(["", ""]);
    expect(rows[8].slice(0, 8)).toEqual(["He4", "8", "", "0.5", "2", "16", "4", "1.5"]);
    expect(rows[8].slice(-2)).toEqual(["1.5", "1.5"]);
    const column = names.indexOf("functionGap");
    expect(rows[8][column]).toBe(String(estimates.widths[0].functionGap.mean[3]));
  });

  test("without a report has nothing but its comments", () => {
    expect(linesOf({ ...sweep, results: [{ ...settings(4), report: null }] }).slice(6)).toEqual([""]);
  });
});
