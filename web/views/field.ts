// The field that moves the neurons of the limit, psi(alpha), with the law of alpha under it.

import { Chart } from "../chart.ts";
import { token } from "../palette.ts";
import type { LimitPicture } from "../protocol.ts";
import type { RunData, Shown } from "../run-data.ts";
import { few, part, say, type View } from "./view.ts";

/** Share of the law around each point of the grid. */
function lawAt({ grid, law, bins }: LimitPicture, k: number): number[] {
  return Array.from(grid, (alpha) => law[k * bins + Math.min(bins - 1, Math.floor(((alpha + 1) / 2) * bins))]);
}

export class FieldView implements View {
  private readonly chart = new Chart(part("field", ".plot"), {
    x: "alignment α",
    y: "ψ(α)",
    range: [-1, 1],
    place: "α",
  });

  draw(data: RunData | null, { k }: Shown): void {
    const limit = data?.limit ?? null;
    if (!data || !limit) {
      this.chart.clear();
      const known = data?.latest ? "No field in closed form: the limit of this problem is not a law of α alone." : "";
      say("field", known);
      return;
    }
    const { grid } = limit;
    const record = Math.min(k, limit.time.length - 1);
    this.chart.draw(
      Array.from(grid),
      [
        {
          label: "law of α (share a bin)",
          values: lawAt(limit, record),
          colour: token("law"),
          fill: token("law"),
          width: 1,
          scale: "share",
        },
        { values: Array.from(grid, () => 0), colour: token("soft"), width: 1 },
        {
          label: "ψ(α)",
          values: Array.from(limit.psi.subarray(record * grid.length, (record + 1) * grid.length)),
          colour: token("accent"),
          width: 2.2,
        },
      ],
      (grid.length - 1) / 2,
    );
    say("field", `At t = ${few(limit.time[record])}. Where ψ > 0 neurons move towards w*, where ψ < 0 away from it.`);
  }
}
