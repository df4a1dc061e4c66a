// The law of alpha at any record: weighted nodes of a mesh at the start, moved along the path.

import type { Engine } from "../engine/index.ts";
import type { SingleIndexProblem } from "../problem/types.ts";
import { isEven, Mesh } from "./mesh.ts";
import { PanelRule } from "./panel-rule.ts";
import { Passengers, type Path } from "./path.ts";
import type { AlphaLaw } from "./result.ts";

/** How often the base panels are halved: the nodes do not follow the front as those of the solver do, so they are many. */
const LEVEL = 2;

interface Node {
  alpha: number;
  gamma: number;
  weight: number;
}

/** Nodes on both sides, in the order of alpha; an even law has a mesh on one side only. */
function startNodes(engine: Engine, problem: SingleIndexProblem, { plan }: Path): Node[] {
  const horizon = plan.times[plan.times.length - 1];
  const mesh = new Mesh(engine.kernels, new PanelRule(engine.kernels.cos), problem, horizon, LEVEL);
  const even = isEven(problem);
  const nodes = mesh.panels.flatMap((panel) => {
    const { alpha, gamma } = mesh.start(panel);
    return Array.from(mesh.weights(panel), (weight, j) => ({
      alpha: alpha[j],
      gamma: gamma[j],
      weight: even ? weight / 2 : weight,
    }));
  });
  if (even) nodes.push(...nodes.map(({ alpha, ...same }) => ({ alpha: -alpha, ...same })));
  return nodes.sort((a, b) => a.alpha - b.alpha);
}

export class AlphaLaws {
  private readonly engine: Engine;
  private readonly problem: SingleIndexProblem;
  private readonly path: Path;
  private weight: Float64Array | null = null;
  /** Where the nodes were last seen, as columns, and after how many steps of the path. */
  private columns: Float64Array[] = [];
  private steps = 0;
  private start: Float64Array[] = [];

  constructor(engine: Engine, problem: SingleIndexProblem, path: Path) {
    this.engine = engine;
    this.problem = problem;
    this.path = path;
  }

  /** The law at record k. */
  at(k: number): AlphaLaw {
    const weight = this.place();
    const wanted = this.path.stepsAt[k];
    if (wanted < this.steps) [this.columns, this.steps] = [this.start, 0];
    const n = weight.length;
    const passengers = new Passengers(this.engine, this.path, n);
    try {
      passengers.resume(this.steps, ...this.columns);
      passengers.advanceNow(k);
      const { state, n: stride } = passengers.particles;
      this.columns = [0, 1].map((c) => state.view.slice(c * stride, c * stride + n));
      this.steps = wanted;
    } finally {
      passengers.free();
    }
    return { alpha: this.columns[0].slice(), weight: weight.slice() };
  }

  private place(): Float64Array {
    if (this.weight) return this.weight;
    const nodes = startNodes(this.engine, this.problem, this.path);
    this.start = [Float64Array.from(nodes, ({ alpha }) => alpha), Float64Array.from(nodes, ({ gamma }) => gamma)];
    this.columns = this.start;
    this.weight = Float64Array.from(nodes, ({ weight }) => weight);
    return this.weight;
  }
}
