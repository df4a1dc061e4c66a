// The law of the infinite-width limit on one mesh, moved from record to record: PGD steps, or the adaptive pair of
// Dormand and Prince for gradient flow.

import type { Plan } from "../core/dynamics.ts";
import type { Work } from "../core/run.ts";
import { type Region, regionBytes, type Slot } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import type { Field } from "./field.ts";
import type { Mesh } from "./mesh.ts";
import { EVALUATIONS, LimitParticles, particleBytes } from "./particles.ts";
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

type Names = "weight" | "table" | "partial" | "moments";

function lengths(field: Field, nodes: number): Record<Names, number> {
  return {
    weight: nodes,
    table: field.table.length,
    partial: 2 * (field.degree + 1),
    moments: field.degree + 1,
  };
}

/** Bytes that the law on so many nodes will reserve. */
export function lawBytes(field: Field, nodes: number, flow: boolean): number {
  return particleBytes(field, nodes, flow) + regionBytes(lengths(field, nodes));
}

export class Law {
  readonly path: Path;
  private readonly engine: Engine;
  private readonly field: Field;
  private readonly plan: Plan;
  private readonly work: Work;
  private readonly localTolerance: number;
  private readonly nodes: LimitParticles;
  private readonly region: Region<Names>;
  private time = 0;
  private steps = 0;
  /** Next step to try. */
  private h = FIRST_STEP;
  /** Coefficients of psi at each stage of a step; those of the last are the first of the next step. */
  private readonly stages: Float64Array[];
  private readonly radial: Float64Array | null;

  /** `localTolerance`: largest error of a node in one Runge-Kutta step. */
  constructor(engine: Engine, field: Field, mesh: Mesh, plan: Plan, localTolerance: number, work: Work) {
    this.engine = engine;
    this.field = field;
    this.plan = plan;
    this.work = work;
    this.localTolerance = localTolerance;
    this.nodes = new LimitParticles(engine, field, mesh.alpha.length, plan.dynamics === "flow");
    this.nodes.set(mesh.alpha, mesh.gamma);
    try {
      this.region = engine.arena.reserve("the law of the infinite-width limit", lengths(field, this.nodes.n));
    } catch (refusal) {
      this.nodes.free();
      throw refusal;
    }
    this.region.slots.weight.view.set(mesh.weight);
    this.region.slots.table.view.set(field.table);
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

  /** Number of time steps so far. */
  get stepCount(): number {
    return this.steps;
  }

  /** M_l = E P_l(alpha), l <= degree, at the state or at the trial state of a step. */
  private moments(at: Slot): Float64Array {
    const { weight, table, partial, moments } = this.region.slots;
    this.engine.kernels.zonalMoments(
      at.address,
      weight.address,
      this.nodes.n,
      table.address,
      this.field.degree,
      partial.address,
      moments.address,
    );
    return moments.view;
  }

  /** E alpha and E alpha^2 now, from nodes on both sides or, for an even law, on one. */
  alphaMoments(even: boolean): { mean: number; square: number } {
    const alpha = this.nodes.state.view;
    const weight = this.region.slots.weight.view;
    let mean = 0;
    let square = 0;
    for (let i = 0; i < this.nodes.n; i++) {
      mean += weight[i] * alpha[i];
      square += weight[i] * alpha[i] * alpha[i];
    }
    return { mean: even ? 0 : mean, square };
  }

  /** Moves the law to record k, k ascending, and notes its moments there; null, or where it diverged. */
  async advanceTo(k: number): Promise<LawDivergence | null> {
    const divergence =
      this.plan.dynamics === "pgd" ? await this.descend(this.plan.steps[k]) : await this.flow(this.plan.times[k]);
    if (divergence) return divergence;
    this.path.stepsAt.push(this.steps);
    this.path.moments.push(this.moments(this.nodes.state).slice());
    return null;
  }

  private async descend(target: number): Promise<LawDivergence | null> {
    const { step } = this.plan;
    while (this.steps < target) {
      const M = this.moments(this.nodes.state);
      const psi = this.stages[0];
      this.field.psi(M, psi);
      if (this.radial) this.field.radial(M, this.radial);
      const least = this.nodes.descend(step, psi, this.radial);
      if (Number.isNaN(least)) return { step: this.steps + 1, time: this.time + step };
      if (least <= 0) this.refuseStep();
      this.path.psi.push(psi);
      if (this.radial) this.path.radial?.push(this.radial);
      this.steps++;
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
    while (this.time < target) {
      const left = target - this.time;
      // Two equal steps rather than a whole one and a sliver.
      const h = this.h >= left ? left : 2 * this.h > left ? left / 2 : this.h;
      const error = this.tryStep(h);
      const ratio = error === 0 ? GROW : SAFETY * this.engine.kernels.pow(this.localTolerance / error, 0.2);
      const next = h * Math.max(SHRINK, Math.min(GROW, ratio));
      if (error <= this.localTolerance) {
        this.acceptStep(h);
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
    this.field.psi(this.moments(j === 0 ? this.nodes.state : this.nodes.trial), this.stages[j]);
    this.nodes.rate(j, this.stages[j]);
  }

  /** Leaves the result of a step h in the trial state and returns its error; infinite where a number is not finite. */
  private tryStep(h: number): number {
    for (let j = 1; j <= EVALUATIONS; j++) {
      this.nodes.advanceTrial(j, h);
      if (j === EVALUATIONS && !this.nodes.normaliseTrial()) return Number.POSITIVE_INFINITY;
      this.evaluate(j);
    }
    return this.nodes.trialError(h);
  }

  private acceptStep(h: number): void {
    this.nodes.accept();
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
    this.region.free();
  }
}
