// src/core: checks and their sentences, record times, run control, plain documents.

import { getEventListeners } from "node:events";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  checkFloat64Array,
  checkFunction,
  checkInteger,
  checkNumber,
  checkOneOf,
  checkOptions,
  checkSeed,
  show,
} from "../../src/core/check.ts";
import { checkDynamics } from "../../src/core/dynamics.ts";
import { plain } from "../../src/core/plain.ts";
import { checkStep, checkTime, countSteps, recordSteps, recordTimes } from "../../src/core/record.ts";
import { Aborted, type Progress, Run } from "../../src/core/run.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("check", () => {
  test.each([
    ["a", '"a"'],
    ["x".repeat(41), `"${"x".repeat(40)}…"`],
    [4, "4"],
    [-0, "-0"],
    [Number.NaN, "NaN"],
    [4n, "4n"],
    [undefined, "undefined"],
    [null, "null"],
    [true, "true"],
    [() => 1, "a function"],
    [Symbol("s"), "a symbol"],
    [[], "an empty array"],
    [[1, 2], "an array of 2"],
    [new Float64Array(3), "Float64Array(3)"],
    [{}, "an object of type Object"],
    [new Map(), "an object of type Map"],
    [Object.create(null), "an object of type Object"],
  ])("shows %o as %s", (value, text) => {
    expect(show(value)).toBe(text);
  });

  test("a number's bounds are closed, and open below only when asked for", () => {
    expect(checkNumber("x", 0, { min: 0, max: 1 })).toBe(0);
    expect(checkNumber("x", 1, { min: 0, max: 1 })).toBe(1);
    expect(() => checkNumber("x", 0, { min: 0, above: true })).toThrow("x must be a finite number above 0; got 0");
    expect(() => checkNumber("x", 2, { min: 0, max: 1 })).toThrow("of at least 0 and at most 1; got 2");
    expect(() => checkNumber("x", "2")).toThrow(TypeError);
    expect(() => checkNumber("x", Number.NaN)).toThrow(RangeError);
    expect(() => checkNumber("x", Number.POSITIVE_INFINITY)).toThrow("x must be a finite number; got Infinity");
    expect(() => checkNumber("x", -1, { min: 0 })).toThrow("x must be a finite number of at least 0; got -1");
    expect(() => checkNumber("x", 3, { max: 2 })).toThrow("x must be a finite number and at most 2; got 3");
    expect(checkNumber("x", 1, { min: 0, above: true })).toBe(1);
  });

  test("an integer is a number without a fraction that is safe to count with", () => {
    expect(checkInteger("n", 3, 1)).toBe(3);
    expect(() => checkInteger("n", 3.5, 1)).toThrow("n must be an integer of at least 1; got 3.5");
    expect(() => checkInteger("n", 2 ** 53, 1)).toThrow(RangeError);
    expect(() => checkInteger("n", 3n, 1)).toThrow(TypeError);
    expect(checkSeed("seed", 4294967295)).toBe(4294967295);
    expect(() => checkSeed("seed", 4294967296)).toThrow("from 0 to 4294967295");
    expect(checkSeed("seed", 0)).toBe(0);
    expect(() => checkSeed("seed", -1)).toThrow("seed must be an integer from 0 to 4294967295; got -1");
    expect([checkInteger("n", 1, 1, 2), checkInteger("n", 2, 1, 2)]).toEqual([1, 2]);
    expect(() => checkInteger("n", 3, 1, 2)).toThrow("n must be an integer from 1 to 2; got 3");
    expect(() => checkInteger("n", 0, 1)).toThrow("n must be an integer of at least 1; got 0");
  });

  test("a function or nothing, and an array of finite numbers, are what they are called", () => {
    expect(checkFunction("f", undefined)).toBeUndefined();
    expect(checkFunction("f", Math.abs)).toBe(Math.abs);
    expect(() => checkFunction("f", null)).toThrow(new TypeError("f must be a function; got null"));
    const array = Float64Array.of(1, -2);
    expect(checkFloat64Array("W", array)).toBe(array);
    expect(() => checkFloat64Array("W", [1])).toThrow(new TypeError("W must be a Float64Array; got an array of 1"));
    expect(() => checkFloat64Array("W", Float64Array.of(1, Number.NaN))).toThrow(
      new RangeError("W[1] must be a finite number; got NaN"),
    );
  });

  test("a choice names its choices", () => {
    expect(() => checkOneOf("mode", "c", ["a", "b"])).toThrow('mode must be "a" or "b"; got "c"');
    expect(() => checkOneOf("mode", ["a"], ["a", "b"])).toThrow(TypeError);
  });

  test("an option that is misspelt is not passed over", () => {
    expect(() => checkOptions("run", { tiem: 1 }, ["time"])).toThrow('run has no option "tiem"; allowed are time');
    expect(() => checkOptions("run", [], ["time"])).toThrow("run must be an object; got an empty array");
    for (const [nothing, text] of [
      [null, "null"],
      [undefined, "undefined"],
      [5, "5"],
    ])
      expect(() => checkOptions("run", nothing, ["time"])).toThrow(`run must be an object; got ${text}`);
    expect(() => checkOptions("run", { tiem: 1 }, ["time", "step"])).toThrow("allowed are time, step");
    checkOptions("run", { time: undefined }, ["time"]);
  });
});

describe("record times", () => {
  test("by count hold 0 and the end exactly, whatever the rounding", () => {
    for (const time of [0.1, 1 / 3, 7, 1e300]) {
      const times = recordTimes(7, time);
      expect([times.length, times[0], times[6]]).toEqual([7, 0, time]);
    }
    expect([...recordTimes(undefined, 0)]).toEqual([0]);
    expect(recordTimes(undefined, 1).length).toBe(33);
    expect(() => recordTimes(2, 0)).toThrow("record must be [0] or left out in a run of time 0; got 2");
  });

  test("of a list are a copy of it", () => {
    const list = Float64Array.of(0, 0.5);
    const times = recordTimes(list, 1);
    list[1] = 9;
    expect([...times]).toEqual([0, 0.5]);
  });

  test("snap to steps, to the last one at most, and are reported where they are taken", () => {
    const { steps, time } = recordSteps([0.049, 0.051, 0.3], 0.3, 0.1);
    expect([...steps]).toEqual([0, 1, 3]);
    expect([...time]).toEqual([0, 0.1, 3 * 0.1]);
    expect([...recordSteps(undefined, 0.2, 0.1).steps]).toEqual([0, 1, 2]);
    expect(recordSteps(undefined, 100, 0.1).steps.length).toBe(33);
    expect([...recordSteps(undefined, 0, 0.1).steps]).toEqual([0]);
    expect(() => recordSteps([0.1, 0.11], 1, 0.1)).toThrow("got 0.1 and 0.11, both nearest to 0.1");
  });

  test("steps are counted to one part in 1e9", () => {
    expect(countSteps(0.3, 0.1)).toBe(3);
    expect(countSteps(1 + 0.9e-9, 0.1)).toBe(10);
    expect(() => countSteps(1 + 1.1e-9, 0.1)).toThrow("time must be a whole number of steps of 0.1");
    expect(() => countSteps(1, 5e-324)).toThrow(RangeError);
    expect(() => countSteps(3e9, 1)).toThrow("time must be at most 2e9 steps of 1; got 3000000000");
    expect(countSteps(0, 0.1)).toBe(0);
  });

  test("fill in a plan with what was asked for", () => {
    const plan = checkDynamics({ time: 1, step: 0.5, record: Float64Array.of(0.4, 1) });
    expect(plan).toMatchObject({ time: 1, step: 0.5, dynamics: "pgd", gradient: "riemannian", record: [0.4, 1] });
    expect([...plan.times]).toEqual([0.5, 1]);
    expect(checkDynamics({ time: 8 }).record).toBe(33);
    expect(checkDynamics({ time: 8, dynamics: "flow" }).step).toBe(0.02);
    // A flow shorter than the default step is one step; PGD has to be told.
    expect(checkDynamics({ time: 0.01, dynamics: "flow" })).toMatchObject({ step: 0.01, steps: new Int32Array(0) });
    expect(checkDynamics({ time: 0, dynamics: "flow" }).step).toBe(0.02);
    expect(() => checkDynamics({ time: 0.01 })).toThrow("step must be at most the time of the run, 0.01; got 0.02");
    expect(checkDynamics({ time: 1, step: 0.5, record: 2 })).toMatchObject({ record: 2, steps: Int32Array.of(0, 2) });
    expect(checkDynamics({ time: 1, step: 0.5 }).record).toBe(3);
    expect(checkDynamics({ time: 1, gradient: "euclidean" }).gradient).toBe("euclidean");
    expect(() => checkDynamics({ time: 1, dynamics: "flow", gradient: "euclidean" })).toThrow(
      'gradient must be "riemannian"; got "euclidean"',
    );
    expect(() => checkDynamics({ time: 1, dynamics: "sgd" as never })).toThrow('dynamics must be "pgd" or "flow"');
    expect(() => checkDynamics({ time: 1, gradient: "x" as never })).toThrow('gradient must be "riemannian" or "eucl');
  });

  test("name what is wrong with time, step and record", () => {
    expect([checkTime(0), checkStep(0.5, 0.5), checkStep(3, 0)]).toEqual([0, 0.5, 3]);
    expect(() => checkTime(-1)).toThrow("time must be a finite number of at least 0; got -1");
    expect(() => checkStep(0, 1)).toThrow("step must be a finite number above 0; got 0");
    expect(() => checkStep(0.6, 0.5)).toThrow("step must be at most the time of the run, 0.5; got 0.6");
    for (const [record, sentence] of [
      [[], "record must be a count or at least one time; got an empty array"],
      [[0, 0], "record[1] must be above record[0] = 0; got 0"],
      [[0, 0.5, 0.4], "record[2] must be above record[1] = 0.5; got 0.4"],
      [[0, 2], "record[1] must be a finite number of at least 0 and at most 1; got 2"],
      [[-1], "record[0] must be a finite number of at least 0 and at most 1; got -1"],
      [1, "record must be an integer from 2 to 1000000; got 1"],
      ["all", 'record must be a count of at least 2 or a list of ascending times; got "all"'],
    ] as const)
      expect(() => recordTimes(record as never, 1)).toThrow(sentence);
    expect([...recordTimes(2, 1)]).toEqual([0, 1]);
    expect([...recordTimes(5, 2)]).toEqual([0, 0.5, 1, 1.5, 2]);
    expect([...recordTimes([0], 0)]).toEqual([0]);
    expect(countSteps(2e9, 1)).toBe(2e9);
  });
});

/** Work by hand: notes what a part hands on. */
function counted(total: number): { run: Run; seen: Progress[]; look: () => Promise<Progress> } {
  const seen: Progress[] = [];
  const run = new Run({ onProgress: (progress) => seen.push(progress) });
  run.expect(total);
  const look = async () => {
    await run.pause();
    return seen[seen.length - 1];
  };
  return { run, seen, look };
}

describe("a run", () => {
  test.each(["setImmediate", "a message channel"])(
    "lets timers run while it does nothing but pause, by %s",
    async (by) => {
      // Neither way needs the other.
      vi.stubGlobal(by === "setImmediate" ? "MessageChannel" : "setImmediate", undefined);
      const { run } = counted(1);
      let fired = false;
      setTimeout(() => {
        fired = true;
      }, 2);
      // With pauses that were only promises this loop would starve the timer.
      const end = performance.now() + 10_000;
      while (!fired && performance.now() < end) await run.pause();
      expect(fired).toBe(true);
    },
  );

  test("is due after a thirtieth of a second, and not right after a pause", async () => {
    let now = 1000;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const { run } = counted(1);
    expect(run.due).toBe(false);
    now += 29;
    expect(run.due).toBe(false);
    now += 1;
    expect(run.due).toBe(true);
    await run.pause();
    expect(run.due).toBe(false);
  });

  test("ends as its body says, or as aborted by its signal, and passes on other errors", async () => {
    expect(await new Run({}).guard(async () => "diverged")).toBe("diverged");
    const controller = new AbortController();
    const run = new Run({ signal: controller.signal });
    const status = await run.guard(async () => {
      controller.abort();
      await run.pause();
      return "completed";
    });
    expect(status).toBe("aborted");
    await expect(new Run({}).guard(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  });

  test("an abort between the last pause and the end comes too late", async () => {
    const controller = new AbortController();
    const status = await new Run({ signal: controller.signal }).guard(async () => {
      controller.abort();
      return "completed";
    });
    expect(status).toBe("completed");
  });

  test("a completed one reports its total at the end, another one where it stopped", async () => {
    const whole = counted(3);
    await whole.run.guard(async () => {
      whole.run.advance(2.9999999, 1);
      return "completed";
    });
    expect(whole.seen.at(-1)).toEqual({ done: 3, total: 3, time: 1 });
    const broken = counted(3);
    await broken.run.guard(async () => {
      broken.run.advance(1, 1);
      return "diverged";
    });
    expect(broken.seen.at(-1)).toEqual({ done: 1, total: 3, time: 1 });
  });

  test("waits for somebody else, or for its signal, and leaves nothing on it", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const run = new Run({ signal });
    const listeners = () => getEventListeners(signal, "abort").length;
    let now = 1000;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    await run.wait(
      Promise.resolve().then(() => {
        expect(listeners()).toBe(1);
        now += 1000;
      }),
    );
    expect(listeners()).toBe(0);
    // The time slice begins after the wait.
    expect(run.due).toBe(false);
    await expect(run.wait(Promise.reject(new Error("theirs")))).rejects.toThrow("theirs");
    expect(listeners()).toBe(0);
    const never = run.wait(new Promise<void>(() => {}));
    controller.abort();
    await expect(never).rejects.toThrow(Aborted);
    // A signal that has spoken already counts too.
    await expect(run.wait(new Promise<void>(() => {}))).rejects.toThrow(Aborted);
    expect(listeners()).toBe(0);
    await new Run({}).wait(undefined);
    await expect(new Run({}).wait(Promise.reject(new Error("theirs")))).rejects.toThrow("theirs");
  });

  test("reports work of other threads once a slice, and nothing before it knows how much there is", async () => {
    let now = 1000;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const seen: Progress[] = [];
    const run = new Run({ onProgress: (progress) => seen.push(progress) });
    await run.pause();
    expect(seen).toEqual([]);
    run.expect(4);
    run.heard();
    expect(seen).toEqual([]);
    now += 30;
    run.advance(1, 0.5);
    run.heard();
    run.advance(1, 1);
    run.heard();
    expect(seen).toEqual([{ done: 1, total: 4, time: 0.5 }]);
    now += 30;
    run.heard();
    expect(seen).toHaveLength(2);
  });

  test.each([null, 5, {}, "abort"])("refuses %o for a signal, and a progress function that is none", (signal) => {
    expect(() => new Run({ signal: signal as never })).toThrow(/^signal must be an AbortSignal; got /);
    expect(() => new Run({ onProgress: 5 as never })).toThrow("onProgress must be a function; got 5");
  });

  test("hands out copies of its progress", async () => {
    const { look } = counted(3);
    (await look()).done = 99;
    expect((await look()).done).toBe(0);
  });
});

describe("parts of a run", () => {
  test("count their share of the whole", async () => {
    const { run, look } = counted(10);
    const part = run.part(4);
    part.expect(8);
    part.advance(2, 0.5);
    expect(await look()).toEqual({ done: 1, total: 10, time: 0.5 });
    part.advance(6, 1);
    expect((await look()).done).toBe(4);
    const inner = run.part(6).part(6);
    inner.expect(1);
    inner.advance(1, 2);
    // The outer part was not told how much to expect: it counts nothing.
    expect((await look()).done).toBe(4);
  });

  test("never count more than their share, nor take back what they counted when their total grows", async () => {
    const { run, look } = counted(10);
    const part = run.part(5);
    part.expect(4);
    part.advance(3, 0);
    expect((await look()).done).toBe(3.75);
    part.expect(40);
    part.advance(1, 0);
    expect((await look()).done).toBe(3.75);
    part.advance(100, 0);
    expect((await look()).done).toBe(5);
    part.advance(100, 0);
    expect((await look()).done).toBe(5);
  });

  test("that count nothing say nothing, and others may come from another thread", async () => {
    const { run, look } = counted(10);
    const nothing = run.part(0);
    nothing.expect(1);
    nothing.advance(1, 9);
    expect(await look()).toEqual({ done: 0, total: 10, time: 0 });
    const part = run.part(4);
    part.reach(0.25, 0.5);
    expect(await look()).toEqual({ done: 1, total: 10, time: 0.5 });
    part.reach(0.1, 0.6);
    expect(await look()).toEqual({ done: 1, total: 10, time: 0.6 });
    // What is over is over at the time it last said.
    part.finish();
    expect(await look()).toEqual({ done: 4, total: 10, time: 0.6 });
  });

  test("add up to the total and not beyond, whatever the rounding", async () => {
    const { run, seen, look } = counted(0.7);
    for (let i = 0; i < 7; i++) {
      const part = run.part(0.1);
      part.expect(3);
      for (let j = 0; j < 3; j++) {
        part.advance(1, 0);
        await look();
      }
    }
    for (let i = 1; i < seen.length; i++) expect(seen[i].done).toBeGreaterThanOrEqual(seen[i - 1].done);
    for (const { done } of seen) expect(done).toBeLessThanOrEqual(0.7);
    expect(seen[seen.length - 1].done).toBeCloseTo(0.7, 14);
  });
});

test("a plain document has plain arrays at any depth and no methods", () => {
  const document = {
    series: Float64Array.of(1, 2),
    nested: [{ deep: Float64Array.of(3), toJSON: () => 0 }, null, "text"],
    nothing: null,
    missing: undefined,
    method() {},
  };
  expect(plain(document)).toStrictEqual({
    series: [1, 2],
    nested: [{ deep: [3] }, null, "text"],
    nothing: null,
    missing: undefined,
  });
});
