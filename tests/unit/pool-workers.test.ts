// How many workers there are: the option, the processors, and whether the work is worth it.

import os from "node:os";
import { afterEach, describe, expect, test, vi } from "vitest";
import { checkWorkers, countSharers, countWorkers, deploy, worthSharing } from "../../src/pool/workers.ts";
import { Fake } from "./pool-fixtures.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("the option workers", () => {
  test("is a choice, a number or a function", () => {
    expect(checkWorkers(undefined)).toEqual({ count: null, factory: null });
    expect(checkWorkers("auto")).toEqual({ count: null, factory: null });
    expect(checkWorkers(3)).toEqual({ count: 3, factory: null });
    const factory = () => new Fake(() => {});
    expect(checkWorkers(factory)).toEqual({ count: null, factory });
    for (const [bad, Kind] of [
      ["many", RangeError],
      [-1, RangeError],
      [1.5, RangeError],
      [257, RangeError],
      [null, TypeError],
      [true, TypeError],
    ] as const) {
      expect(() => checkWorkers(bad)).toThrow(Kind);
      expect(() => checkWorkers(bad)).toThrow(/^workers must be/);
    }
    expect([checkWorkers(0).count, checkWorkers(256).count]).toEqual([0, 256]);
    for (const bad of ["many", null])
      expect(() => checkWorkers(bad)).toThrow(
        `workers must be "auto", an integer from 0 to 256 or a function that makes a worker; got ${JSON.stringify(bad)}`,
      );
  });

  test("gives short runs no worker, and no run more than it has tasks", () => {
    expect(countWorkers(checkWorkers("auto"), 8, 1e6)).toBe(0);
    expect(countWorkers(checkWorkers("auto"), 1, 1e12)).toBe(1);
    expect(countWorkers(checkWorkers(4), 3, 1)).toBe(3);
    expect(countWorkers(checkWorkers(0), 3, 1e12)).toBe(0);
    expect(
      countWorkers(
        checkWorkers(() => new Fake(() => {})),
        1,
        1,
      ),
    ).toBe(1);
  });

  test("shares a step that is long, and more than what it exchanges", () => {
    const amount = { shares: 4, step: 1e9, numbers: 1e6, multiplications: 1e12 };
    expect(worthSharing(amount)).toBe(true);
    expect(worthSharing({ ...amount, step: 9e7, numbers: 1 })).toBe(false);
    expect(worthSharing({ ...amount, numbers: 3e6 })).toBe(false);
    expect(worthSharing({ ...amount, shares: 1 })).toBe(false);
    const auto = checkWorkers("auto");
    expect(countSharers(auto, { ...amount, multiplications: 1e9 })).toBe(0);
    expect(countSharers(auto, { ...amount, step: 1 })).toBe(0);
    expect(countSharers(auto, amount)).not.toBe(1);
    expect(countSharers(checkWorkers(9), { ...amount, step: 1 })).toBe(4);
    expect(countSharers(checkWorkers(0), amount)).toBe(0);
    const factory = checkWorkers(() => new Fake(() => {}));
    expect(countSharers(factory, { ...amount, step: 1 })).toBeGreaterThan(0);
  });

  test("has workers together on one task after another where more of them have work so", () => {
    const largest = { shares: 16, step: 1e9, numbers: 1e6, multiplications: 1e12 };
    const of = (workers: unknown, tasks: number, more = {}) =>
      deploy(checkWorkers(workers), { tasks, multiplications: 1e13 }, { ...largest, ...more });
    expect(of(4, 1)).toEqual({ count: 4, together: true });
    expect(of(4, 3)).toEqual({ count: 4, together: true });
    expect(of(4, 4)).toEqual({ count: 4, together: false });
    expect(of(4, 1, { step: 1e6 })).toEqual({ count: 1, together: false });
    expect(of(4, 2, { shares: 2 })).toEqual({ count: 2, together: false });
    expect(of(0, 1)).toEqual({ count: 0, together: false });
  });

  test("goes by the processors of the host", () => {
    const processors = vi.spyOn(os, "availableParallelism").mockReturnValue(3);
    const auto = checkWorkers("auto");
    const factory = checkWorkers(() => new Fake(() => {}));
    expect([countWorkers(auto, 8, 2e9), countWorkers(auto, 2, 2e9), countWorkers(auto, 8, 1.99e9)]).toEqual([3, 2, 0]);
    expect(countWorkers(factory, 8, 1)).toBe(3);
    // Both limits are just met.
    const amount = { shares: 8, step: 1e8, numbers: 2e5, multiplications: 2e9 };
    expect(worthSharing(amount)).toBe(true);
    expect(countSharers(auto, amount)).toBe(3);
    expect(countSharers(auto, { ...amount, shares: 2 })).toBe(2);
    expect(countSharers(factory, { ...amount, step: 1 })).toBe(3);
    const run = { tasks: 2, multiplications: 1e13 };
    expect(deploy(auto, run, amount)).toEqual({ count: 3, together: true });
    expect(deploy(auto, { ...run, tasks: 3 }, amount)).toEqual({ count: 3, together: false });
    expect(deploy(factory, run, { ...amount, step: 1 })).toEqual({ count: 2, together: false });
    processors.mockReturnValue(1);
    expect([countSharers(auto, amount), countSharers(factory, amount)]).toEqual([0, 1]);
    expect(countWorkers(auto, 8, 2e9)).toBe(1);
    processors.mockReturnValue(1000);
    expect([countWorkers(auto, 999, 2e9), countSharers(auto, { ...amount, shares: 999 })]).toEqual([256, 256]);
    // In a page the navigator says how many there are, or nobody does.
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
    vi.stubGlobal("navigator", { hardwareConcurrency: 5 });
    expect(countWorkers(auto, 8, 2e9)).toBe(5);
    vi.stubGlobal("navigator", undefined);
    expect(countWorkers(auto, 8, 2e9)).toBe(1);
  });
});
