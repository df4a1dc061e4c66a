// Risk of the networks against that of their limit.

import { Chart } from "../chart.ts";
import { token, widthColour } from "../palette.ts";
import type { RunData, Shown } from "../run-data.ts";
import { part, say, type View } from "./view.ts";

const MEASURED = {
  population: "",
  test: "The risk is the error on the test set.",
  train: "The risk is the error on the training set.",
};

export class RiskView implements View {
  private readonly chart = new Chart(part("risk", ".plot"), { x: "flow time t", y: "risk", from: 0, place: "t" });

  draw(data: RunData | null, { k }: Shown): void {
    if (!data) {
      this.chart.clear();
      say("risk", "");
      return;
    }
    const { widths, report, time, limitLoss } = data;
    const reference = report?.meanField.width;
    this.chart.draw(
      time,
      [
        ...widths.map(({ m, loss }, w) => ({ label: `m = ${m}`, values: loss, colour: widthColour(w, widths.length) })),
        {
          label: reference === undefined ? "limit" : `reference, m = ${reference}`,
          values: limitLoss,
          colour: token("ink"),
          dash: [6, 4],
          width: 2,
        },
      ],
      k,
    );
    say("risk", report ? MEASURED[report.measuredOn?.loss ?? "population"] : "");
  }
}
