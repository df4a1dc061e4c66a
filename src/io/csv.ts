// A report as comma-separated values: comment lines that say what was run, one row of names, then tidy rows. Numbers
// are written as JavaScript's shortest decimals, which read back to the same float64. What does not exist is an empty
// cell.

import { wrongKind } from "../core/check.ts";
import { type GapReport, STATISTICS } from "../gap/document.ts";
import type { StoredLimit } from "./read.ts";

type Cell = number | boolean | undefined;

function row(cells: readonly Cell[]): string {
  return cells.map((cell) => (typeof cell === "number" && !Number.isFinite(cell) ? "" : String(cell ?? ""))).join(",");
}

/** What was run, one line each, so that a table that lost its file name can still be told apart. */
function comments(report: GapReport | StoredLimit, errors: Record<string, number | null>): string[] {
  const { schema, version, backend, status, divergence, problem, settings } = report;
  const values = { version, backend, status, ...(divergence ? { divergence } : {}), problem, settings, ...errors };
  return [
    `# schema: ${schema}`,
    ...Object.entries(values).map(
      ([key, value]) => `# ${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
    ),
    "# units: time is flow time; every other column is a pure number",
  ];
}

function gapRows(report: GapReport): string[] {
  const { time, meanField, widths } = report;
  const names = STATISTICS.flatMap((name) => [name, `${name}Stderr`]);
  const rows = widths.flatMap((width) =>
    Array.from(time, (t, k) =>
      row([
        width.m,
        width.seeds,
        t,
        meanField.loss[k],
        ...STATISTICS.flatMap((name) => [width[name].mean[k], width[name].stderr[k]]),
        width.resolved.delta[k],
        width.resolved.functionGap[k],
      ]),
    ),
  );
  return [["m", "seeds", "time", "meanFieldLoss", ...names, "deltaResolved", "functionGapResolved"].join(","), ...rows];
}

function limitRows({ time, loss, meanAlpha, meanAlpha2 }: StoredLimit): string[] {
  return [
    "time,loss,meanAlpha,meanAlpha2",
    ...Array.from(time, (t, k) => row([t, loss[k], meanAlpha[k], meanAlpha2[k]])),
  ];
}

/**
 * A report as comma-separated values, for spreadsheets, R and pandas (`read_csv(file, comment="#")`).
 *
 * A gap report gives one row a width and recorded time: `m`, `seeds`, `time` (flow time), `meanFieldLoss`, each
 * statistic followed by its standard error over seeds (`meanDelta`, `meanDeltaStderr`, ...), and whether the gaps stand
 * above the error of the limit (`deltaResolved`, `functionGapResolved`). A limit gives one row a recorded time: `time`,
 * `loss`, `meanAlpha`, `meanAlpha2`. Lines that start with `# ` before them hold the provenance.
 *
 * @param report - what `approximationGap` or `meanFieldLimit` resolved to, or what `readReport` read back of it.
 * @returns the text, lines ending with `\n`.
 * @throws TypeError where `report` is neither.
 * @example
 * ```ts
 * const report = await approximationGap(engine, problems.He4({ d: 32 }), { widths: [128, 256], time: 4 });
 * await writeFile("gap.csv", toCSV(report));
 * ```
 */
export function toCSV(report: GapReport | StoredLimit): string {
  const allowed = "what approximationGap or meanFieldLimit resolved to";
  if (typeof report !== "object" || report === null) wrongKind("report", allowed, report);
  let lines: string[];
  if (report.schema === "propchaos/gap@1") {
    const { solver, errorEstimate, particleErrorEstimate } = report.meanField;
    const head = comments(report, { meanFieldErrorEstimate: errorEstimate, particleErrorEstimate });
    lines = [...head, `# meanFieldSolver: ${solver}`, ...gapRows(report)];
  } else if (report.schema === "propchaos/limit@1") {
    const { errorEstimate, particleErrorEstimate } = report;
    lines = [...comments(report, { errorEstimate, particleErrorEstimate }), ...limitRows(report)];
  } else wrongKind("report", allowed, report);
  return `${lines.join("\n")}\n`;
}
