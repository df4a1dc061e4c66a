// The law of the infinite-width limit on a mesh that adapts to its front, moved from record to record: PGD steps, or the
// adaptive pair of Dormand and Prince for gradient flow.

import type { Plan } from "../core/dynamics.ts";
import type { Work } from "../core/run.ts";
import { type Region, regionBytes, type Slot } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import type { SingleIndexProblem } from "../problem/types.ts";
import { Adaptation, type Patch } from "./adapt.ts";
import type { Field } from "./field.ts";
import type { Mesh, Panel } from "./mesh.ts";
import { POINTS } from "./panel-rule.ts";
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

/** Nodes there is room for before the law has to move. */
function startCapacity(mesh: Mesh): number {
  return ROOM * POINTS * mesh.panels.length;
}

/** Bytes that the law will reserve at first. */
export function lawBytes(field: Field, mesh: Mesh, flow: boolean): number {
  const capacity = startCapacity(mesh);
  return particleBytes(field, capacity, flow) + regionBytes(lengths(field, capacity));
}

/** Merging is tried every so many steps; splitting after each. */
const MERGE_EVERY = 16;

/** Nodes there is room for at first, as a multiple of those at the start. */
const ROOM = 4;

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
  private readonly engine: Engine;
  private readonly field: Field;
  private readonly plan: Plan;
  private readonly work: Work;
  private readonly accuracy: Accuracy;
  private readonly mesh: Mesh;
  private readonly adaptation: Adaptation;
  private panels: Panel[];
  private nodes: LimitParticles;
  private region: Region<Names>;
  private mostNodes = 0;
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
    this.mesh = mesh;
    this.adaptation = new Adaptation(mesh, problem, accuracy.panel);
    this.panels = mesh.panels;
    [this.nodes, this.region] = this.reserve(startCapacity(mesh));
    this.place(mesh.panels.map((panel) => ({ panel, ...mesh.start(panel) })));
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

  private reserve(capacity: number): [LimitParticles, Region<Names>] {
    const nodes = new LimitParticles(this.engine, this.field, capacity, this.plan.dynamics === "flow");
    try {
      const region = this.engine.arena.reserve("the law of the infinite-width limit", lengths(this.field, capacity));
      region.slots.table.view.set(this.field.table);
      return [nodes, region];
    } catch (refusal) {
      nodes.free();
      throw refusal;
    }
  }

  /** Puts the law on these panels. */
  private place(patches: Patch[]): void {
    const n = POINTS * patches.length;
    if (n > this.nodes.capacity) {
      this.free();
      [this.nodes, this.region] = this.reserve(2 * n);
    }
    this.nodes.resize(n);
    this.mostNodes = Math.max(this.mostNodes, n);
    this.panels = patches.map(({ panel }) => panel);
    const state = this.nodes.state.view;
    const weight = this.region.slots.weight.view;
    patches.forEach(({ panel, alpha, gamma }, p) => {
      state.set(alpha, p * POINTS);
      state.set(gamma, n + p * POINTS);
      weight.set(this.mesh.weights(panel), p * POINTS);
    });
  }

  /** Splits and merges panels where the front wants it; the law stays what it was up to interpolation. */
  private adapt(): boolean {
    const { n, state } = this.nodes;
    const { view } = state;
    const merge = this.steps % MERGE_EVERY === 0 && this.panels.some(({ depth }) => depth > 0);
    if (!merge && !this.adaptation.mustSplit(this.panels, view, this.steps)) return false;
    const patches = this.panels.map((panel, p) => ({
      panel,
      alpha: view.slice(p * POINTS, (p + 1) * POINTS),
      gamma: view.slice(n + p * POINTS, n + (p + 1) * POINTS),
    }));
    const adapted = this.adaptation.adapt(patches, this.steps, merge);
    if (!adapted) return false;
    this.place(adapted);
    return true;
  }

  /** Largest number of nodes so far. */
  get nodeCount(): number {
    return this.mostNodes;
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
      this.adapt();
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
        if (this.adapt()) this.evaluate(0);
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
