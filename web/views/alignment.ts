// Alignment of single particles with w* against time: in the network, and on the paths that the same starts take in the limit.

import { Chart, type Curve } from "../chart.ts";
import { token, widthColour } from "../palette.ts";
import { PATHS } from "../protocol.ts";
import type { RunData, Shown } from "../run-data.ts";
import { part, say, type View } from "./view.ts";

function curves(data: RunData, m: number): Curve[] {
  const { widths, records } = data;
  const place = widths.findIndex((width) => width.m === m);
  const { frames } = data.of(m);
  const count = Math.min(PATHS, m);
  const path = (i: number, limit: boolean) =>
    Array.from({ length: records }, (_, k) => {
      const frame = frames[k];
      return frame ? ((limit ? frame.limitX : frame.x)?.[i] ?? null) : null;
    });
  const hasLimit = frames[0]?.limitX !== null;
  const all = (limit: boolean, look: Omit<Curve, "values">, label: string): Curve[] =>
    Array.from({ length: count }, (_, i) => ({ ...look, values: path(i, limit), ...(i === 0 ? { label } : {}) }));
  return [
    ...all(false, { colour: widthColour(place, widths.length), width: 1.4 }, `first of ${count}, m = ${m}`),
    ...(hasLimit ? all(true, { colour: token("ink"), width: 1, dash: [2, 4] }, "the same start in the limit") : []),
  ];
}

export class AlignmentView implements View {
  private readonly chart = new Chart(part("alignment", ".plot"), { x: "flow time t", y: "alignment α", place: "t" });

  draw(data: RunData | null, { k, m }: Shown): void {
    if (!data || data.of(m).frames.length === 0) {
      this.chart.clear();
      say("alignment", "");
      return;
    }
    this.chart.draw(data.time, curves(data, m), k);
    const without = data.of(m).frames[0]?.limitX === null;
    say(
      "alignment",
      without ? "No paths in the limit: this problem has no single direction, so α is the first coordinate." : "",
    );
  }
}
