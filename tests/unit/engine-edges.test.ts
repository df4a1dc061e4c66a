// src/engine where no other test looks: whole sentences of refusal, the other views of a slot, rows from a later one on.

import { afterEach, describe, expect, test, vi } from "vitest";
import { Arena, formatBytes, MemoryRefusal, regionBytes } from "../../src/engine/arena.ts";
import { arcCosineBlock, polynomialBlock } from "../../src/engine/blocks.ts";
import { checkEngine, createEngine } from "../../src/engine/index.ts";
import { compile } from "../../src/engine/load.ts";
import { fillSphere, STREAM, uniforms } from "../../src/engine/random.ts";
import { start } from "../../src/engine/start.ts";

afterEach(() => vi.restoreAllMocks());

const MIB = 2 ** 20;

test("bytes have a unit for every 1024, to four digits", () => {
  expect([1, 1536, MIB, 1.25 * MIB, 1024 * MIB, 2 ** 40, 2 ** 50, 2 ** 62].map(formatBytes)).toEqual([
    ...["1 bytes", "1.500 KiB", "1.000 MiB", "1.250 MiB", "1.000 GiB", "1.000 TiB", "1.000 PiB", "4096 PiB"],
  ]);
});

describe("a slot", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const arena = new Arena(memory, 100, MIB);

  test("is seen as float32, words and bytes of the same place, and in parts", () => {
    const { slots, free } = arena.reserve("a test", { first: 3, second: 9 });
    const { first, second } = slots;
    expect([first.address % 64, second.address - first.address]).toEqual([0, 64]);
    second.view[1] = 1;
    expect([second.singles.length, second.words.length, second.bytes.length]).toEqual([18, 18, 72]);
    // 1 is 0x3ff00000 00000000.
    expect([second.words[3], second.bytes[15], second.bytes[14]]).toEqual([0x3ff00000, 0x3f, -0x10]);
    expect(second.singles[3]).toBe(1.875);
    expect(second.at(2)).toBe(second.address + 16);
    const part = second.part(1, 4);
    expect([part.address, part.length, part.view[0]]).toEqual([second.address + 8, 4, 1]);
    free();
  });

  test("takes whole lines of 64 bytes, an empty one none", () => {
    expect(regionBytes({})).toBe(0);
    expect(regionBytes({ a: 0, b: 1, c: 8, d: 9 })).toBe(0 + 64 + 64 + 128);
  });

  test("that is too large is refused beside what is in use, before and at its reservation", () => {
    const kept = arena.reserve("what is kept", { x: 8 });
    const sentence = `memoryLimitBytes must be at least ${128 + 64 + MIB} for a test: it needs 1048576 bytes (1.000 MiB) beside 192 bytes already in use; got 1048576 (1.000 MiB)`;
    expect(() => arena.require("a test", MIB)).toThrow(new RangeError(sentence));
    expect(() => arena.reserve("a test", { x: MIB / 8 })).toThrow(new RangeError(sentence));
    arena.require("a test", MIB - 192);
    expect(() => arena.require("a test", MIB - 191)).toThrow(RangeError);
    kept.free();
  });

  test("that the machine refuses is named with its cause", () => {
    const cause = new RangeError("no pages");
    const full = { buffer: new ArrayBuffer(64), grow: vi.fn(() => Promise.reject() as never) };
    full.grow.mockImplementation(() => {
      throw cause;
    });
    const own = new Arena(full, 0, 1024 * MIB);
    // What is there already needs no growth.
    own.reserve("what is there", { x: 8 }).free();
    expect(full.grow).not.toHaveBeenCalled();
    let refusal: unknown;
    try {
      own.reserve("a test", { x: 8192 * 3 });
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(MemoryRefusal);
    expect(refusal).toMatchObject({
      ...{ cause },
      message: "the machine refused the memory for a test: 192.0 KiB (196608 bytes); take fewer or narrower networks",
    });
    // 64 bytes are there of 3 pages.
    expect(full.grow.mock.calls).toEqual([[3]]);
  });
});

describe("a module", () => {
  const modules = {
    empty: [0, 97, 115, 109, 1, 0, 0, 0],
    imports: [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 9, 1, 3, 101, 110, 118, 1, 102, 0, 0],
  };
  const compiled = (bytes: number[]) => WebAssembly.compile(Uint8Array.from(bytes));
  const sentence =
    /^module must be the kernels of this version of propchaos \(propchaos\/kernels\.simd\.wasm or kernels\.scalar\.wasm, interface \d+\); got /;

  test.each([false, true])("of somebody else is refused with what it is, at once: %s", async (atOnce) => {
    const refusal = async (bytes: number[]) => {
      const error = await start(await compiled(bytes), atOnce).catch((thrown: Error) => thrown);
      expect(error).toBeInstanceOf(TypeError);
      const { message, cause } = error as Error;
      expect(message).toMatch(sentence);
      return { got: message.replace(sentence, ""), cause };
    };
    expect(await refusal(modules.empty)).toEqual({ got: "interface undefined", cause: undefined });
    expect(await refusal(modules.imports)).toEqual({
      ...{ got: "one with other imports", cause: expect.any(WebAssembly.LinkError) },
    });
  });

  test("that the host cannot start is not called foreign", async () => {
    const module = await compile("scalar");
    const cause = new RangeError("could not allocate memory");
    vi.spyOn(WebAssembly, "instantiate").mockRejectedValue(cause);
    await expect(start(module)).rejects.toBe(cause);
    // A worker, which may block, starts it all the same.
    expect((await start(module, true)).isSimd()).toBe(0);
  });
});

describe("createEngine", () => {
  test.each<[unknown, string]>([
    [{ backend: "gpu" }, 'RangeError: backend must be "auto" or "simd" or "scalar"; got "gpu"'],
    [{ backend: 1 }, 'TypeError: backend must be "auto" or "simd" or "scalar"; got 1'],
    [
      { memoryLimit: 1 },
      'TypeError: createEngine has no option "memoryLimit"; allowed are backend, memoryLimitBytes, module',
    ],
    [
      { memoryLimitBytes: MIB - 1 },
      "RangeError: memoryLimitBytes must be a finite number of at least 1048576 and at most 4294967296; got 1048575",
    ],
    [
      { memoryLimitBytes: 2 ** 32 + 1 },
      "RangeError: memoryLimitBytes must be a finite number of at least 1048576 and at most 4294967296; got 4294967297",
    ],
    [{ module: {} }, "TypeError: module must be a WebAssembly.Module; got an object of type Object"],
  ])("refuses %o", async (options, sentence) => {
    const error = await createEngine(options as never).catch((thrown: Error) => thrown);
    expect(`${(error as Error).name}: ${(error as Error).message}`).toBe(sentence);
  });

  test("takes limits from one mebibyte to four gibibytes", async () => {
    for (const memoryLimitBytes of [MIB, 2 ** 32]) {
      using engine = await createEngine({ memoryLimitBytes });
      expect(engine.memoryLimitBytes).toBe(memoryLimitBytes);
    }
  });

  test("says why where the host has a husk of WebAssembly, or none", async () => {
    const whole = globalThis.WebAssembly;
    const sentence = "createEngine needs WebAssembly, which this host does not have or has switched off";
    for (const husk of [undefined, {}, () => {}]) {
      vi.stubGlobal("WebAssembly", husk);
      await expect(createEngine()).rejects.toThrow(new TypeError(sentence));
    }
    vi.stubGlobal("WebAssembly", whole);
  });
});

test("an engine that is disposed says so to whoever computes with it, and others are none", async () => {
  const engine = await createEngine();
  expect(checkEngine(engine)).toBe(engine);
  expect([engine.ended.aborted, engine.module instanceof WebAssembly.Module]).toEqual([false, true]);
  engine.dispose();
  expect(engine.ended.reason).toEqual(
    new TypeError("engine must be an engine that is not disposed; got one that was, in the middle of a run"),
  );
  const gone = "engine must be an engine that is not disposed; got an object of type Engine";
  for (const use of [() => checkEngine(engine), () => engine.arena, () => engine.module])
    expect(use).toThrow(new TypeError(gone));
  expect(() => checkEngine({})).toThrow(
    new TypeError("engine must be what createEngine() resolved to; got an object of type Object"),
  );
});

describe("random numbers", () => {
  test("from a later row on are those of the whole, on the sphere", async () => {
    using engine = await createEngine();
    const { slots, free } = engine.arena.reserve("a test", { all: 40, later: 40, other: 40 });
    const shape = { m: 5, d: 7, dp: 8, seed: 3, replica: 1 };
    fillSphere(engine, slots.all, shape);
    slots.later.view.fill(9, 0, 16);
    fillSphere(engine, slots.later, { ...shape, first: 2 });
    expect(slots.later.view.slice(0, 16)).toEqual(new Float64Array(16).fill(9));
    expect(slots.later.view.slice(16)).toEqual(slots.all.view.slice(16));
    for (let i = 0; i < 5; i++) {
      const row = slots.all.view.subarray(8 * i, 8 * i + 8);
      expect(row.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 14);
      expect(row[7]).toBe(0);
    }
    fillSphere(engine, slots.other, { ...shape, stream: STREAM.teachers });
    expect(slots.other.view.slice()).not.toEqual(slots.all.view.slice());
    free();
  });

  test("uniforms are in [0, 1), start alike at any length, and leave no memory behind", async () => {
    using engine = await createEngine();
    const many = uniforms(engine, 1000, 5, STREAM.bootstrap, 0);
    expect(uniforms(engine, 10, 5, STREAM.bootstrap, 0)).toEqual(many.slice(0, 10));
    expect(many.every((x) => x >= 0 && x < 1)).toBe(true);
    // Within five standard errors.
    expect(Math.abs(many.reduce((sum, x) => sum + x, 0) / 1000 - 0.5)).toBeLessThan(5 / Math.sqrt(12_000));
    expect(engine.arena.bytesInUse).toBe(0);
    expect(() => uniforms(engine, 1e9, 5, 1, 0)).toThrow("for random numbers: it needs 8000000000 bytes");
  });
});

test("blocks of kernel functions: no power at all is the polynomial 0, arc cosine by its derivative", () => {
  expect([...polynomialBlock([])]).toEqual([1, 0, 2, 0, 0]);
  expect([...polynomialBlock([0, 0, 5, 0, 6, 0])]).toEqual([3, 0, 2, 0, 0, 5, 6]);
  expect([...polynomialBlock([0, 4, 0, 0, 7])]).toEqual([5, 0, 1, 0, 0, 4, 0, 0, 7]);
  expect([0, 1, 2].map((order) => [...arcCosineBlock(order as 0 | 1 | 2)])).toEqual([
    [1, 0, 1, 1, 0],
    [1, 0, 1, 2, 0],
    [1, 0, 1, 3, 0],
  ]);
});
