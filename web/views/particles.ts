// The particles of a network, projected from the sphere to a disc: alpha = <w, w*> to the right, the second coordinate up. In
// high dimensions nearly all start in a thin belt about the equator, alpha = 0, and end at the poles +-w*.

import { token, widthColour } from "../palette.ts";
import type { RunData, Shown } from "../run-data.ts";
import { few, part, say, type View } from "./view.ts";

/** Share of the particles with |alpha| above this counts as arrived. */
const ARRIVED = 0.9;
const MARGIN = 36;

export class ParticlesView implements View {
  private readonly canvas = part<HTMLCanvasElement>("particles", "canvas");
  private last: [RunData | null, Shown] = [null, { k: 0, m: 0 }];

  constructor() {
    new ResizeObserver(() => this.draw(...this.last)).observe(this.canvas);
  }

  draw(data: RunData | null, shown: Shown): void {
    this.last = [data, shown];
    const ratio = globalThis.devicePixelRatio || 1;
    const size = Math.max(200, this.canvas.clientWidth);
    const pixels = Math.round(size * ratio);
    if (this.canvas.width !== pixels) this.canvas.width = this.canvas.height = pixels;
    const context = this.canvas.getContext("2d");
    if (!context) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, size, size);
    const radius = size / 2 - MARGIN;
    this.frame(context, size / 2, radius, data);
    const frame = data?.of(shown.m).frames[shown.k];
    if (data && frame) {
      const place = data.widths.findIndex(({ m }) => m === shown.m);
      context.fillStyle = widthColour(place, data.widths.length);
      context.globalAlpha = Math.max(0.3, Math.min(0.9, 200 / Math.sqrt(frame.x.length) / 10));
      const dot = Math.max(2, Math.min(5, 60 / Math.sqrt(frame.x.length)));
      for (let i = 0; i < frame.x.length; i++) {
        context.beginPath();
        context.arc(size / 2 + radius * frame.x[i], size / 2 - radius * frame.y[i], dot, 0, 2 * Math.PI);
        context.fill();
      }
      context.globalAlpha = 1;
    }
    say("particles", data && frame ? this.sentence(data, frame.x, frame.time, shown.m) : "");
  }

  private sentence(data: RunData, x: Float32Array, time: number, m: number): string {
    const place = `m = ${m}, t = ${few(time)}`;
    if (data.limit === null) return `${place}: the first two coordinates of the neurons.`;
    const near = (sign: number) => {
      const count = x.reduce((sum, alpha) => sum + (sign * alpha > ARRIVED ? 1 : 0), 0);
      return `${few((100 * count) / x.length, 2)}%`;
    };
    return `${place}: ${near(1)} of the neurons are near w*, ${near(-1)} near −w*.`;
  }

  private frame(context: CanvasRenderingContext2D, centre: number, radius: number, data: RunData | null): void {
    context.strokeStyle = token("line");
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(centre, centre - radius);
    context.lineTo(centre, centre + radius);
    context.moveTo(centre - radius, centre);
    context.lineTo(centre + radius, centre);
    context.stroke();
    context.strokeStyle = token("soft");
    context.beginPath();
    context.arc(centre, centre, radius, 0, 2 * Math.PI);
    context.stroke();
    const single = !data || data.limit !== null || data.latest === null;
    context.fillStyle = token("ink");
    context.font = "italic 14px ui-serif, Georgia, serif";
    context.textBaseline = "middle";
    context.textAlign = "center";
    context.fillText(single ? "w*" : "e₁", centre + radius + 21, centre);
    context.fillText(single ? "−w*" : "−e₁", centre - radius - 21, centre);
    context.fillText("e₂", centre, centre - radius - 17);
    context.textAlign = "left";
  }
}
