// src/engine: the arena on real and on mock memory, the self-test, and what createEngine does where WebAssembly is
// missing, blocked, without SIMD or wrong.

import { afterEach, describe, expect, test, vi } from "vitest";
import { Arena, formatBytes, type GrowableMemory, regionBytes } from "../../src/engine/arena.ts";
import { polynomialBlock } from "../../src/engine/blocks.ts";
import { createEngine, Engine } from "../../src/engine/index.ts";
import type { Kernels } from "../../src/engine/kernels.ts";
import { compile } from "../../src/engine/load.ts";
import * as tested from "../../src/engine/selftest.ts";
import { type Backend, start } from "../../src/engine/start.ts";

/** Builds whose self-test is to fail, as on a host that computes SIMD wrongly. */
const wrong = vi.hoisted(() => new Set<string>());

vi.mock("../../src/engine/selftest.ts", async (importActual) => {
  const actual = await importActual<typeof tested>();
  return {
    ...actual,
    selfTest: (kernels: Kernels, arena: Arena) =>
      (actual.selfTest(kernels, arena) ^ (wrong.has(kernels.isSimd() ? "simd" : "scalar") ? 1 : 0)) >>> 0,
  };
});

afterEach(() => {
  wrong.clear();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const PAGE = 65536;
const GIB = 2 ** 30;

/** Memory that only counts: a browser's test must not take 4 GiB. */
function mockMemory(pages: number, mostPages = 65536): GrowableMemory & { pages: number } {
  const memory = {
    pages,
    get buffer() {
      return { byteLength: memory.pages * PAGE } as ArrayBuffer;
    },
    grow(more: number) {
      if (memory.pages + more > mostPages) throw new RangeError("WebAssembly.Memory.grow(): Unable to grow");
      memory.pages += more;
      return memory.pages - more;
    },
  };
  return memory;
}

function realArena(limit = GIB): { memory: WebAssembly.Memory; arena: Arena } {
  const memory = new WebAssembly.Memory({ initial: 1 });
  return { memory, arena: new Arena(memory, 1000, limit) };
}

describe("the arena", () => {
  test("hands out aligned slots of zeros side by side, in one region", () => {
    const { arena, memory } = realArena();
    new Uint8Array(memory.buffer).fill(255);
    const { slots } = arena.reserve("a test", { a: 3, b: 0, c: 9, d: 1 });
    expect(slots.a.address).toBe(1024);
    expect([slots.b.address, slots.c.address, slots.d.address]).toEqual([1088, 1088, 1216]);
    for (const slot of Object.values(slots)) expect([...slot.view]).toEqual(new Array(slot.length).fill(0));
    expect(slots.a.at(2)).toBe(1040);
    expect(arena.bytesInUse).toBe(regionBytes({ a: 3, b: 0, c: 9, d: 1 }));
    expect(regionBytes({ a: 3, b: 0, c: 9, d: 1 })).toBe(64 + 0 + 128 + 64);
  });

  test("gives a freed gap to the first that fits, and to no larger one", () => {
    const { arena } = realArena();
    const [a, b, c] = [16, 8, 16].map((n) => arena.reserve("a test", { x: n }));
    const places = [a, b, c].map(({ slots }) => slots.x.address);
    b.free();
    expect(arena.reserve("a test", { x: 9 }).slots.x.address).toBeGreaterThan(places[2]);
    const again = arena.reserve("a test", { x: 8 });
    expect(again.slots.x.address).toBe(places[1]);
    a.free();
    again.free();
    // Two neighbours that were freed are one gap.
    expect(arena.reserve("a test", { x: 24 }).slots.x.address).toBe(places[0]);
  });

  test("cleans what it hands out again", () => {
    const { arena } = realArena();
    const first = arena.reserve("a test", { x: 8 });
    first.slots.x.view.fill(7);
    first.free();
    expect([...arena.reserve("a test", { x: 8 }).slots.x.view]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test("freeing twice frees nobody else's memory", () => {
    const { arena } = realArena();
    const first = arena.reserve("a test", { x: 8 });
    first.free();
    const second = arena.reserve("a test", { x: 8 });
    first.free();
    expect(arena.reserve("a test", { x: 8 }).slots.x.address).not.toBe(second.slots.x.address);
  });

  test("views are made afresh after the memory has grown, and hold the same numbers", () => {
    const { arena, memory } = realArena();
    const { slots } = arena.reserve("a test", { x: 4 });
    const before = slots.x.view;
    before.set([1, 2, 3, 4]);
    expect(slots.x.view).toBe(before);
    arena.reserve("a test", { large: PAGE });
    expect(before.length).toBe(0);
    expect([...slots.x.view]).toEqual([1, 2, 3, 4]);
    expect(slots.x.view.buffer).toBe(memory.buffer);
  });

  test("a part of a slot is its numbers from one on", () => {
    const { slots } = realArena().arena.reserve("a test", { x: 8 });
    slots.x.view.set([1, 2, 3, 4, 5, 6, 7, 8]);
    const part = slots.x.part(2, 3);
    expect([part.address - slots.x.address, part.length]).toEqual([16, 3]);
    expect([...part.view]).toEqual([3, 4, 5]);
  });

  test("says how much is needed, and just that much is enough", () => {
    const lengths = { x: 100_000 };
    const { arena } = realArena(PAGE);
    let need = 0;
    try {
      arena.reserve("a test of 100000 numbers", lengths);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      const { message } = error as Error;
      expect(message).toContain("for a test of 100000 numbers: it needs 800000 bytes (781.3 KiB)");
      expect(message).toContain("got 65536 (64.00 KiB)");
      need = Number(/at least (\d+)/.exec(message)?.[1]);
    }
    expect(arena.bytesInUse).toBe(0);
    expect(() => realArena(need - 1).arena.reserve("a test", lengths)).toThrow(RangeError);
    expect(realArena(need).arena.reserve("a test", lengths).slots.x.length).toBe(100_000);
  });

  test("grows to 4 GiB and not beyond", () => {
    const memory = mockMemory(1);
    const arena = new Arena(memory, 0, 4 * GIB);
    const half = arena.reserve("a half", { x: GIB / 4 });
    const other = arena.reserve("the other half", { x: GIB / 4 });
    expect([half.slots.x.address, other.slots.x.address]).toEqual([0, 2 * GIB]);
    expect(memory.pages).toBe(65536);
    expect(arena.bytesInUse).toBe(4 * GIB);
    expect(() => arena.reserve("one more", { x: 1 })).toThrow(/memoryLimitBytes must be at least 4294967360/);
  });

  test("a machine that refuses to grow leaves everything as it was", () => {
    const memory = mockMemory(16, 32);
    const arena = new Arena(memory, 0, 4 * GIB);
    const kept = arena.reserve("what fits", { x: PAGE });
    expect(() => arena.reserve("what does not", { x: 64 * PAGE })).toThrow(
      "the machine refused the memory for what does not: 32.00 MiB (33554432 bytes)",
    );
    expect(memory.pages).toBe(16);
    expect(arena.bytesInUse).toBe(8 * PAGE);
    // The next one lies where the refused one would have begun.
    expect(arena.reserve("what fits", { x: 1 }).slots.x.address).toBe(kept.slots.x.address + 8 * PAGE);
  });

  test("a region of any size that no number of bytes can hold is refused", () => {
    const arena = new Arena(mockMemory(1), 0, 4 * GIB);
    for (const length of [1e9, 1e16, 1e300]) expect(() => arena.reserve("too much", { x: length })).toThrow(RangeError);
    expect(arena.bytesInUse).toBe(0);
  });

  test("never hands out what is in use, in a long random life", () => {
    const arena = new Arena(mockMemory(1), 12345, GIB);
    let state = 1;
    const random = (n: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % n;
    };
    const live: { start: number; end: number; free: () => void }[] = [];
    for (let round = 0; round < 2000; round++) {
      if (live.length > 0 && random(2) === 0) {
        live.splice(random(live.length), 1)[0].free();
        continue;
      }
      const { slots, free } = arena.reserve("a test", { x: 1 + random(5000), y: random(3) });
      const [start, end] = [slots.x.address, slots.y.address + 8 * slots.y.length];
      expect(start).toBeGreaterThanOrEqual(12345);
      expect(start % 64).toBe(0);
      for (const other of live) expect(end <= other.start || start >= other.end).toBe(true);
      live.push({ start, end, free });
    }
    for (const { free } of live) free();
    expect(arena.bytesInUse).toBe(0);
  });

  test("bytes are shown as a person reads them", () => {
    expect([0, 1023, 1024, 1.5 * GIB, 2 ** 60].map(formatBytes)).toEqual([
      "0 bytes",
      "1023 bytes",
      "1.000 KiB",
      "1.500 GiB",
      "1024 PiB",
    ]);
  });
});

describe("polynomial blocks", () => {
  test("leave out the powers that parity rules out, and trailing zeros", () => {
    expect([...polynomialBlock([1, 2, 3])]).toEqual([3, 0, 1, 0, 1, 2, 3]);
    expect([...polynomialBlock([1, 0, 3, 0])]).toEqual([2, 0, 2, 0, 1, 3]);
    expect([...polynomialBlock([0, 2, 0, 4])]).toEqual([2, 1, 2, 0, 2, 4]);
    expect([...polynomialBlock([0])]).toEqual([1, 0, 2, 0, 0]);
    expect([...polynomialBlock([5])]).toEqual([1, 0, 2, 0, 5]);
    expect([...polynomialBlock([0, 0, 0])]).toEqual([1, 0, 2, 0, 0]);
  });

  test("mean the same polynomial to the kernels", async () => {
    const engine = await createEngine();
    const { slots, free } = engine.arena.reserve("a test", { block: 16 });
    for (const powers of [
      [1, 2, 3],
      [1, 0, 3, 0],
      [0, 2, 0, 4],
      [0],
      [5],
      [0, 7],
      [0, 0, 0, 0, 1],
      [1, 1, 0, 0, 0, 2],
    ]) {
      slots.block.view.set(polynomialBlock(powers));
      for (const s of [-1, -0.5, 0, 0.25, 1]) {
        const expected = powers.reduceRight((sum, c) => sum * s + c, 0);
        expect(engine.kernels.polynomialAt(slots.block.address, s)).toBe(expected);
      }
    }
    free();
    engine.dispose();
  });
});

/** A started build with an arena of its own. */
async function running(backend: Backend): Promise<{ kernels: Kernels; arena: Arena }> {
  const kernels = await start(await compile(backend));
  return { kernels, arena: new Arena(kernels.memory, kernels.heapBase(), GIB) };
}

const BACKENDS: Backend[] = ["simd", "scalar"];

describe("the self-test", () => {
  test.each(BACKENDS)("of the %s build gives the committed answer, every time", async (backend) => {
    const { kernels, arena } = await running(backend);
    expect(kernels.isSimd()).toBe(backend === "simd" ? 1 : 0);
    expect(tested.selfTest(kernels, arena)).toBe(tested.KNOWN_ANSWER);
    expect(tested.selfTest(kernels, arena)).toBe(tested.KNOWN_ANSWER);
    expect(arena.bytesInUse).toBe(0);
  });

  test("hashes as FNV-1a does, and no single bit escapes it", () => {
    // One word is one byte of FNV-1a here: (basis ^ word) prime, modulo 2^32.
    expect(tested.hashWords(Uint32Array.of(0))).toBe(Number((0x811c9dc5n * 0x01000193n) % 2n ** 32n));
    const words = Uint32Array.from({ length: 50 }, (_, i) => Math.imul(i + 1, 0x9e3779b9));
    const hash = tested.hashWords(words);
    for (let i = 0; i < words.length; i++) {
      for (let bit = 0; bit < 32; bit++) {
        words[i] ^= 1 << bit;
        expect(tested.hashWords(words)).not.toBe(hash);
        words[i] ^= 1 << bit;
      }
    }
  });

  /** Every kernel that has a branch of its own in the SIMD build, or on which all else rests. */
  const WRITERS = [
    "philoxBlock",
    "fillNormal",
    "retract",
    "packPanels",
    "velocityRows",
    "velocityPairs",
    "finishPairs",
    "addScaled",
    "energyRows",
    "targetRows",
    "zonalSeries",
    "transportRate",
    "combine",
    "normalisePairs",
    "transportStep",
    "zonalMoments",
    "overlapRows",
    "momentRows",
    "momentVelocityRows",
    "fillSigns",
    "fillNormalSingle",
    "addNormal",
    "shuffle",
    "packBatch",
    "batchGradient",
    "batchOutputs",
    "finishGradient",
    "makeTangent",
    "localHessianRows",
    "interactionHessianRows",
    "batchLocalHessian",
    "batchInteractionHessian",
    "finishLocalHessian",
    "monomialMoments",
    "monomialSeries",
    "monomialRate",
    "normalisePoints",
    "pointStep",
    "panelExcess",
  ] as const;
  const FUNCTIONS = ["exp", "log", "pow", "sin", "cos", "asin", "largestCombination"] as const;

  test.each([...WRITERS, ...FUNCTIONS])("notices a %s that computes otherwise", async (name) => {
    const { kernels, arena } = await running("simd");
    const kernel = kernels[name] as (...values: number[]) => number;
    const broken = (FUNCTIONS as readonly string[]).includes(name)
      ? // Wrong in the last place.
        (...values: number[]) => kernel(...values) * (1 + 2 ** -52)
      : () => 0;
    expect(tested.selfTest({ ...kernels, [name]: broken }, arena)).not.toBe(tested.KNOWN_ANSWER);
  });
});

describe("createEngine", () => {
  test("takes the build that it is told, and SIMD where it may choose", async () => {
    for (const backend of BACKENDS) expect((await createEngine({ backend })).backend).toBe(backend);
    expect((await createEngine()).backend).toBe("simd");
    expect((await createEngine({ backend: "auto" })).backend).toBe("simd");
  });

  test("takes the scalar build on a host without SIMD, and refuses SIMD by name there", async () => {
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    expect((await createEngine()).backend).toBe("scalar");
    await expect(createEngine({ backend: "simd" })).rejects.toThrow(RangeError);
    await expect(createEngine({ backend: "simd" })).rejects.toThrow('backend must be "auto" or "scalar" on this host');
  });

  test("takes the scalar build on a host that computes SIMD wrongly, and refuses SIMD by name there", async () => {
    wrong.add("simd");
    expect((await createEngine()).backend).toBe("scalar");
    await expect(createEngine({ backend: "simd" })).rejects.toThrow(TypeError);
    await expect(createEngine({ backend: "simd" })).rejects.toThrow(
      /runs the simd build wrongly: the self-test gave \d+ instead of \d+/,
    );
  });

  test("refuses a host that computes both wrongly", async () => {
    wrong.add("simd").add("scalar");
    await expect(createEngine()).rejects.toThrow("runs the scalar build wrongly");
  });

  test.each([
    ["missing", undefined],
    ["a husk", {}],
  ])("says so where WebAssembly is %s", async (_, value) => {
    vi.stubGlobal("WebAssembly", value);
    await expect(createEngine()).rejects.toThrow(TypeError);
    await expect(createEngine()).rejects.toThrow(/createEngine needs WebAssembly/);
  });

  test("names 'wasm-unsafe-eval' where a page may not compile, and keeps the cause", async () => {
    const cause = new WebAssembly.CompileError("blocked by CSP");
    vi.spyOn(WebAssembly, "compile").mockRejectedValue(cause);
    for (const backend of ["auto", ...BACKENDS] as const) {
      const error: Error = await createEngine({ backend }).then(
        () => new Error("it compiled"),
        (thrown) => thrown,
      );
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain("'wasm-unsafe-eval'");
      expect(error.message).toContain("blocked by CSP");
      expect(error.cause).toBe(cause);
    }
  });

  test("a ready module needs no compiling", async () => {
    const modules = await Promise.all(BACKENDS.map(compile));
    vi.spyOn(WebAssembly, "compile").mockRejectedValue(new WebAssembly.CompileError("blocked"));
    for (const [i, backend] of BACKENDS.entries()) {
      expect((await createEngine({ module: modules[i] })).backend).toBe(backend);
      expect((await createEngine({ module: modules[i], backend })).backend).toBe(backend);
    }
    await expect(createEngine({ module: modules[0], backend: "scalar" })).rejects.toThrow(
      'backend must be "auto" or that of module, "simd"; got "scalar"',
    );
  });

  test("a ready module is tested like any other", async () => {
    wrong.add("scalar");
    await expect(createEngine({ module: await compile("scalar") })).rejects.toThrow("runs the scalar build wrongly");
  });

  test("refuses a module of somebody else with a TypeError", async () => {
    const foreign = [
      // Empty.
      [0, 97, 115, 109, 1, 0, 0, 0],
      // (import "env" "f" (func))
      [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 9, 1, 3, 101, 110, 118, 1, 102, 0, 0],
      // (func (export "abiVersion") (result i32) (i32.const 99))
      [
        0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 7, 14, 1, 10, 97, 98, 105, 86, 101, 114, 115,
        105, 111, 110, 0, 0, 10, 7, 1, 5, 0, 65, 227, 0, 11,
      ],
    ];
    for (const bytes of foreign) {
      const module = await WebAssembly.compile(Uint8Array.from(bytes));
      const error: Error = await createEngine({ module }).then(
        () => new Error("it was taken"),
        (thrown) => thrown,
      );
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toMatch(/^module must be the kernels of this version of propchaos/);
    }
  });

  test("memoryLimitBytes holds for the engine, with 1 GiB where it is not given", async () => {
    expect((await createEngine()).memoryLimitBytes).toBe(GIB);
    const { arena, memoryLimitBytes } = await createEngine({ memoryLimitBytes: 2 ** 20 });
    expect(memoryLimitBytes).toBe(2 ** 20);
    expect(() => arena.reserve("too much", { x: 2 ** 17 })).toThrow(/got 1048576 \(1\.000 MiB\)/);
  });

  test("dispose gives everything back, once, by either name", async () => {
    for (const dispose of [(engine: Engine) => engine.dispose(), (engine: Engine) => engine[Symbol.dispose]()]) {
      const engine = await createEngine();
      expect(engine.arena.bytesInUse).toBe(0);
      dispose(engine);
      dispose(engine);
      expect(() => engine.kernels).toThrow(
        "engine must be an engine that is not disposed; got an object of type Engine",
      );
      expect(() => engine.arena).toThrow(TypeError);
      expect(engine.backend).toBe("simd");
    }
  });

  test("engines are strangers: disposing one does not touch another", async () => {
    const [a, b] = [await createEngine(), await createEngine()];
    a.dispose();
    expect(b.kernels.isSimd()).toBe(1);
    expect(b).toBeInstanceOf(Engine);
  });
});
