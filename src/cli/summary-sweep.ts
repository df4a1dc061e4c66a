// What `propchaos sweep` prints for people: one line a combination.

import type { SweepReport } from "../index.ts";
import { plural, shortTime, slopeCells } from "./summary.ts";
import { alignTable, shortNumber } from "./table.ts";

/** The slopes of every combination at its last time. */
export function sweepSummary({ results, missing }: SweepReport): string[] {
  const rows = results.map(({ problem, d, samples, dynamics, step, report }) => {
    const end = report ? report.time.length - 1 : -1;
    return [
      problem,
      String(d),
      samples === null ? "population" : String(samples),
      dynamics,
      String(step),
      end < 0 ? "-" : shortTime(report?.time[end] ?? 0),
      shortNumber(report?.meanField.loss[end]),
      ...slopeCells(report?.scaling?.functionGap ?? null),
      ...slopeCells(report?.scaling?.meanSquaredDelta ?? null),
      report?.status ?? "missing",
    ];
  });
  const head = [
    "problem",
    "d",
    "samples",
    "dynamics",
    "step",
    "time",
    "risk",
    "slope of",
    "95%",
    "slope of",
    "95%",
    "status",
  ];
  const names = ["", "", "", "", "", "", "", "E (f - f')²", "interval", "E|Δ|²", "interval", ""];
  return [
    ...alignTable([head, names, ...rows]),
    ...(missing.length > 0 ? ["", `${plural(missing.length, "task")} missing.`] : []),
  ];
}
