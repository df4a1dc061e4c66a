// What `propchaos constants` prints for people.

import type { GapLimitConstants } from "../index.ts";
import { errorText, plural, shortTime, thinned } from "./summary.ts";
import { alignTable, shortNumber } from "./table.ts";

/** The table of the limit constants over time. */
export function constantsSummary(constants: GapLimitConstants): string[] {
  const { time, mTimesFunctionGap, mTimesMeanSquaredDelta, errorEstimate, nodes, steps, modes } = constants;
  if (time.length === 0) return ["Nothing was recorded."];
  const shown = thinned(time.length);
  const rows = shown.map((k) => [
    shortTime(time[k]),
    String(Number(mTimesFunctionGap[k].toPrecision(6))),
    shortNumber(mTimesMeanSquaredDelta[k]),
  ]);
  return [
    ...alignTable([["t", "m·gap", "m E|Δ|²"], ...rows]),
    "",
    "Limits for large m. Gap: squared L² distance of network and limit; Δ: distance of a particle from its mean-field path.",
    `Estimated relative error: ${errorText(errorEstimate)} (${nodes} nodes, ${plural(steps, "step")}, ${modes} noise modes).`,
    ...(shown.length < time.length ? [`${shown.length} of ${time.length} recorded times are shown.`] : []),
  ];
}
