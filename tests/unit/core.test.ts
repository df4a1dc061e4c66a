// src/core: checks and their sentences, record times, run control, plain documents.

import { afterEach, describe, expect, test, vi } from "vitest";
import { checkInteger, checkNumber, checkOneOf, checkOptions, checkSeed, show } from "../../src/core/check.ts";
import { checkDynamics } from "../../src/core/dynamics.ts";
import { plain } from "../../src/core/plain.ts";
import { countSteps, recordSteps, recordTimes } from "../../src/core/record.ts";
import { type Progress, Run } from "../../src/core/run.ts";

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
  });

  test("an integer is a number without a fraction that is safe to count with", () => {
    expect(checkInteger("n", 3, 1)).toBe(3);
    expect(() => checkInteger("n", 3.5, 1)).toThrow("n must be an integer of at least 1; got 3.5");
    expect(() => checkInteger("n", 2 ** 53, 1)).toThrow(RangeError);
    expect(() => checkInteger("n", 3n, 1)).toThrow(TypeError);
    expect(checkSeed("seed", 4294967295)).toBe(4294967295);
    expect(() => checkSeed("seed", 4294967296)).toThrow("from 0 to 4294967295");
  });

  test("a choice names its choices", () => {
    expect(() => checkOneOf("mode", "c", ["a", "b"])).toThrow('mode must be "a" or "b"; got "c"');
    expect(() => checkOneOf("mode", ["a"], ["a", "b"])).toThrow(TypeError);
  });

  test("an option that is misspelt is not passed over", () => {
    expect(() => checkOptions("run", { tiem: 1 }, ["time"])).toThrow('run has no option "tiem"; allowed are time');
    expect(() => checkOptions("run", [], ["time"])).toThrow("run must be an object; got an empty array");
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
      if (by !== "setImmediate") vi.stubGlobal("setImmediate", undefined);
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
