// Self-concordance of the limit: C = lambda^+ |alpha| / |v| over the neurons, lambda^+ the largest eigenvalue of the local Hessian or
// 0, by which near neurons part. Where C stays bounded, deviations grow by a power of the dimension and not exponentially.

import { Chart } from "../chart.ts";
import { withoutTheory } from "../experiment.ts";
import { token } from "../palette.ts";
import type { RunData, Shown } from "../run-data.ts";
import { part, say, type View } from "./view.ts";

export class ConcordanceView implements View {
  private readonly chart = new Chart(part("concordance", ".plot"), {
    x: "flow time t",
    y: "C = λ⁺ |α| / |v|",
    log: true,
    place: "t",
  });

  draw(data: RunData | null, { k }: Shown): void {
    const limit = data?.theory?.selfConcordance.limit ?? null;
    if (!data || !limit) {
      this.chart.clear();
      say(
        "concordance",
        data ? (data.theoryFailure ?? withoutTheory(data.settings) ?? "Computing in the background …") : "",
      );
      return;
    }
    const { time, positiveConstant: constant } = limit;
    let shown = 0;
    while (shown < time.length - 1 && time[shown + 1] <= (data.time[k] ?? 0) + 1e-9) shown++;
    this.chart.draw(
      Array.from(time),
      [
        {
          label: "half of the neurons below",
          values: Array.from(constant.median),
          colour: token("accent"),
          width: 2.4,
        },
        { label: "90% below", values: Array.from(constant.quantile90), colour: token("second"), dash: [6, 3] },
        { label: "99% below", values: Array.from(constant.quantile99), colour: token("third"), dash: [2, 3] },
      ],
      shown,
    );
    say("concordance", limit.verdict?.sentence ?? "");
  }
}
