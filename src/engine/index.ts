// createEngine: starts the engine that every computation takes as its first argument.

import { checkNumber, checkOneOf, checkOptions, wrongKind } from "../core/check.ts";
import { type Engine, launch } from "./engine.ts";
import { compile, hasSimd, requireWebAssembly } from "./load.ts";
import type { Backend } from "./start.ts";

export { checkEngine, Engine } from "./engine.ts";
export type { Backend } from "./start.ts";

/** WebAssembly.Module; any object where the types of the host, such as those of Node without the DOM, do not know it. */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } }
  ? Module
  : object;

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
  module?: WasmModule;
}

const GIB = 1024 * 1024 * 1024;

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
