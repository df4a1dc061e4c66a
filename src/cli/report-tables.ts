// The numbers of a document for a page: what it says at its last time, or over time, in tables.

import type { Estimate, Slope, StoredReport } from "../index.ts";
import { definitions, type Html, html, table } from "./html.ts";
import { errorText, shortTime, slopeCells, thinned } from "./summary.ts";
import { percent, shortNumber, withError } from "./table.ts";

type Schema = StoredReport["schema"];
type Document<S extends Schema> = Extract<StoredReport, { schema: S }>;

/** Rows of a table over time. */
const LINES = 12;

function at(estimate: Estimate, k: number): string {
  return withError(estimate.mean[k], estimate.stderr[k]);
}

function slopeRow(name: string, slope: Slope | null, theory: string): string[] {
  return [name, ...slopeCells(slope), theory];
}

function overTime(time: Float64Array, columns: readonly (readonly [string, Float64Array | null])[]): Html {
  const known = columns.flatMap(([name, series]) => (series ? [{ name, series }] : []));
  return table(
    ["t", ...known.map(({ name }) => name)],
    thinned(time.length, LINES).map((k) => [shortTime(time[k]), ...known.map(({ series }) => shortNumber(series[k]))]),
  );
}

function gapTables({ widths, time, meanField, scaling }: Document<"propchaos/gap@1">): Html {
  const end = time.length - 1;
  const mark = (text: string, resolved: boolean) => (resolved ? text : `${text} *`);
  const unresolved = widths.some(({ resolved }) => !resolved.delta[end] || !resolved.functionGap[end]);
  return html`<h3>At flow time ${shortTime(time[end])}</h3>${table(
    ["m", "seeds", "risk", "E|Δ|", "m E|Δ|²", "m × function gap", "flipped"],
    [
      ...widths.map((width) => [
        width.m,
        width.seeds,
        at(width.loss, end),
        mark(at(width.meanDelta, end), width.resolved.delta[end]),
        mark(at(width.mTimesMeanSquaredDelta, end), width.resolved.delta[end]),
        mark(at(width.mTimesFunctionGap, end), width.resolved.functionGap[end]),
        percent(width.flippedShare.mean[end]),
      ]),
      [
        meanField.width === undefined ? "limit" : `M = ${meanField.width}`,
        "",
        shortNumber(meanField.loss[end]),
        "",
        "",
        "",
        "",
      ],
    ],
  )}<p>Mean ± standard error over seeds. Estimated error of the risk of the limit: ${errorText(meanField.errorEstimate)}.${
    unresolved ? " * Not above the error of the limit." : ""
  }</p>${
    scaling &&
    html`<h3>Slopes against the width</h3>${table(
      ["log of", "slope", "95% interval", "theory"],
      [
        slopeRow("E|Δ|", scaling.meanDelta, "−1/2"),
        slopeRow("E|Δ|²", scaling.meanSquaredDelta, "−1"),
        slopeRow("function gap", scaling.functionGap, "−1"),
        ...(scaling.corrected
          ? [
              slopeRow("E|Δ|², corrected", scaling.corrected.meanSquaredDelta, "−1"),
              slopeRow("function gap, corrected", scaling.corrected.functionGap, "−1"),
            ]
          : []),
      ],
    )}`
  }`;
}

function gapsTables({ time, width, sample, discretisation }: Document<"propchaos/gaps@1">): Html {
  const end = time.length - 1;
  return html`<h3>Function gaps at flow time ${shortTime(time[end])}</h3>${table(
    ["n", "m", "width (corrected)", "sample", "discretisation"],
    width.map((gap, i) => [
      gap.n,
      gap.m,
      at(gap.corrected.functionGap, end),
      sample[i] ? at(sample[i].functionGap, end) : "",
      at(discretisation.find(({ m }) => m === gap.m)?.functionGap ?? gap.functionGap, end),
    ]),
  )}<p>Mean ± standard error over seeds.</p>`;
}

function sweepTables({ results, missing }: Document<"propchaos/sweep@1">): Html {
  const head = ["problem", "d", "n", "dynamics", "step", "time", "status", "E|Δ|", "slope", "95% interval"];
  const rows = results.map(({ problem, d, samples, dynamics, step, time, report }) => {
    const end = (report?.time.length ?? 0) - 1;
    const widest = report?.widths.reduce((best, width) => (width.m > best.m ? width : best), report.widths[0]);
    const slope = report?.scaling ? slopeCells(report.scaling.meanDelta) : ["", ""];
    return [
      problem,
      d,
      samples ?? "population",
      dynamics,
      step,
      time,
      report?.status ?? "missing",
      widest ? `${at(widest.meanDelta, end)} at m = ${widest.m}` : "",
      ...slope,
    ];
  });
  const shown = missing.slice(0, 50);
  return html`<h3>Combinations</h3>${table(head, rows)}${
    missing.length > 0 &&
    html`<h3>Missing tasks</h3><p>${missing.length} of the plan's tasks have no result yet.</p>${table(
      ["task", "problem", "d", "m", "replica"],
      shown.map(({ index, combination, m, replica }) => [
        index,
        results[combination]?.problem,
        results[combination]?.d,
        m ?? "all",
        replica,
      ]),
    )}${missing.length > shown.length && html`<p>The first ${shown.length} are shown.</p>`}`
  }`;
}

/** What the points of each kind are: the name of x, and of y. */
const AXES: Record<Document<"propchaos/scaling@1">["kind"], [string, string]> = {
  time: ["d", "convergence time"],
  width: ["d", "required width"],
  gap: ["m", "gap"],
  samples: ["n", "gap"],
  decay: ["t", "risk"],
};

function scalingTables({ kind, series }: Document<"propchaos/scaling@1">): Html {
  const fits = series.map(({ name, fit }) => [
    name,
    ...(fit ? slopeCells(fit) : ["", ""]),
    fit ? (fit.warning ?? (fit.holds === null ? "too few points to judge" : "holds")) : "too few points",
  ]);
  const points = series.flatMap(({ name, points }) =>
    points.map(({ x, y, low, high }) => [name, shortNumber(x), shortNumber(y), interval(low, high)]),
  );
  return html`<h3>Exponents</h3>${table(["series", "exponent", "95% interval", "verdict"], fits)}<h3>Points</h3>${table(
    ["series", ...AXES[kind], "interval"],
    points,
  )}`;
}

function interval(low: number | null, high: number | null): string {
  return low === null || high === null ? "" : `${shortNumber(low)} to ${shortNumber(high)}`;
}

const TABLES: { [S in Schema]: (report: Document<S>) => Html } = {
  "propchaos/gap@1": (report) => (report.time.length === 0 ? html`<p>Nothing was recorded.</p>` : gapTables(report)),
  "propchaos/gaps@1": (report) => (report.time.length === 0 ? html`<p>Nothing was recorded.</p>` : gapsTables(report)),
  "propchaos/limit@1": ({ time, loss, meanAlpha, meanAlpha2, errorEstimate }) =>
    html`${overTime(time, [
      ["risk", loss],
      ["E α", meanAlpha],
      ["E α²", meanAlpha2],
    ])}<p>Estimated error of the risk: ${errorText(errorEstimate)}.</p>`,
  "propchaos/network@1": ({ time, loss, trainError, testError }) =>
    overTime(time, [
      ["risk", loss],
      ["training error", trainError],
      ["test error", testError],
    ]),
  "propchaos/constants@1": ({ time, mTimesMeanSquaredDelta, mTimesFunctionGap, errorEstimate }) =>
    html`${overTime(time, [
      ["m E|Δ|²", mTimesMeanSquaredDelta],
      ["m × function gap", mTimesFunctionGap],
    ])}<p>Estimated relative error: ${errorText(errorEstimate)}.</p>`,
  "propchaos/self-concordance@1": ({ time, ratio, verdict }) =>
    html`${verdict && html`<p>${verdict.sentence}</p>`}${overTime(time, [
      ["|D| / |v|, median", ratio.median],
      ["90%", ratio.quantile90],
      ["99%", ratio.quantile99],
      ["largest", ratio.maximum],
    ])}`,
  "propchaos/theory@1": ({ selfConcordance: { limit, network }, gapEquation }) =>
    html`${[limit, network].flatMap((found) => (found?.verdict ? [html`<p>${found.verdict.sentence}</p>`] : []))}${
      gapEquation &&
      overTime(gapEquation.time, [
        ["E|Δ|", gapEquation.measured.meanDelta],
        ["predicted", gapEquation.predicted.meanDelta],
        ["Volterra bound", gapEquation.bounds?.volterra.bound ?? null],
      ])
    }`,
  "propchaos/scaling@1": scalingTables,
  "propchaos/sweep@1": sweepTables,
};

/** The tables of a document. */
export function tablesOf(report: StoredReport): Html {
  const show = TABLES[report.schema] as (report: StoredReport) => Html;
  return show(report);
}

function inWords(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "none");
}

/** Every setting of a document, and where it comes from. */
export function provenanceOf(report: StoredReport): Html {
  const { schema, version, backend, status } = report;
  const settings = "settings" in report ? report.settings : report.plan;
  const problem = "problem" in report ? { problem: report.problem } : {};
  const entries = Object.entries({ status, ...problem, ...settings, schema, version, backend });
  return definitions(entries.map(([name, value]) => [name, inWords(value)]));
}
