// The law of the infinite-width limit, moved from record to record: PGD steps, or the adaptive pair of Dormand and Prince
// for gradient flow.

import type { Plan } from "../core/dynamics.ts";
import type { Work } from "../core/run.ts";
import type { Slot } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import type { Accuracy, LimitField, LimitNodes } from "./model.ts";
import { EVALUATIONS } from "./movers.ts";
import { type Path, Rows } from "./path.ts";

/** Step-size control: safety factor, and how far a step may shrink or grow at once. */
const SAFETY = 0.9;
const SHRINK = 0.2;
const GROW = 5;

/** First step of the adaptive pair, in flow time; the control takes it from there. */
const FIRST_STEP = 0.01;

/** Where the law stopped being finite. */
export interface LawDivergence {
  step: number;
  time: number;
}

/** Told of a flow as it is computed: sums something up along it, or stops it. */
export interface LawObserver {
  /** Evaluation j of a step, and the moments there: 0 is its start, EVALUATIONS its end. */
  evaluated(j: number, M: Float64Array): void;
  /** The step that was evaluated last is taken. */
  taken(h: number): void;
  /** Positive until the law is to stop, by the last evaluation: it stops where this is zero. */
  left?(): number;
}

/** Tries at most to end a step where the observer wants it; each gains a digit or more. */
const STOP_TRIES = 40;

/** As good as zero, as a share of what was left at the start of the step. */
const STOP_ROUNDING = 1e-13;

export class Law {
  readonly path: Path;
  /** Of the flow only. */
  observer: LawObserver | undefined;
  /** Whether the field of each step of a flow is kept, for particles that follow later; a long flow has many. */
  keepsPath = true;
  readonly nodes: LimitNodes;
  private readonly engine: Engine;
  private readonly field: LimitField;
  private readonly plan: Plan;
  private readonly work: Work;
  private readonly accuracy: Accuracy;
  private time = 0;
  private steps = 0;
  private stopped = false;
  /** Evaluations of the field so far, those of refused steps included. */
  private evaluated = 0;
  /** Next step to try. */
  private h: number;
  /** Coefficients of the velocity at each stage of a step; those of the last are the first of the next step. */
  private readonly stages: Float64Array[];
  private readonly radial: Float64Array | null;

  /** Takes over the nodes: `free` frees them. */
  constructor(engine: Engine, field: LimitField, nodes: LimitNodes, plan: Plan, accuracy: Accuracy, work: Work) {
    this.engine = engine;
    this.field = field;
    this.plan = plan;
    this.work = work;
    this.accuracy = accuracy;
    this.h = FIRST_STEP * accuracy.stretch;
    this.nodes = nodes;
    this.stages = Array.from({ length: EVALUATIONS + 1 }, () => new Float64Array(field.driveLength));
    this.radial = plan.gradient === "euclidean" ? new Float64Array(field.radialLength) : null;
    this.path = {
      field,
      plan,
      drive: new Rows(field.driveLength),
      radial: this.radial && new Rows(this.radial.length),
      h: [],
      stepsAt: [],
      moments: [],
    };
    work.expect(plan.times[plan.times.length - 1] || 1);
  }

  private get particles() {
    return this.nodes.particles;
  }

  get evaluations(): number {
    return this.evaluated;
  }

  /** Flow time reached. */
  get reached(): number {
    return this.time;
  }

  /** Whether the observer stopped it. */
  get ended(): boolean {
    return this.stopped;
  }

  /** Moves the law to record k, k ascending, and notes its moments there; null, or where it diverged. */
  async advanceTo(k: number): Promise<LawDivergence | null> {
    const divergence =
      this.plan.dynamics === "pgd" ? await this.descend(this.plan.steps[k]) : await this.flow(this.plan.times[k]);
    if (divergence) return divergence;
    this.path.stepsAt.push(this.steps);
    this.path.moments.push((await this.moments(this.particles.state)).slice());
    return null;
  }

  /** Goes over all nodes in slices. */
  private async sliced(visit: (first: number, last: number) => void): Promise<void> {
    const { n, slice } = this.particles;
    for (let first = 0; first < n; first += slice) {
      visit(first, Math.min(n, first + slice));
      if (first + slice < n && this.work.due) await this.work.pause();
    }
  }

  private async moments(at: Slot): Promise<Float64Array> {
    let M: Float64Array = new Float64Array();
    await this.sliced((first, last) => {
      M = this.nodes.moments(at, first, last);
    });
    return M;
  }

  private async descend(target: number): Promise<LawDivergence | null> {
    const { step } = this.plan;
    const drive = this.stages[0];
    while (this.steps < target) {
      const M = await this.moments(this.particles.state);
      this.field.drive(M, drive);
      if (this.radial) this.field.radial(M, this.radial);
      let least = Number.POSITIVE_INFINITY;
      await this.sliced((first, last) => {
        least = Math.min(least, this.particles.descend(step, drive, this.radial, first, last));
      });
      if (Number.isNaN(least)) return { step: this.steps + 1, time: this.time + step };
      if (least <= 0) this.refuseStep();
      this.path.drive.push(drive);
      if (this.radial) this.path.radial?.push(this.radial);
      this.steps++;
      this.evaluated++;
      this.nodes.adapt(this.steps);
      this.count(this.steps * step);
      if (this.work.due) await this.work.pause();
    }
    return null;
  }

  private refuseStep(): never {
    const { what, condition } = this.field.crossing;
    throw new RangeError(
      `step must be so small that no particle of the limit steps across ${what}; got ${this.plan.step}, which does so at step ${this.steps + 1} (${condition}): take a smaller step`,
    );
  }

  private async flow(target: number): Promise<LawDivergence | null> {
    if (this.steps === 0) await this.evaluate(0);
    const longest = this.accuracy.stretch * (target - this.time);
    let ahead = this.observer?.left?.();
    while (this.time < target && !this.stopped) {
      const left = target - this.time;
      // Two equal steps rather than a whole one and a sliver.
      const wanted = Math.min(this.h, longest);
      const h = wanted >= left ? left : 2 * wanted > left ? left / 2 : wanted;
      const error = await this.tryStep(h);
      const ratio = error === 0 ? GROW : SAFETY * this.engine.kernels.pow(this.accuracy.local / error, 0.2);
      const next = h * Math.max(SHRINK, Math.min(GROW, ratio));
      if (error <= this.accuracy.local) {
        const taken = ahead === undefined ? h : await this.stopWithin(h, ahead);
        ahead = this.observer?.left?.();
        this.acceptStep(taken);
        if (this.nodes.adapt(this.steps)) await this.evaluate(0);
        this.count(taken === left ? target : this.time + taken);
        // A step cut short by a record says nothing against longer ones.
        this.h = h < this.h ? Math.max(this.h, next) : next;
      } else {
        this.h = next;
        if (this.time + next === this.time) return { step: this.steps + 1, time: this.time + h };
      }
      if (this.work.due) await this.work.pause();
    }
    return null;
  }

  /**
   * Shortens the step h that was tried to where the observer has nothing left, by false position (Illinois), with `ahead`
   * left at its start. The step is tried afresh each time, so that the stop is as accurate as the flow.
   */
  private async stopWithin(h: number, ahead: number): Promise<number> {
    const leftNow = () => this.observer?.left?.() ?? ahead;
    let [low, high] = [0, h];
    let [atLow, atHigh] = [ahead, leftNow()];
    if (atHigh > 0) return h;
    this.stopped = true;
    let taken = h;
    let now = atHigh;
    for (let n = 0; n < STOP_TRIES && Math.abs(now) > STOP_ROUNDING * ahead; n++) {
      const before = now;
      const next = low + ((high - low) * atLow) / (atLow - atHigh);
      // Two ends that no number lies between.
      if (!(next > low && next < high)) break;
      taken = next;
      await this.tryStep(taken);
      now = leftNow();
      if (now > 0) {
        [low, atLow] = [taken, now];
        if (before > 0) atHigh /= 2;
      } else {
        [high, atHigh] = [taken, now];
        if (before < 0) atLow /= 2;
      }
    }
    return taken;
  }

  /** Field and rates of stage j: at the state (0) or at the trial state. Nothing to wait for where one slice is all. */
  private evaluate(j: number): Promise<void> | undefined {
    const { particles } = this;
    const { n, slice, state, trial } = particles;
    const at = j === 0 ? state : trial;
    this.evaluated++;
    if (n > slice) return this.evaluateInSlices(j, at);
    this.drive(j, this.nodes.moments(at, 0, n));
    particles.rate(j, this.stages[j], 0, n);
    return undefined;
  }

  private drive(j: number, M: Float64Array): void {
    this.observer?.evaluated(j, M);
    this.field.drive(M, this.stages[j]);
  }

  private async evaluateInSlices(j: number, at: Slot): Promise<void> {
    this.drive(j, await this.moments(at));
    await this.sliced((first, last) => this.particles.rate(j, this.stages[j], first, last));
  }

  /** Leaves the result of a step h in the trial state and returns its error; infinite where a number is not finite. */
  private async tryStep(h: number): Promise<number> {
    for (let j = 1; j <= EVALUATIONS; j++) {
      this.particles.advanceTrial(j, h);
      if (j === EVALUATIONS && !this.particles.normaliseTrial()) return Number.POSITIVE_INFINITY;
      const slices = this.evaluate(j);
      if (slices !== undefined) await slices;
    }
    return this.particles.trialError(h);
  }

  private acceptStep(h: number): void {
    this.particles.accept();
    if (this.keepsPath) for (let j = 0; j < EVALUATIONS; j++) this.path.drive.push(this.stages[j]);
    this.stages[0].set(this.stages[EVALUATIONS]);
    this.path.h.push(h);
    this.observer?.taken(h);
    this.steps++;
  }

  private count(time: number): void {
    this.work.advance(time - this.time, time);
    this.time = time;
  }

  free(): void {
    this.nodes.free();
  }
}
