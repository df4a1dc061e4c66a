// The engine: one running module with its memory. Every computation takes it as first argument.

import { checkNumber, checkOneOf, checkOptions, wrongKind } from "../core/check.ts";
import { Arena } from "./arena.ts";
import type { Kernels } from "./kernels.ts";
import { type Backend, compile, hasSimd, requireWebAssembly, start } from "./load.ts";
import { KNOWN_ANSWER, selfTest } from "./selftest.ts";

export type { Backend } from "./load.ts";

/** Options of `createEngine`. */
export interface EngineOptions {
  /**
   * `"auto"` (default) takes the SIMD build where the host runs it correctly and the scalar build elsewhere; a name
   * takes that build or throws. Both give the same bits.
   */
  backend?: "auto" | Backend;
  /** Largest size of the module's memory, in bytes; default 1 GiB, at most 4 GiB. A computation that needs more throws. */
  memoryLimitBytes?: number;
  /** The package's own `kernels.simd.wasm` or `kernels.scalar.wasm`, compiled, where compiling from bytes is forbidden. */
  module?: WebAssembly.Module;
}

const GIB = 1024 * 1024 * 1024;

/** A running module with its memory. Made by `createEngine`; free it with `dispose()` or `using`. */
export class Engine {
  /** Which build runs. */
  readonly backend: Backend;
  /** Limit of the module's memory in bytes. */
  readonly memoryLimitBytes: number;
  private running: { kernels: Kernels; arena: Arena } | undefined;

  /** @internal */
  constructor(kernels: Kernels, arena: Arena, memoryLimitBytes: number) {
    this.running = { kernels, arena };
    this.backend = kernels.isSimd() ? "simd" : "scalar";
    this.memoryLimitBytes = memoryLimitBytes;
  }

  private get live(): { kernels: Kernels; arena: Arena } {
    return this.running ?? wrongKind("engine", "an engine that is not disposed", this);
  }

  /** @internal */
  get kernels(): Kernels {
    return this.live.kernels;
  }

  /** @internal */
  get arena(): Arena {
    return this.live.arena;
  }

  /** Gives back all memory. A computation that is under way or started later throws a TypeError. */
  dispose(): void {
    this.running = undefined;
  }

  /** The same, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** @internal */
export function checkEngine(engine: unknown): Engine {
  if (!(engine instanceof Engine)) wrongKind("engine", "what createEngine() resolved to", engine);
  engine.kernels;
  return engine;
}

async function launch(module: WebAssembly.Module, limit: number): Promise<Engine> {
  const kernels = await start(module);
  const arena = new Arena(kernels.memory, kernels.heapBase(), limit);
  const answer = selfTest(kernels, arena);
  if (answer !== KNOWN_ANSWER)
    throw new TypeError(
      `this host runs the ${kernels.isSimd() ? "simd" : "scalar"} build wrongly: the self-test gave ${answer} instead of ${KNOWN_ANSWER}`,
    );
  return new Engine(kernels, arena, limit);
}

/**
 * Starts the numerical core.
 *
 * @param options - see `EngineOptions`.
 * @returns an engine; `engine.backend` says which build it took.
 * @throws TypeError where WebAssembly is missing or blocked, where `module` is not one of this package's, or where the
 * build that was asked for does not pass its self-test; RangeError for a bad option.
 * @example
 * ```ts
 * const engine = await createEngine();
 * console.log(engine.backend); // "simd"
 * engine.dispose();
 * ```
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  checkOptions("createEngine", options, ["backend", "memoryLimitBytes", "module"]);
  const backend = checkOneOf("backend", options.backend ?? "auto", ["auto", "simd", "scalar"]);
  const limit = checkNumber("memoryLimitBytes", options.memoryLimitBytes ?? GIB, { min: GIB / 1024, max: 4 * GIB });
  requireWebAssembly();
  if (options.module !== undefined) {
    if (!(options.module instanceof WebAssembly.Module)) wrongKind("module", "a WebAssembly.Module", options.module);
    const engine = await launch(options.module, limit);
    if (backend !== "auto" && backend !== engine.backend)
      throw new RangeError(`backend must be "auto" or that of module, "${engine.backend}"; got "${backend}"`);
    return engine;
  }
  if (backend === "simd" && !hasSimd())
    throw new RangeError('backend must be "auto" or "scalar" on this host, which has no WebAssembly SIMD; got "simd"');
  if (backend === "scalar" || !hasSimd()) return launch(await compile("scalar"), limit);
  const module = await compile("simd");
  if (backend === "simd") return launch(module, limit);
  return launch(module, limit).catch(async () => launch(await compile("scalar"), limit));
}
