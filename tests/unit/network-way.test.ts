// The way of a network from record to record, and what is kept of it: steps and times by hand, with a network that only counts.

import { describe, expect, test } from "vitest";
import { checkDynamics, type DynamicsOptions } from "../../src/core/dynamics.ts";
import type { Work } from "../../src/core/run.ts";
import { checkKeep, keptBytes } from "../../src/network/kept.ts";
import type { Network } from "../../src/network/network.ts";
import { countWork, substeps, Trajectory } from "../../src/network/trajectory.ts";
import { problems } from "../../src/problem/zoo.ts";

/** A trajectory of a network that diverges in its `last`th step, what it did, and what its work was told. */
function way(options: DynamicsOptions, last = Number.POSITIVE_INFINITY) {
  const moves: [kind: string, number][] = [];
  const told: number[] = [];
  let [expected, pauses] = [0, 0];
  const move = async (kind: string, value: number) => {
    moves.push([kind, value]);
    return moves.length < last;
  };
  const network = {
    step: (step: number) => move("step", step),
    rungeKuttaStep: (h: number) => move("flow", h),
  } as unknown as Network;
  const work: Work = {
    expect: (total) => {
      expected = total;
    },
    advance: (units, time) => {
      expect(units).toBe(1);
      told.push(time);
    },
    due: true,
    pause: async () => void pauses++,
    part: () => work,
  };
  const plan = checkDynamics(options);
  const trajectory = new Trajectory(network, plan, work);
  return { plan, trajectory, moves, told, expected, pauses: () => pauses };
}

describe("the way of a network", () => {
  test("by PGD takes its steps in turn, and says which one diverged", async () => {
    const options = { time: 0.5, step: 0.125, record: [0, 0.25, 0.5] };
    const { trajectory, moves, told, expected, pauses } = way(options);
    expect(expected).toBe(4);
    expect(await trajectory.advanceTo(0)).toBeNull();
    expect(moves).toEqual([]);
    expect(await trajectory.advanceTo(1)).toBeNull();
    expect(trajectory.steps).toBe(2);
    await trajectory.advanceTo(2);
    expect(moves).toEqual([0, 1, 2, 3].map((step) => ["step", step]));
    expect(told).toEqual([0.125, 0.25, 0.375, 0.5]);
    expect(pauses()).toBe(4);
    const broken = way(options, 3);
    await broken.trajectory.advanceTo(1);
    expect(await broken.trajectory.advanceTo(2)).toEqual({ step: 3, time: 0.375 });
    expect(broken.trajectory.steps).toBe(2);
  });

  test("along the flow hits every record with equal steps between", async () => {
    const options = { time: 0.75, step: 0.25, dynamics: "flow", record: [0.5, 0.625, 0.75] } as const;
    const { trajectory, moves, told, expected, pauses } = way(options);
    expect(expected).toBe(4);
    for (const k of [0, 1, 2]) expect(await trajectory.advanceTo(k)).toBeNull();
    expect(moves).toEqual([0.25, 0.25, 0.125, 0.125].map((h) => ["flow", h]));
    expect(told).toEqual([0.25, 0.5, 0.625, 0.75]);
    expect([trajectory.steps, pauses()]).toEqual([4, 4]);
    const broken = way(options, 3);
    await broken.trajectory.advanceTo(0);
    expect(await broken.trajectory.advanceTo(1)).toEqual({ step: 3, time: 0.625 });
    // Nothing is to be done for a record at the start.
    const start = way({ ...options, record: [0, 0.75] });
    expect(await start.trajectory.advanceTo(0)).toBeNull();
    expect([start.moves.length, start.expected]).toEqual([0, 3]);
  });

  test("has the fewest equal steps that are no longer than asked for, but for rounding", () => {
    expect(substeps(1, 0.5)).toBe(2);
    expect(substeps(1, 0.3)).toBe(4);
    // 3.0000000000000004 in floating point.
    expect(substeps(0.1 + 0.2, 0.1)).toBe(3);
    expect(substeps(0.01, 1)).toBe(1);
    expect(countWork(checkDynamics({ time: 1, step: 0.25, record: [0.5] }))).toBe(2);
    expect(countWork(checkDynamics({ time: 1, step: 0.3, dynamics: "flow", record: [0, 0.5, 1] }))).toBe(4);
  });
});

describe("what is kept", () => {
  const problem = problems.He4({ d: 6 });
  const keep = (options: object, records = 9) => checkKeep(options, problem, 5, records);

  test("are the last particles, and no trajectory, unless more is asked for", () => {
    expect(keep({})).toEqual({ keep: "last", alphaPaths: null, trajectory: null });
    expect(keep({ keep: "all" }).keep).toBe("all");
    expect(keep({ trajectory: {} }, 3).trajectory).toEqual({ records: [0, 1, 2], particles: 5 });
  });

  test("of a trajectory are records as equally spaced as their numbers allow, the last one first of all", () => {
    for (const [records, places] of [
      [1, [8]],
      [2, [0, 8]],
      [4, [0, 3, 5, 8]],
      [5, [0, 2, 4, 6, 8]],
    ] as const)
      expect(keep({ trajectory: { records, particles: 2 } }).trajectory).toEqual({ records: places, particles: 2 });
  });

  test.each([
    [{ keep: "first" }, 'keep must be "last" or "all"; got "first"'],
    [{ trajectory: { records: 0 } }, "trajectory.records must be an integer from 1 to 9; got 0"],
    [{ trajectory: { records: 10 } }, "trajectory.records must be an integer from 1 to 9; got 10"],
    [{ trajectory: { particles: 6 } }, "trajectory.particles must be an integer from 1 to 5; got 6"],
    [{ trajectory: { times: 3 } }, 'trajectory has no option "times"; allowed are records, particles'],
    [{ trajectory: null }, "trajectory must be an object; got null"],
  ])("is refused where it makes no sense: %j", (options, sentence) => {
    expect(() => keep(options)).toThrow(sentence);
  });

  test("takes eight bytes a number", () => {
    expect(keptBytes(keep({}), 5, 6, 9)).toBe(8 * 5 * 6);
    expect(keptBytes(keep({ keep: "all" }), 5, 6, 9)).toBe(8 * 5 * 6 * 9);
    const trajectory = { records: 4, particles: 2 };
    expect(keptBytes(keep({ trajectory }), 5, 6, 9)).toBe(8 * 5 * 6 + 8 * 4 * 2 * 6);
  });
});
