// The nodes of the law: panels of a mesh that adapts to the front, their particles and weights, and averages over them.

import { type Region, regionBytes, type Slot } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import type { SingleIndexProblem } from "../problem/types.ts";
import { ADAPTATION_BYTES, Adaptation, type Patch } from "./adapt.ts";
import type { Field } from "./field.ts";
import { isEven, type Mesh, type Panel } from "./mesh.ts";
import type { LimitNodes } from "./model.ts";
import { POINTS } from "./panel-rule.ts";
import { LimitParticles, particleBytes } from "./particles.ts";

/** Merging is tried every so many steps; splitting after each. */
const MERGE_EVERY = 16;

/** Nodes there is room for at first, as a multiple of those at the start. */
const ROOM = 4;

type Names = "weight" | "importance" | "table" | "partial" | "moments";

function lengths(field: Field, nodes: number): Record<Names, number> {
  return {
    weight: nodes,
    importance: nodes / POINTS,
    table: field.table.length,
    partial: 2 * (field.degree + 1),
    moments: field.degree + 1,
  };
}

function startCapacity(mesh: Mesh): number {
  return ROOM * POINTS * mesh.panels.length;
}

/** Bytes that the law on a mesh will reserve at first. */
export function lawBytes(field: Field, mesh: Mesh, flow: boolean): number {
  const capacity = startCapacity(mesh);
  return ADAPTATION_BYTES + particleBytes(field, capacity, flow) + regionBytes(lengths(field, capacity));
}

/** Panel number p of a state of n nodes. Most are never looked at, so the arrays are made when they are asked for. */
class HeldPatch implements Patch {
  readonly panel: Panel;
  private readonly state: Float64Array;
  private readonly at: number;

  constructor(panel: Panel, state: Float64Array, p: number) {
    this.panel = panel;
    this.state = state;
    this.at = p * POINTS;
  }

  get alpha(): Float64Array {
    return this.state.subarray(this.at, this.at + POINTS);
  }

  get gamma(): Float64Array {
    const { at } = this;
    const n = this.state.length / 2;
    return this.state.subarray(n + at, n + at + POINTS);
  }
}

export class LawNodes implements LimitNodes {
  private readonly engine: Engine;
  private readonly field: Field;
  private readonly mesh: Mesh;
  private readonly flow: boolean;
  private readonly even: boolean;
  private readonly adaptation: Adaptation;
  private panels: Panel[] = [];
  private held: LimitParticles;
  private region: Region<Names>;
  private most = 0;

  /** `panelError`: largest error of a panel's interpolation. */
  constructor(
    engine: Engine,
    field: Field,
    mesh: Mesh,
    problem: SingleIndexProblem,
    options: { flow: boolean; panelError: number },
  ) {
    this.engine = engine;
    this.field = field;
    this.mesh = mesh;
    this.flow = options.flow;
    this.even = isEven(problem);
    this.adaptation = new Adaptation(engine, mesh, problem, options.panelError);
    try {
      [this.held, this.region] = this.reserve(startCapacity(mesh));
    } catch (refusal) {
      this.adaptation.free();
      throw refusal;
    }
    this.place(mesh.panels.map((panel) => ({ panel, ...mesh.start(panel) })));
  }

  /** The particles; another object after `adapt` has said true. */
  get particles(): LimitParticles {
    return this.held;
  }

  /** Largest number of nodes so far. */
  get mostNodes(): number {
    return this.most;
  }

  private reserve(capacity: number): [LimitParticles, Region<Names>] {
    const particles = new LimitParticles(this.engine, this.field, capacity, this.flow);
    try {
      const region = this.engine.arena.reserve("the law of the infinite-width limit", lengths(this.field, capacity));
      region.slots.table.view.set(this.field.table);
      return [particles, region];
    } catch (refusal) {
      particles.free();
      throw refusal;
    }
  }

  /** Puts the law on these panels. */
  private place(patches: Patch[]): void {
    const n = POINTS * patches.length;
    if (n > this.held.capacity) {
      this.release();
      [this.held, this.region] = this.reserve(2 * n);
    }
    this.held.resize(n);
    this.most = Math.max(this.most, n);
    this.panels = patches.map(({ panel }) => panel);
    const state = this.held.state.view;
    const { weight, importance } = this.region.slots;
    patches.forEach(({ panel, alpha, gamma }, p) => {
      state.set(alpha, p * POINTS);
      state.set(gamma, n + p * POINTS);
      weight.view.set(this.mesh.weights(panel), p * POINTS);
      importance.view[p] = this.adaptation.importance(panel);
    });
  }

  /**
   * Splits and merges panels where the front wants it, after so many time steps. The law stays what it was up to
   * interpolation; true where anything changed.
   */
  adapt(steps: number): boolean {
    const { n, state } = this.held;
    const merge = steps % MERGE_EVERY === 0 && this.panels.some(({ depth }) => depth > 0);
    const split = this.adaptation.mustSplit(state, this.region.slots.importance, this.panels.length, steps);
    if (!merge && !split) return false;
    // place() writes over the state: the patches look at a copy.
    const old = state.view.slice(0, 2 * n);
    const patches = this.panels.map((panel, p) => new HeldPatch(panel, old, p));
    const adapted = this.adaptation.adapt(patches, steps, split, merge);
    if (!adapted) return false;
    this.place(adapted);
    return true;
  }

  /** M_l = E P_l(alpha), l <= degree, at the state or at the trial state of a step; overwritten by the next call. */
  moments(at: Slot): Float64Array {
    const { weight, table, partial, moments } = this.region.slots;
    this.engine.kernels.zonalMoments(
      at.address,
      weight.address,
      this.held.n,
      table.address,
      this.field.degree,
      partial.address,
      moments.address,
    );
    return moments.view;
  }

  /** E alpha and E alpha^2 now. An even law has nodes on one side only. */
  alphaMoments(): { mean: number; square: number } {
    const alpha = this.held.state.view;
    const weight = this.region.slots.weight.view;
    let mean = 0;
    let square = 0;
    for (let i = 0; i < this.held.n; i++) {
      mean += weight[i] * alpha[i];
      square += weight[i] * alpha[i] * alpha[i];
    }
    return { mean: this.even ? 0 : mean, square };
  }

  private release(): void {
    this.held.free();
    this.region.free();
  }

  free(): void {
    this.adaptation.free();
    this.release();
  }
}
