// The four curves of theory: the measured gap of one network, the linear prediction for its own particles, and two bounds.

import { Chart } from "../chart.ts";
import { withoutTheory } from "../experiment.ts";
import { token } from "../palette.ts";
import type { RunData, Shown } from "../run-data.ts";
import { few, part, say, type View } from "./view.ts";

/** The picture ends at so many times the largest gap, or above the Volterra bound: the classical one leaves any picture. */
const ABOVE = 10;
const FAR_ABOVE = 1e3;

/** Up to the first point above the top, so that a curve leaves the picture and no number is too large to draw. */
function leaving(values: number[], top: number): (number | null)[] {
  const first = values.findIndex((y) => y > top);
  return values.map((y, k) => (first < 0 || k <= first ? y : null));
}

/** Index of the record of the theory that is nearest to a time. */
function nearest(time: ArrayLike<number>, t: number): number {
  let best = 0;
  for (let k = 1; k < time.length; k++) if (Math.abs(time[k] - t) < Math.abs(time[best] - t)) best = k;
  return best;
}

export class TheoryView implements View {
  private readonly chart = new Chart(part("theory", ".plot"), { x: "flow time t", y: "E|Δ|", log: true, place: "t" });

  draw(data: RunData | null, { k }: Shown): void {
    const network = data?.theory?.gapEquation ?? null;
    if (!data || !network) {
      this.chart.clear();
      say("theory", data ? this.absence(data) : "");
      return;
    }
    const { time, measured, predicted, relativeError, bounds, m } = network;
    const largest = Math.max(...measured.meanDelta, ...predicted.meanDelta);
    const volterra = Array.from(bounds?.volterra.bound ?? []);
    const top = Math.max(ABOVE * largest, ...volterra.filter((y) => y <= FAR_ABOVE * largest));
    this.chart.draw(
      Array.from(time),
      [
        { label: "measured", values: Array.from(measured.meanDelta), colour: token("ink"), width: 2.4 },
        {
          label: "predicted",
          values: Array.from(predicted.meanDelta),
          colour: token("second"),
          width: 2.4,
          dash: [5, 5],
        },
        { label: "Volterra bound", values: volterra, colour: token("accent") },
        {
          label: "Grönwall bound",
          values: leaving(Array.from(bounds?.gronwall.bound ?? []), top),
          colour: token("third"),
          dash: [2, 3],
        },
      ].filter(({ values }) => values.length > 0),
      nearest(time, data.time[k] ?? 0),
      top,
    );
    const end = relativeError.length - 1;
    const loose = bounds
      ? `; at the end the Volterra bound is ${few(bounds.volterra.looseness[end], 2)} times the gap`
      : "";
    say("theory", `One network, m = ${m}: the prediction is off by ${few(100 * relativeError[end], 2)}%${loose}.`);
  }

  private absence(data: RunData): string {
    if (data.theoryFailure !== null) return data.theoryFailure;
    return withoutTheory(data.settings) ?? "Computing in the background …";
  }
}
