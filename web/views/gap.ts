// m E|Delta|^2 of each width: where the gap falls as 1/m the curves are one, and it is the limit constant.

import { Chart } from "../chart.ts";
import { withoutTheory } from "../experiment.ts";
import { token, widthColour } from "../palette.ts";
import type { RunData, Shown } from "../run-data.ts";
import { few, part, say, type View } from "./view.ts";

/** The constant at the times of the records, between its own times along straight lines. */
function atTimes(time: readonly number[], constants: { time: number[]; values: number[] }): number[] {
  let j = 0;
  return time.map((t) => {
    while (j < constants.time.length - 2 && constants.time[j + 1] < t) j++;
    const [t0, t1] = [constants.time[j], constants.time[j + 1] ?? constants.time[j]];
    const [y0, y1] = [constants.values[j], constants.values[j + 1] ?? constants.values[j]];
    return t1 > t0 ? y0 + ((y1 - y0) * (t - t0)) / (t1 - t0) : y0;
  });
}

function sentence(data: RunData): string {
  const { scaling, meanField } = data.report ?? {};
  const slope = scaling?.corrected?.meanSquaredDelta ?? scaling?.meanSquaredDelta;
  const { settings } = data;
  const flow = data.constants && settings.dynamics === "pgd" ? " The constant is that of gradient flow." : "";
  if (slope) {
    const { low, high } = slope;
    const interval = low === null || high === null ? "" : ` (95%: ${few(low)} to ${few(high)})`;
    const M = meanField?.width;
    const beside =
      M === undefined
        ? ""
        : ` Beside a network of width ${M} the curves are low by the factor 1 − m/${M}; the power is corrected for it.`;
    return `At the end E|Δ|² goes as m to the power ${few(slope.slope)}${interval}; −1 is theory.${flow}${beside}`;
  }
  const without = data.constants ? null : withoutTheory(settings);
  return without ? `No limit constant: ${without}` : flow.trim();
}

export class GapView implements View {
  private readonly chart = new Chart(part("gap", ".plot"), { x: "flow time t", y: "m E|Δ|²", from: 0, place: "t" });

  draw(data: RunData | null, { k }: Shown): void {
    if (!data) {
      this.chart.clear();
      say("gap", "");
      return;
    }
    const { widths, constants, time } = data;
    this.chart.draw(
      time,
      [
        ...widths.map(({ m, gap }, w) => ({ label: `m = ${m}`, values: gap, colour: widthColour(w, widths.length) })),
        ...(constants
          ? [{ label: "limit m → ∞", values: atTimes(time, constants), colour: token("ink"), dash: [6, 4], width: 2 }]
          : []),
      ],
      k,
    );
    say("gap", sentence(data));
  }
}
