// The limit constants on one mesh and one grid of times: the limit is solved on the grid, nodes that resolve every front
// follow it with their stability factors, and each harmonic of the fluctuations is carried along.

import type { Work } from "../../core/run.ts";
import { regionBytes, type Slot } from "../../engine/arena.ts";
import type { Engine } from "../../engine/index.ts";
import { Mesh } from "../../limit/mesh.ts";
import { PanelRule } from "../../limit/panel-rule.ts";
import { type Solution, solveLimit } from "../../limit/solve.ts";
import { type StabilityFactors, TangentPassengers } from "../../limit/tangent.ts";
import { emptyState } from "../../limit/task.ts";
import type { SingleIndexProblem } from "../../problem/types.ts";
import { Fluctuation } from "./fluctuation.ts";
import { flowPlan, type TimeGrid } from "./grid.ts";
import type { HarmonicBasis } from "./harmonics.ts";
import { blockLengths, functionLengths } from "./modes.ts";

/** Number of nodes' refinements beyond which quadrature has no error left to show. */
const FINEST_MESH = 2;

/** How a level is solved. */
export interface LevelInput {
  problem: SingleIndexProblem;
  bases: readonly HarmonicBasis[];
  grid: TimeGrid;
  level: number;
  /** Of the loss of the limit. */
  limitTolerance: number;
  /** Share of each harmonic's variance that may be left out. */
  neglect: number;
}

/** Both constants at each record that was reached. */
export interface LevelResult {
  functionGap: number[];
  squaredDelta: number[];
  diverged: { step: number; time: number } | null;
  nodes: number;
  modes: number;
}

/** Starting points of the nodes and their masses. */
interface Nodes {
  alpha: Float64Array;
  gamma: Float64Array;
  weight: Float64Array;
}

function placeNodes(engine: Engine, { problem, grid, level }: LevelInput): Nodes {
  const rule = new PanelRule(engine.kernels.cos);
  const horizon = grid.times[grid.times.length - 1];
  const mesh = new Mesh(engine.kernels, rule, problem, horizon, Math.min(level, FINEST_MESH), "even");
  const starts = mesh.panels.map((panel) => ({ ...mesh.start(panel), weight: mesh.weights(panel) }));
  const joined = (name: keyof Nodes) => Float64Array.from(starts.flatMap((start) => Array.from(start[name])));
  return { alpha: joined("alpha"), gamma: joined("gamma"), weight: joined("weight") };
}

/** Square roots of the masses of the nodes, and their stability factors over the last interval. */
function nodeLengths(n: number): Record<"roots" | "parallel" | "perpendicular", number> {
  return { roots: n, parallel: n, perpendicular: n };
}

/** Bytes that a level will reserve at least: with one block of noise modes a harmonic. */
export function levelBytes(engine: Engine, input: LevelInput): number {
  const n = placeNodes(engine, input).alpha.length;
  return input.bases.reduce(
    (sum, basis) => sum + regionBytes(functionLengths(basis, n)) + regionBytes(blockLengths(basis, n)),
    regionBytes(nodeLengths(n)),
  );
}

function write(slots: { parallel: Slot; perpendicular: Slot }, factors: StabilityFactors): void {
  slots.parallel.view.set(factors.parallel.subarray(0, slots.parallel.length));
  slots.perpendicular.view.set(factors.perpendicular.subarray(0, slots.perpendicular.length));
}

/** `result` grows while records are reached. */
export async function solveLevel(engine: Engine, input: LevelInput, work: Work, result: LevelResult): Promise<void> {
  const { problem, bases, grid, limitTolerance, neglect } = input;
  const { times, recordAt } = grid;
  work.expect(2);
  const state = emptyState();
  await solveLimit(engine, problem, flowPlan(times), limitTolerance, work.part(1), state);
  // There is one: where it is aborted, nobody comes here.
  const { path, divergence } = state.solution as Solution;
  result.diverged = divergence;
  if (divergence) return;
  const nodes = placeNodes(engine, input);
  const n = nodes.alpha.length;
  const held: { free(): void }[] = [];
  try {
    const region = engine.arena.reserve("the nodes of the limit constants", nodeLengths(n));
    held.push(region);
    const { slots } = region;
    const particles = new TangentPassengers(engine, path, problem.d, n);
    held.push(particles);
    particles.start(nodes.alpha, nodes.gamma);
    slots.roots.view.set(nodes.weight.map(Math.sqrt));
    const harmonics = bases.map((basis) => {
      const fluctuation = new Fluctuation(engine, basis, problem.d, n, neglect);
      held.push(fluctuation);
      return fluctuation;
    });
    const part = work.part(1);
    part.expect(times.length);
    for (let k = 0, record = 0; k < times.length; k++) {
      const h = k === 0 ? 0 : times[k] - times[k - 1];
      await particles.advanceTo(k, part);
      write(slots, particles.takeFactors());
      for (const harmonic of harmonics) {
        harmonic.advance(particles.passengers.particles.state, slots.roots, h, slots);
        if (part.due) await part.pause();
      }
      if (recordAt[record] === k) {
        const shares = harmonics.map((harmonic) => harmonic.measure());
        result.functionGap.push(shares.reduce((sum, share) => sum + share.functionGap, 0));
        result.squaredDelta.push(shares.reduce((sum, share) => sum + share.squaredDelta, 0));
        record++;
      }
      part.advance(1, times[k]);
    }
    result.nodes = n;
    result.modes = harmonics.reduce((sum, { modeCount }) => sum + modeCount, 0);
  } finally {
    for (const part of held.reverse()) part.free();
  }
}
