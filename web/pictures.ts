// All views, drawn when something has changed: pictures of particles in each frame of the screen, charts less often, so that
// a page stays at the pace of its screen however fast records come.

import type { RunData, Shown } from "./run-data.ts";
import { AlignmentView } from "./views/alignment.ts";
import { ConcordanceView } from "./views/concordance.ts";
import { FieldView } from "./views/field.ts";
import { GapView } from "./views/gap.ts";
import { ParticlesView } from "./views/particles.ts";
import { RiskView } from "./views/risk.ts";
import { TheoryView } from "./views/theory.ts";
import type { View } from "./views/view.ts";

/** Milliseconds between two drawings of the charts, and of anything for who wants little motion. */
const CHART_PAUSE = 120;
const CALM_PAUSE = 700;

export class Pictures {
  private readonly moving: View[] = [new ParticlesView(), new FieldView()];
  private readonly charts: View[] = [
    new RiskView(),
    new GapView(),
    new AlignmentView(),
    new TheoryView(),
    new ConcordanceView(),
  ];
  private readonly calm = matchMedia("(prefers-reduced-motion: reduce)");
  private data: RunData | null = null;
  private shown: Shown = { k: 0, m: 0 };
  private waiting = false;
  /** Whether there is something new for each kind of view, and when it was last drawn. */
  private readonly stale = { moving: false, charts: false };
  private readonly drawn = { moving: 0, charts: 0 };
  /** Charts that are still to be drawn in this round, one a frame. */
  private readonly queue: View[] = [];

  /** Asks for a drawing of this state soon. */
  draw(data: RunData | null, shown: Shown): void {
    this.data = data;
    this.shown = shown;
    this.stale.moving = this.stale.charts = true;
    this.request();
  }

  private request(): void {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame((now) => {
      this.waiting = false;
      this.frame(now);
    });
  }

  private frame(now: number): void {
    const { data, shown, stale, drawn, queue } = this;
    const calm = this.calm.matches;
    if (stale.moving && (!calm || now - drawn.moving >= CALM_PAUSE)) {
      stale.moving = false;
      drawn.moving = now;
      for (const view of this.moving) view.draw(data, shown);
    }
    if (stale.charts && queue.length === 0 && now - drawn.charts >= (calm ? CALM_PAUSE : CHART_PAUSE)) {
      stale.charts = false;
      drawn.charts = now;
      queue.push(...this.charts);
    }
    queue.shift()?.draw(data, shown);
    if (stale.moving || stale.charts || queue.length > 0) this.request();
  }
}
