// What `propchaos theory` prints for people.

import type { SelfConcordance, Spread, TheoryReport } from "../index.ts";
import type { TheoryFlags } from "./options.ts";
import { plural, settingsLine, shortTime, thinned } from "./summary.ts";
import { equationSummary, limitConstantsSummary } from "./summary-equation.ts";
import { alignTable, percent, shortNumber } from "./table.ts";

/** Lines of each table. */
const LINES = 9;

/** Second line of the heading. */
export function theorySettingsLine(flags: TheoryFlags): string {
  const { width, seed } = flags;
  return `${settingsLine(flags)}${width === 0 ? "" : `, network of width ${width} (seed ${seed})`}`;
}

/** Median and 99% quantile in two cells. */
function cells(spread: Spread, k: number): [string, string] {
  return [shortNumber(spread.median[k]), shortNumber(spread.quantile99[k])];
}

function table(found: SelfConcordance): string[] {
  const { time, hessianNorm, speed, constant, positiveConstant, growth, towardsEquator, atRest } = found;
  const shown = thinned(time.length, LINES);
  const aligned = constant && positiveConstant && growth && towardsEquator;
  const names = ["t", "|D|", "99%", "|v|", "99%"];
  if (aligned) names.push("C", "99%", "C⁺", "99%", "∫|D|", "log|α/α₀|", "to equator");
  names.push("at rest");
  const rows = shown.map((k) => [
    shortTime(time[k]),
    ...cells(hessianNorm, k),
    ...cells(speed, k),
    ...(aligned
      ? [
          ...cells(constant, k),
          ...cells(positiveConstant, k),
          shortNumber(growth.integral.median[k]),
          shortNumber(growth.logGrowth.median[k]),
          percent(towardsEquator[k]),
        ]
      : []),
    percent(atRest[k]),
  ]);
  return alignTable([names, ...rows]);
}

function section(found: SelfConcordance): string[] {
  const { particles, time, verdict } = found;
  const head =
    found.subject === "limit"
      ? `The infinite-width limit (${particles} points of its law, medians and 99% quantiles):`
      : `A network of ${plural(particles, "particle")} (medians and 99% quantiles):`;
  if (time.length === 0) return [head, "", "Nothing was recorded.", ""];
  return [head, "", ...table(found), "", ...(verdict ? [verdict.sentence, ""] : [])];
}

/** The tables and verdicts of limit and network, the gap of that network, and the limits of large m. */
export function theorySummary({ selfConcordance, gapEquation, constants, status }: TheoryReport): string[] {
  const { limit, network } = selfConcordance;
  const aligned = limit ?? network?.constant;
  const legend = aligned
    ? [
        "C = |D| |α| / |v|, C⁺ the same with the largest eigenvalue of D where it is positive; to equator: share pushed towards α = 0;",
        "at rest: share with |v| < 1e-12, which C leaves out.",
      ]
    : ["There is no single direction w*, hence no α and no verdict; at rest: share with |v| < 1e-12."];
  return [
    ...[limit, network].flatMap((found) => (found ? section(found) : [])),
    ...legend,
    ...(gapEquation && gapEquation.time.length > 0
      ? ["", ...equationSummary(gapEquation, status === "completed")]
      : []),
    ...(constants ? ["", ...limitConstantsSummary(constants)] : []),
  ];
}
