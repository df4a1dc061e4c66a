// The law of the infinite-width limit, moved from record to record: PGD steps, or the adaptive pair of Dormand and Prince
// for gradient flow.

import type { Plan } from "../core/dynamics.ts";
import type { Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import type { SingleIndexProblem } from "../problem/types.ts";
import type { Field } from "./field.ts";
import type { Mesh } from "./mesh.ts";
import { LawNodes } from "./nodes.ts";
import { EVALUATIONS } from "./particles.ts";
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

/** How accurate a law is to be. */
export interface Accuracy {
  /** Largest error of a node in a Runge-Kutta step. */
  local: number;
  /** Largest error of a panel's interpolation. */
  panel: number;
  /**
   * Share of the first step and of the time between two records that a step may take: a refined run must differ also
   * where not its error but these limit the step.
   */
  stretch: number;
}

export class Law {
  readonly path: Path;
  readonly nodes: LawNodes;
  private readonly engine: Engine;
  private readonly field: Field;
  private readonly plan: Plan;
  private readonly work: Work;
  private readonly accuracy: Accuracy;
  private time = 0;
  private steps = 0;
  /** Next step to try. */
  private h: number;
  /** Coefficients of psi at each stage of a step; those of the last are the first of the next step. */
  private readonly stages: Float64Array[];
  private readonly radial: Float64Array | null;

  constructor(
    engine: Engine,
    field: Field,
    mesh: Mesh,
    problem: SingleIndexProblem,
    plan: Plan,
    accuracy: Accuracy,
    work: Work,
  ) {
    this.engine = engine;
    this.field = field;
    this.plan = plan;
    this.work = work;
    this.accuracy = accuracy;
    this.h = FIRST_STEP * accuracy.stretch;
    this.nodes = new LawNodes(engine, field, mesh, problem, {
      flow: plan.dynamics === "flow",
      panelError: accuracy.panel,
    });
    this.stages = Array.from({ length: EVALUATIONS + 1 }, () => new Float64Array(field.psiDegree + 1));
    this.radial = plan.gradient === "euclidean" ? new Float64Array(field.degree + 1) : null;
    this.path = {
      field,
      plan,
      psi: new Rows(field.psiDegree + 1),
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

  /** Moves the law to record k, k ascending, and notes its moments there; null, or where it diverged. */
  async advanceTo(k: number): Promise<LawDivergence | null> {
    const divergence =
      this.plan.dynamics === "pgd" ? await this.descend(this.plan.steps[k]) : await this.flow(this.plan.times[k]);
    if (divergence) return divergence;
    this.path.stepsAt.push(this.steps);
    this.path.moments.push(this.nodes.moments(this.particles.state).slice());
    return null;
  }

  private async descend(target: number): Promise<LawDivergence | null> {
    const { step } = this.plan;
    while (this.steps < target) {
      const M = this.nodes.moments(this.particles.state);
      const psi = this.stages[0];
      this.field.psi(M, psi);
      if (this.radial) this.field.radial(M, this.radial);
      const least = this.particles.descend(step, psi, this.radial);
      if (Number.isNaN(least)) return { step: this.steps + 1, time: this.time + step };
      if (least <= 0) this.refuseStep();
      this.path.psi.push(psi);
      if (this.radial) this.path.radial?.push(this.radial);
      this.steps++;
      this.nodes.adapt(this.steps);
      this.count(this.steps * step);
      if (this.work.due) await this.work.pause();
    }
    return null;
  }

  private refuseStep(): never {
    throw new RangeError(
      `step must be so small that no particle of the limit steps across the axis of w*; got ${this.plan.step}, which does so at step ${this.steps + 1} (1 + eta r - eta alpha psi <= 0): take a smaller step`,
    );
  }

  private async flow(target: number): Promise<LawDivergence | null> {
    if (this.steps === 0) this.evaluate(0);
    const longest = this.accuracy.stretch * (target - this.time);
    while (this.time < target) {
      const left = target - this.time;
      // Two equal steps rather than a whole one and a sliver.
      const wanted = Math.min(this.h, longest);
      const h = wanted >= left ? left : 2 * wanted > left ? left / 2 : wanted;
      const error = this.tryStep(h);
      const ratio = error === 0 ? GROW : SAFETY * this.engine.kernels.pow(this.accuracy.local / error, 0.2);
      const next = h * Math.max(SHRINK, Math.min(GROW, ratio));
      if (error <= this.accuracy.local) {
        this.acceptStep(h);
        if (this.nodes.adapt(this.steps)) this.evaluate(0);
        this.count(h === left ? target : this.time + h);
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

  /** Field and rates of stage j: at the state (0) or at the trial state. */
  private evaluate(j: number): void {
    this.field.psi(this.nodes.moments(j === 0 ? this.particles.state : this.particles.trial), this.stages[j]);
    this.particles.rate(j, this.stages[j]);
  }

  /** Leaves the result of a step h in the trial state and returns its error; infinite where a number is not finite. */
  private tryStep(h: number): number {
    for (let j = 1; j <= EVALUATIONS; j++) {
      this.particles.advanceTrial(j, h);
      if (j === EVALUATIONS && !this.particles.normaliseTrial()) return Number.POSITIVE_INFINITY;
      this.evaluate(j);
    }
    return this.particles.trialError(h);
  }

  private acceptStep(h: number): void {
    this.particles.accept();
    for (let j = 0; j < EVALUATIONS; j++) this.path.psi.push(this.stages[j]);
    this.stages[0].set(this.stages[EVALUATIONS]);
    this.path.h.push(h);
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
