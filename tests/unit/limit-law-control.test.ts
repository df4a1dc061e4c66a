// How the law steps through time, on nodes that only keep the time: lengths of steps, their errors, slices, records and stops
// are what the controller alone makes of them.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDynamics, type DynamicsOptions } from "../../src/core/dynamics.ts";
import type { Work } from "../../src/core/run.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { LossWatch } from "../../src/limit/crossing.ts";
import { Law, type LawObserver } from "../../src/limit/law.ts";
import type { LimitField, LimitNodes } from "../../src/limit/model.ts";
import { EVALUATIONS } from "../../src/limit/movers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

/** Nodes whose one moment is the time, and what was asked of them. */
class Clock {
  time = 0;
  trialTime = 0;
  /** Error of a step h. */
  error: (h: number) => number = () => 0;
  finite: () => boolean = () => true;
  /** Smallest factor that a PGD step leaves, by its slice. */
  left: (first: number) => number = () => 1;
  changes: (steps: number) => boolean = () => false;
  readonly calls: string[] = [];
  readonly n: number;
  readonly slice: number;

  constructor(n = 8, slice = Number.POSITIVE_INFINITY) {
    this.n = n;
    this.slice = slice;
  }

  get nodes(): LimitNodes {
    const particles = {
      n: this.n,
      slice: this.slice,
      state: "state",
      trial: "trial",
      rate: (j: number, _: Float64Array, first: number, last: number) => this.calls.push(`rate ${j} ${first} ${last}`),
      advanceTrial: (j: number, h: number) => {
        this.trialTime = this.time + (j === EVALUATIONS ? h : h / 2);
      },
      normaliseTrial: () => this.finite(),
      trialError: (h: number) => this.error(h),
      accept: () => {
        this.time = this.trialTime;
      },
      descend: (eta: number, _: Float64Array, radial: Float64Array | null, first: number, last: number) => {
        this.calls.push(`descend${radial ? ` radial ${radial[0]}` : ""} ${first} ${last}`);
        if (last === this.n) this.time += eta;
        return this.left(first);
      },
    };
    return {
      particles,
      mostNodes: this.n,
      moments: (at: unknown, first: number, last: number) => {
        this.calls.push(`moments ${first} ${last}`);
        return Float64Array.of(at === "trial" ? this.trialTime : this.time);
      },
      adapt: (steps: number) => this.changes(steps),
      alphaMoments: () => null,
      free: () => this.calls.push("free"),
    } as unknown as LimitNodes;
  }
}

/** The coefficients are the moment: a path shows at which times the field was evaluated. */
const field = {
  driveLength: 1,
  radialLength: 1,
  crossing: { what: "the axis", condition: "factor <= 0" },
  drive: (M: Float64Array, out: Float64Array) => out.set(M),
  radial: (M: Float64Array, out: Float64Array) => out.set(M.map((x) => 10 + x)),
  loss: (M: Float64Array) => M[0],
} as unknown as LimitField;

/** Counts what it is told; always due where `due`. */
class Counter {
  total = 0;
  done = 0;
  time = 0;
  pauses = 0;
  readonly due: boolean;
  constructor(due = false) {
    this.due = due;
  }
  expect(total: number) {
    this.total = total;
  }
  advance(work: number, time: number) {
    this.done += work;
    this.time = time;
  }
  async pause() {
    this.pauses++;
  }
}

const LOCAL = 1e-8;

function lawOf(clock: Clock, options: DynamicsOptions, { stretch = 1, work = new Counter() } = {}) {
  const accuracy = { local: LOCAL, panel: 0, stretch };
  return new Law(engine, field, clock.nodes, checkDynamics(options), accuracy, work as unknown as Work);
}

const flow = (record: number[]): DynamicsOptions => ({ time: record[record.length - 1], dynamics: "flow", record });

async function stepsOf(clock: Clock, record: number[], stretch?: number): Promise<Law> {
  const law = lawOf(clock, flow(record), stretch === undefined ? {} : { stretch });
  for (let k = 0; k < record.length; k++) expect(await law.advanceTo(k)).toBeNull();
  return law;
}

function expectSteps(law: Law, expected: readonly number[]) {
  expect(law.path.h.length).toBe(expected.length);
  law.path.h.forEach((h, i) => {
    expect(Math.abs(h / expected[i] - 1), `step ${i}`).toBeLessThan(1e-12);
  });
}

describe("steps of the flow", () => {
  test("without an error grow fivefold from a hundredth, up to a record, which is hit exactly", async () => {
    const law = await stepsOf(new Clock(), [0, 1]);
    expectSteps(law, [0.01, 0.05, 0.25, 0.69]);
    expect(law.path.stepsAt).toEqual([0, 4]);
    expect(law.path.moments.map((M) => M[0])).toEqual([0, 1]);
    expect(law.reached).toBe(1);
  });

  test("are two equal ones rather than a whole one and a sliver, and no longer than their share of an interval", async () => {
    const law = await stepsOf(new Clock(), [1], 1 / 4);
    // A quarter of the first step too.
    expectSteps(law, [0.0025, 0.0125, 0.0625, 0.25, 0.25, 0.21125, 0.21125]);
    expectSteps(await stepsOf(new Clock(), [0.015]), [0.0075, 0.0075]);
    expectSteps(await stepsOf(new Clock(), [0.02]), [0.01, 0.01]);
    expectSteps(await stepsOf(new Clock(), [0.01]), [0.01]);
  });

  test("are as long as the error allows: 0.9 (tolerance / error)^(1/5)", async () => {
    const clock = new Clock();
    clock.error = (h) => h * h * h * h * h;
    const usual = 0.9 * LOCAL ** 0.2;
    const law = await stepsOf(clock, [0.01 + 3 * usual]);
    expectSteps(law, [0.01, usual, usual, usual]);
    // One evaluation at the start, six a step.
    expect(law.evaluations).toBe(1 + 6 * 4);
  });

  test("are taken back where they err too much, to no less than a fifth at once", async () => {
    const clock = new Clock();
    clock.error = (h) => 1e12 * (h * h * h * h * h);
    const usual = 0.9 * (LOCAL / 1e12) ** 0.2;
    const law = await stepsOf(clock, [0.01]);
    expect(law.path.h[0]).toBeCloseTo(usual, 16);
    // 0.01, 0.002 and 0.0004 are refused; none of them is in the path.
    const tries = (law.evaluations - 1) / 6;
    expect(tries - law.path.h.length).toBe(3);
    expect(law.path.drive.count).toBe(law.path.h.length * EVALUATIONS);
    // A step that is twice too long is followed by one that is as long as it should be.
    expectSteps(await stepsOf(clock, [2 * usual]), [usual, usual]);
  });

  test("whose error is just the tolerance are taken, and the next is nine tenths as long", async () => {
    const clock = new Clock();
    clock.error = () => LOCAL;
    const law = lawOf(clock, flow([1]));
    const control = new AbortedAfter(law, 3);
    await control.run();
    expectSteps(law, [0.01, 0.009, 0.0081]);
  });

  test("that a record cut short say nothing against longer ones", async () => {
    const clock = new Clock();
    // As long as it is, it should stay.
    clock.error = () => LOCAL * 0.9 ** 5;
    const law = await stepsOf(clock, [0.01, 0.0101, 0.0301]);
    expectSteps(law, [0.01, 0.0001, 0.01, 0.01]);
    // The state at a record is not evaluated twice.
    expect(law.evaluations).toBe(1 + 6 * 4);
  });

  test("begin with another evaluation where the nodes have changed", async () => {
    const clock = new Clock();
    clock.changes = (steps) => steps === 2;
    const law = await stepsOf(clock, [1]);
    expect(law.evaluations).toBe(1 + 6 * 4 + 1);
  });

  test("leave in the path the field at each of their six evaluations", async () => {
    const law = await stepsOf(new Clock(), [0.01]);
    expect(Array.from(law.path.drive.copy())).toEqual([0, 0.005, 0.005, 0.005, 0.005, 0.005]);
    const none = lawOf(new Clock(), flow([0.01]));
    none.keepsPath = false;
    await none.advanceTo(0);
    expect(none.path.drive.count).toBe(0);
    expect(none.path.h).toEqual([0.01]);
  });

  test("get shorter until there are none where the state is not finite, which is a divergence", async () => {
    const clock = new Clock();
    clock.finite = () => clock.time < 0.01;
    const law = lawOf(clock, flow([0, 1]));
    expect(await law.advanceTo(0)).toBeNull();
    const divergence = await law.advanceTo(1);
    expect(divergence?.step).toBe(2);
    expect(divergence?.time).toBeCloseTo(0.01, 15);
    expect(law.path.stepsAt).toEqual([0]);
    // 0.05 a fifth at a time, down to where 0.01 + h is 0.01.
    const tried = Math.ceil(Math.log(0.05 / 1e-18) / Math.log(5));
    expect(law.evaluations).toBeGreaterThan(1 + 6 + 5 * (tried - 2));
    expect(law.evaluations).toBeLessThan(1 + 6 + 5 * (tried + 2));
  });

  test("count flow time", async () => {
    const work = new Counter();
    const law = lawOf(new Clock(), flow([0.5, 2]), { work });
    expect(work.total).toBe(2);
    await law.advanceTo(0);
    expect([work.done, work.time]).toEqual([0.5, 0.5]);
    await law.advanceTo(1);
    expect([work.done, work.time]).toEqual([2, 2]);
    const none = new Counter();
    lawOf(new Clock(), flow([0]), { work: none });
    expect(none.total).toBe(1);
  });
});

/** Lets a law take so many steps, then throws. */
class AbortedAfter implements LawObserver {
  private readonly law: Law;
  private readonly most: number;
  constructor(law: Law, most: number) {
    this.law = law;
    this.most = most;
    law.observer = this;
  }
  evaluated() {}
  taken() {
    if (this.law.path.h.length >= this.most) throw new Error("enough");
  }
  async run() {
    await expect(this.law.advanceTo(0)).rejects.toThrow("enough");
  }
}

describe("PGD", () => {
  const pgd = (record: number[], more: Partial<DynamicsOptions> = {}): DynamicsOptions => ({
    time: record[record.length - 1],
    step: 0.25,
    record,
    ...more,
  });

  test("takes the steps to each record and leaves the field of each in the path", async () => {
    const work = new Counter();
    const clock = new Clock();
    const law = lawOf(clock, pgd([0.5, 1], { gradient: "euclidean" }), { work });
    await law.advanceTo(0);
    expect([law.reached, work.done, work.time]).toEqual([0.5, 0.5, 0.5]);
    await law.advanceTo(1);
    expect(law.path.stepsAt).toEqual([2, 4]);
    expect(Array.from(law.path.drive.copy())).toEqual([0, 0.25, 0.5, 0.75]);
    expect(Array.from(law.path.radial?.copy() ?? [])).toEqual([10, 10.25, 10.5, 10.75]);
    expect(law.path.moments.map((M) => M[0])).toEqual([0.5, 1]);
    expect(law.evaluations).toBe(4);
    expect(clock.calls.filter((call) => call === "descend radial 10.25 0 8")).toHaveLength(1);
    const plain = lawOf(new Clock(), pgd([0.5]));
    await plain.advanceTo(0);
    expect(plain.path.radial).toBeNull();
  });

  test("goes over the nodes in slices and pauses between them where it should", async () => {
    for (const [n, slices] of [
      [20, ["0 8", "8 16", "16 20"]],
      [16, ["0 8", "8 16"]],
      [8, ["0 8"]],
    ] as const) {
      const clock = new Clock(n, 8);
      const work = new Counter(true);
      await lawOf(clock, pgd([0.25]), { work }).advanceTo(0);
      const over = (what: string) => slices.map((slice) => `${what} ${slice}`);
      expect(clock.calls).toEqual([...over("moments"), ...over("descend"), ...over("moments")]);
      // Between slices three times, and after the step.
      expect(work.pauses).toBe(3 * (slices.length - 1) + 1);
    }
    const work = new Counter(false);
    await lawOf(new Clock(20, 8), pgd([0.25]), { work }).advanceTo(0);
    expect(work.pauses).toBe(0);
  });

  test("by flow in slices too", async () => {
    const clock = new Clock(20, 8);
    const work = new Counter(true);
    const law = lawOf(clock, flow([0.01]), { work });
    await law.advanceTo(0);
    const over = (what: string) => ["0 8", "8 16", "16 20"].map((slice) => `${what} ${slice}`);
    const evaluations = Array.from({ length: 7 }, (_, j) => [...over("moments"), ...over(`rate ${j}`)]).flat();
    expect(clock.calls).toEqual([...evaluations, ...over("moments")]);
    expect(law.evaluations).toBe(7);
    // One slice is evaluated without a pause.
    const whole = new Clock(8, 8);
    const once = new Counter(true);
    await lawOf(whole, flow([0.01]), { work: once }).advanceTo(0);
    expect(once.pauses).toBe(1);
    expect(whole.calls.filter((call) => call.startsWith("rate"))).toEqual(
      Array.from({ length: 7 }, (_, j) => `rate ${j} 0 8`),
    );
  });

  test("refuses a step across what no particle may cross, in whatever slice", async () => {
    for (const least of [0, -1]) {
      const clock = new Clock(20, 8);
      clock.left = (first) => (first === 8 && clock.time === 0.25 ? least : 1);
      await expect(lawOf(clock, pgd([1])).advanceTo(0)).rejects.toThrow(
        new RangeError(
          "step must be so small that no particle of the limit steps across the axis; got 0.25, which does so at step 2 (factor <= 0): take a smaller step",
        ),
      );
    }
    const clock = new Clock(20, 8);
    clock.left = () => Number.MIN_VALUE;
    expect(await lawOf(clock, pgd([1])).advanceTo(0)).toBeNull();
  });

  test("diverges where a number is not finite", async () => {
    const clock = new Clock();
    clock.left = () => (clock.time >= 0.75 ? Number.NaN : 1);
    const law = lawOf(clock, pgd([1]));
    expect(await law.advanceTo(0)).toEqual({ step: 3, time: 0.75 });
    expect(law.path.stepsAt).toEqual([]);
  });

  test("frees the nodes", () => {
    const clock = new Clock();
    lawOf(clock, pgd([1])).free();
    expect(clock.calls).toEqual(["free"]);
  });
});

describe("a stop inside a step", () => {
  /** Stops where f, positive before and negative after it, is zero. */
  function watch(f: (t: number) => number): LawObserver & { now: number; taken: (h: number) => void; sum: number } {
    return {
      now: 0,
      sum: 0,
      evaluated(_, M) {
        this.now = f(M[0]);
      },
      taken(h) {
        this.sum += h;
      },
      left() {
        return this.now;
      },
    };
  }

  test.each([
    ["a line", (t: number) => 0.3 - t, 0.3, 1],
    ["a square root", (t: number) => Math.sqrt(0.3) - Math.sqrt(t), 0.3, 6],
    ["a ninth power", (t: number) => 0.3 ** 9 - t ** 9, 0.3, 10],
    ["a cube with a flat end", (t: number) => (0.3 - t) * (1 + (0.3 - t) * (0.3 - t) * 100), 0.3, 7],
    ["a root far out", (t: number) => Math.exp(-20 * t) - Math.exp(-20 * 0.88), 0.88, 22],
  ])("is found to rounding in a few tries: %s", async (_, f, root, most) => {
    const law = lawOf(new Clock(), flow([1]));
    const observer = watch(f);
    law.observer = observer;
    expect(await law.advanceTo(0)).toBeNull();
    expect(law.ended).toBe(true);
    expect(Math.abs(law.reached - root)).toBeLessThan(2e-12);
    expect(Math.abs(law.path.moments[0][0] - root)).toBeLessThan(2e-12);
    expect(observer.sum).toBeCloseTo(law.reached, 14);
    const tries = (law.evaluations - 1) / 6 - law.path.h.length;
    expect(tries).toBeGreaterThanOrEqual(1);
    expect(tries).toBeLessThanOrEqual(most);
  });

  test("at the very end of a step needs no other try", async () => {
    const law = lawOf(new Clock(), flow([1]));
    const observer = watch((t) => 0.01 - t);
    law.observer = observer;
    await law.advanceTo(0);
    expect(law.path.h).toEqual([0.01]);
    expect(law.evaluations).toBe(7);
    expect(law.ended).toBe(true);
  });

  test("does not happen before what is left is gone, nor without somebody who asks for it", async () => {
    for (const left of [() => 1e-300, () => 1, undefined]) {
      const law = lawOf(new Clock(), flow([1]));
      law.observer = { evaluated() {}, taken() {}, ...(left && { left }) };
      await law.advanceTo(0);
      expect(law.ended).toBe(false);
      expect(law.reached).toBe(1);
      expect(law.evaluations).toBe(1 + 6 * 4);
    }
  });

  test("ends where no number lies between two tries: a jump", async () => {
    const law = lawOf(new Clock(), flow([1]));
    law.observer = watch((t) => (t < 0.7 ? 1 : -1));
    await law.advanceTo(0);
    expect(law.ended).toBe(true);
    expect(Math.abs(law.reached - 0.7)).toBeLessThan(1e-9);
    expect((law.evaluations - 1) / 6 - law.path.h.length).toBeLessThanOrEqual(40);
  });
});

describe("LossWatch", () => {
  const watchOf = (share: number | null) => {
    const watch = new LossWatch(field, share);
    const at = (j: number, loss: number) => watch.evaluated(j, Float64Array.of(loss));
    return { watch, at };
  };

  test("sums up the root of the risk with the weights of the pair, and takes the end of a step for the next start", () => {
    const { watch, at } = watchOf(null);
    // 35/384, 0, 500/1113, 125/192, -2187/6784, 11/84 (Dormand and Prince, 1980); the weights sum to 1.
    const weights = [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84];
    const roots = [3, 7, 2, 1.5, 1.25, 1];
    roots.forEach((root, j) => {
      at(j, root * root);
    });
    at(6, 4);
    watch.taken(0.5);
    const first = 0.5 * roots.reduce((sum, root, j) => sum + weights[j] * root, 0);
    expect(watch.integral).toBeCloseTo(first, 14);
    for (let j = 1; j < 6; j++) at(j, 4);
    watch.taken(0.25);
    expect(watch.integral).toBeCloseTo(first + 0.25 * 2, 14);
    expect([watch.startLoss, watch.loss]).toEqual([9, 4]);
  });

  test("says how far the risk is from the level, and never where there is none", () => {
    const { watch, at } = watchOf(0.25);
    at(0, 8);
    expect(watch.left()).toBe(6);
    at(6, 2);
    expect(watch.left()).toBe(0);
    at(6, 1);
    expect(watch.left()).toBe(-1);
    const none = watchOf(null);
    none.at(0, 0);
    expect(none.watch.left()).toBe(1);
  });

  test("takes a risk below zero for zero", () => {
    const { watch, at } = watchOf(0.5);
    at(0, 1);
    at(6, -1e-18);
    expect(watch.loss).toBe(0);
    for (let j = 0; j < 6; j++) at(j, -1e-18);
    watch.taken(1);
    expect(watch.integral).toBe(0);
  });
});
