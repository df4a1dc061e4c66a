// What `propchaos gaps` prints for people.

import type { Estimate, GapSlopes, GapsReport } from "../index.ts";
import type { GapsFlags } from "./options.ts";
import { plural, shortTime, slopeCells } from "./summary.ts";
import { alignTable, withError } from "./table.ts";

/** How the networks are trained, for the heading. */
export function gapsSettingsLine({ gradient, step, time, seeds, seed, precision }: GapsFlags): string {
  const descent = `projected gradient descent (${gradient ?? "riemannian"} gradient, step ${step})`;
  return `${descent} to flow time ${time}, ${plural(seeds, "seed")} (seed ${seed}), ${precision}`;
}

function slopeTable({ width, sample }: GapsReport["scaling"]): string[] {
  const line = (gap: string, { functionGap, meanSquaredDelta }: GapSlopes) => [
    gap,
    ...slopeCells(functionGap),
    ...slopeCells(meanSquaredDelta),
    "-1",
  ];
  const rows = [
    ...width.map((slopes) => line(`width, n = ${slopes.n}, against m`, slopes)),
    ...sample.map((slopes) => line(`sample, m = ${slopes.m}, against n`, slopes)),
  ];
  const head = ["slope of the gap", "E (f - f')²", "95% interval", "E|Δ|²", "95% interval", "theory"];
  return alignTable([head, ...rows]);
}

/** The three gaps at the last time, and their slopes. */
export function gapsSummary(report: GapsReport): string[] {
  const { time, settings, width, sample, discretisation, seeds } = report;
  if (time.length === 0) return ["No replica was finished."];
  const end = time.length - 1;
  const { reference, batch, widths, samples } = settings;
  const cell = ({ mean, stderr }: Estimate) => withError(mean[end], stderr[end]);
  const rows = width.map(({ n, m, corrected }, i) => [
    String(n),
    String(m),
    cell(corrected.functionGap),
    cell(sample[i].functionGap),
    cell(discretisation[i % widths.length].functionGap),
  ]);
  const several = widths.length > 1 || samples.length > 1;
  return [
    `E (f - f')² at flow time ${shortTime(time[end])}${seeds === 1 ? "" : `, mean ± standard error over ${seeds} seeds`}:`,
    "",
    ...alignTable([["n", "m", "width", "sample", "discretisation"], ...rows]),
    "",
    `width: m particles against M = ${reference} on the same n samples, corrected by M / (M - m);`,
    `sample: n samples${batch === null ? "" : ` (${batch} a step)`} against the population, with m particles;`,
    "discretisation: steps against gradient flow, on the population.",
    ...(several ? ["", ...slopeTable(report.scaling)] : []),
  ];
}
