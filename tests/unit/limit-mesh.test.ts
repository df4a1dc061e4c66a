// The mesh that follows the front, against a mesh that is fine everywhere and all the time.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDynamics } from "../../src/core/dynamics.ts";
import { Run } from "../../src/core/run.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { Field } from "../../src/limit/field.ts";
import { Law } from "../../src/limit/law.ts";
import { meanFieldLimit } from "../../src/limit/mean-field-limit.ts";
import { half, Mesh, type Panel, whole } from "../../src/limit/mesh.ts";
import { LawNodes } from "../../src/limit/nodes.ts";
import { PanelRule, POINTS } from "../../src/limit/panel-rule.ts";
import type { SingleIndexProblem } from "../../src/problem/types.ts";
import { problems } from "../../src/problem/zoo.ts";

let engine: Engine;
let rule: PanelRule;
beforeAll(async () => {
  engine = await createEngine();
  rule = new PanelRule(engine.kernels.cos);
});
afterAll(() => engine.dispose());

/** Losses on base panels that are all halved `level` times and stay so. */
async function fullMeshLoss(problem: SingleIndexProblem, time: number, record: number[], level: number) {
  const plan = checkDynamics({ time, dynamics: "flow", record });
  const field = new Field(problem);
  const mesh = new Mesh(engine.kernels, rule, problem, time, level);
  const accuracy = { local: 1e-9, panel: Number.POSITIVE_INFINITY, stretch: 1 };
  const nodes = new LawNodes(engine, field, mesh, problem, { flow: true, panelError: accuracy.panel });
  const law = new Law(engine, field, nodes, plan, accuracy, new Run({}));
  for (let k = 0; k < record.length; k++) await law.advanceTo(k);
  const most = nodes.mostNodes;
  law.free();
  return { loss: law.path.moments.map((M) => field.loss(M)), nodes: most };
}

describe("the mesh that follows the front", () => {
  test.each([
    { name: "He4, d = 32", problem: problems.He4({ d: 32 }), time: 30 },
    { name: "He4, d = 300", problem: problems.He4({ d: 300 }), time: 60 },
    { name: "He3, d = 100", problem: problems.He3({ d: 100 }), time: 20 },
    { name: "He4_misspecified, d = 10", problem: problems.He4_misspecified({ d: 10 }), time: 20 },
  ])(
    "has the loss of the full mesh within its error estimate, with a fraction of the nodes: $name",
    async (row) => {
      const { problem, time } = row;
      const record = [time / 10, time / 3, time];
      const full = await fullMeshLoss(problem, time, record, 5);
      for (const tolerance of [1e-5, 1e-8]) {
        const limit = await meanFieldLimit(engine, problem, { time, dynamics: "flow", record, tolerance });
        expect(limit.errorEstimate).toBeLessThanOrEqual(tolerance);
        const worst = Math.max(...full.loss.map((loss, k) => Math.abs(loss - limit.loss[k])));
        expect(worst).toBeLessThan((limit.errorEstimate ?? 0) + 3e-10);
        expect(limit.nodes).toBeLessThan(full.nodes / 5);
      }
    },
    30_000,
  );

  test("needs hardly more nodes for a longer horizon or a larger d", async () => {
    const nodes = async (d: number, time: number) => {
      const settings = { time, dynamics: "flow", tolerance: 1e-5, record: [time] } as const;
      return (await meanFieldLimit(engine, problems.He4({ d }), settings)).nodes;
    };
    const small = await nodes(100, 20);
    expect(await nodes(100, 200)).toBeLessThan(1.5 * small);
    expect(await nodes(100_000, 200)).toBeLessThan(1.5 * small);
  });

  test("weights sum to 1 and give E alpha^2 = 1/d, also after splitting", () => {
    for (const d of [2, 3, 32, 1000]) {
      const mesh = new Mesh(engine.kernels, rule, problems.He4({ d }), 10, 0);
      const split = mesh.panels.flatMap((panel) => [half(panel, 0), half(half(panel, 1), 0), half(half(panel, 1), 1)]);
      for (const panels of [mesh.panels, split]) {
        let mass = 0;
        let square = 0;
        for (const panel of panels) {
          const { alpha, gamma } = mesh.start(panel);
          mesh.weights(panel).forEach((weight, j) => {
            mass += weight;
            square += weight * alpha[j] * alpha[j];
            expect(Math.abs(alpha[j] * alpha[j] + gamma[j] * gamma[j] - 1)).toBeLessThan(1e-15);
          });
        }
        expect(Math.abs(mass - 1)).toBeLessThan(1e-13);
        expect(Math.abs(square * d - 1)).toBeLessThan(1e-12);
      }
    }
  });
});

describe("a panel's rule", () => {
  /** A polynomial of degree 15 on the panel [low, high] of the real line, at the nodes. */
  const values = (low: number, high: number, degree = 15) =>
    rule.nodes.map((x) => {
      const t = low + ((high - low) * (1 + x)) / 2;
      let value = 1;
      for (let k = 0; k < degree; k++) value = value * t + 1 / (k + 1);
      return value;
    });

  const worst = (a: Float64Array, b: Float64Array) => Math.max(...a.map((x, i) => Math.abs(x - b[i])));

  test("passes polynomials of degree 15 to the halves and back without loss", () => {
    const panel = values(-1, 1);
    const lower = new Float64Array(POINTS);
    const upper = new Float64Array(POINTS);
    rule.split(panel, 0, lower);
    rule.split(panel, 1, upper);
    expect(worst(lower, values(-1, 0))).toBeLessThan(1e-13);
    expect(worst(upper, values(0, 1))).toBeLessThan(1e-13);
    const back = new Float64Array(POINTS);
    rule.merge(lower, upper, back);
    expect(worst(back, panel)).toBeLessThan(1e-12);
  });

  /** The largest of the watched Legendre coefficients: what panelExcess is where an error of 1 is allowed. */
  function tail(values: Float64Array): number {
    const region = engine.arena.reserve("a test", { values: POINTS, watched: 4 * POINTS, importance: 1, criterion: 5 });
    const { slots } = region;
    slots.values.view.set(values);
    slots.watched.view.set(rule.watched);
    slots.importance.view.set([1]);
    slots.criterion.view.set([1]);
    const [at, watched, importance, criterion] = [slots.values, slots.watched, slots.importance, slots.criterion];
    region.free();
    return engine.kernels.panelExcess(at.address, 1, watched.address, importance.address, criterion.address, 0);
  }

  test("sees in the tail what low degrees lack and high ones have", () => {
    expect(tail(values(-1, 1, 11))).toBeLessThan(1e-14);
    for (const degree of [12, 13, 14, 15]) expect(tail(values(-1, 1, degree))).toBeGreaterThan(1e-5);
  });

  test("halves join to the panel they are of, and no others do", () => {
    const panel: Panel = { from: "pole", side: 1, low: 0, high: 1, base: 3, depth: 0, part: 0 };
    const [lower, upper] = [half(panel, 0), half(panel, 1)];
    expect(whole(lower, upper)).toEqual(panel);
    expect(whole(upper, lower)).toBeNull();
    expect(whole(panel, panel)).toBeNull();
    expect(whole(lower, { ...upper, base: 4 })).toBeNull();
    expect(whole(half(lower, 1), half(upper, 0))).toBeNull();
  });
});
