// The self-concordance ratio over flow time: local Hessian against velocity over the particles, by quantiles.

import { wrongKind } from "../core/check.ts";
import type { Spread, StoredConcordance } from "../theory/self-concordance/document.ts";
import { collapsePanel, emptyPanel, type Layer, LOOKS, namedChannels, timeChannel } from "./panels.ts";
import { curve } from "./rows.ts";
import { problemTitle, type Specification, sheet, trainingTitle } from "./specification.ts";

/** From most particles to the single worst one. */
const QUANTILES = [
  ["median", "median"],
  ["90%", "quantile90"],
  ["99%", "quantile99"],
  ["largest", "maximum"],
] as const;

/** The quantities, with their axis and what they say. */
const PANELS: [key: "ratio" | "constant" | "positiveConstant" | "amplification", axis: string, words: string][] = [
  ["ratio", "|D| / |v|", "local Hessian over velocity"],
  ["constant", "C = |D| |α| / |v|", "grows also where particles come to rest"],
  ["positiveConstant", "λmax(D)⁺ |α| / |v|", "of directions in which deviations grow"],
  ["amplification", "∫ λmax(D)⁺ dt / (1 + log 1/|α₀|)", "exponent of 1/|α₀| by which deviations may grow"],
];

/**
 * Self-concordance over flow time: the ratio |D| / |v| of local Hessian and velocity; where there is an alpha also its constants
 * and the exponent by which deviations may grow. Median, quantiles and maximum over the particles, on log axes.
 *
 * @param report - what `selfConcordance` resolved to.
 * @throws TypeError where it is something else.
 * @example
 * ```ts
 * const report = await selfConcordance(engine, problems.He4({ d: 32 }), { time: 8 });
 * await vegaEmbed("#figure", figures.selfConcordance(report));
 * ```
 */
export function selfConcordanceFigure(report: StoredConcordance): Specification {
  if (typeof report !== "object" || report === null || report.schema !== "propchaos/self-concordance@1")
    wrongKind("report", "what selfConcordance resolved to", report);
  const { time, problem, settings, status, subject, verdict } = report;
  const x = timeChannel(time);
  const channels = namedChannels(Object.fromEntries(QUANTILES.map(([name], i) => [name, LOOKS[i]])));
  const rows = (spread: Spread) => QUANTILES.flatMap(([name, key]) => curve(name, time, spread[key]));
  const panels: Layer[] = [];
  for (const [key, axis, words] of PANELS) {
    const spread = report[key];
    if (spread)
      panels.push(
        ...collapsePanel(rows(spread), channels, x, axis, words, { axis: axis.length > 20 ? "exponent" : axis }),
      );
  }
  const ended = status === "completed" ? "" : `; ${status}`;
  const who = subject === "limit" ? "limit" : `network of width ${report.settings.width}`;
  const step = settings.step ?? 0;
  const training =
    subject === "limit" && settings.dynamics === "flow" ? "gradient flow" : trainingTitle({ ...settings, step });
  const found = verdict
    ? [
        `exponent ${verdict.exponent.toPrecision(3)}, allowed ${verdict.bound.toPrecision(3)}: ${verdict.holds ? "holds" : "does not hold"}`,
      ]
    : [];
  return sheet({
    title: `Self-concordance of ${problemTitle(problem)}`,
    subtitle: [`${who}; ${training}${ended}`, ...found],
    panels: panels.length > 0 ? panels : [emptyPanel("|D| / |v|", x)],
    row: 96,
  });
}
