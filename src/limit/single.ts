// The single-index limit on meshes that follow the front: its levels of refinement.

import type { Plan } from "../core/dynamics.ts";
import type { Engine } from "../engine/index.ts";
import type { SingleIndexProblem } from "../problem/types.ts";
import { Field } from "./field.ts";
import { Mesh } from "./mesh.ts";
import type { Accuracy, LimitNodes } from "./model.ts";
import { LawNodes, lawBytes } from "./nodes.ts";
import { PanelRule } from "./panel-rule.ts";
import type { Levels, Probes } from "./refine.ts";

/** Refinements at most; a limit that has not settled by then carries its larger error estimate. */
const MAX_LEVEL = 8;

/**
 * Errors allowed to a node in a Runge-Kutta step and to a panel's interpolation on the coarsest level, in tolerances:
 * the loss, a mean, errs far less than a node. Each refinement divides them.
 */
const LOCAL_SHARE = 10;
const PANEL_SHARE = 1;
const LOCAL_REFINEMENT = 16;
const PANEL_REFINEMENT = 64;

/** Beyond this the error of a step says little about the next. */
const LARGEST_LOCAL = 1e-4;

/** Rounding allows no less. */
const LEAST_LOCAL = 1e-15;
const LEAST_PANEL = 1e-13;

/** Particles whose paths are compared between two levels: one a quantile of the initial law. */
const PROBES = 256;

/** The nodes at PROBES quantiles of the law at the start. */
function quantiles(mesh: Mesh): Probes {
  const nodes = mesh.panels.flatMap((panel) => {
    const { alpha, gamma } = mesh.start(panel);
    return Array.from(mesh.weights(panel), (weight, j) => ({ alpha: alpha[j], gamma: gamma[j], weight }));
  });
  nodes.sort((a, b) => a.alpha - b.alpha);
  const alphas = new Float64Array(PROBES);
  const gammas = new Float64Array(PROBES);
  let mass = 0;
  let p = 0;
  for (const { alpha, gamma, weight } of nodes) {
    mass += weight;
    for (; mass >= (p + 0.5) / PROBES; p++) {
      alphas[p] = alpha;
      gammas[p] = gamma;
    }
  }
  return [alphas, gammas];
}

export class SingleIndexLevels implements Levels {
  readonly name = "single-index";
  readonly indices = 1;
  readonly field: Field;
  readonly probes: Probes;
  readonly last = MAX_LEVEL;
  private readonly engine: Engine;
  private readonly problem: SingleIndexProblem;
  private readonly plan: Plan;
  private readonly tolerance: number;
  private readonly rule: PanelRule;

  constructor(engine: Engine, problem: SingleIndexProblem, plan: Plan, tolerance: number) {
    this.engine = engine;
    this.problem = problem;
    this.plan = plan;
    this.tolerance = tolerance;
    this.field = new Field(problem);
    this.rule = new PanelRule(engine.kernels.cos);
    this.probes = quantiles(this.mesh(0));
  }

  private get flow(): boolean {
    return this.plan.dynamics === "flow";
  }

  private mesh(level: number): Mesh {
    const horizon = this.plan.times[this.plan.times.length - 1];
    return new Mesh(this.engine.kernels, this.rule, this.problem, horizon, level);
  }

  /** Bytes that the first refinement will reserve at first. */
  get bytes(): number {
    return lawBytes(this.field, this.mesh(1), this.flow);
  }

  accuracy(level: number): Accuracy {
    let local = Math.min(LARGEST_LOCAL, LOCAL_SHARE * this.tolerance);
    let panel = PANEL_SHARE * this.tolerance;
    let stretch = 1;
    for (let l = 0; l < level; l++) {
      local = Math.max(LEAST_LOCAL, local / LOCAL_REFINEMENT);
      panel = Math.max(LEAST_PANEL, panel / PANEL_REFINEMENT);
      stretch /= 4;
    }
    return { local, panel, stretch };
  }

  nodes(level: number, { panel }: Accuracy): LimitNodes {
    const options = { flow: this.flow, panelError: panel };
    return new LawNodes(this.engine, this.field, this.mesh(level), this.problem, options);
  }

  affordable(): boolean {
    return true;
  }
}
