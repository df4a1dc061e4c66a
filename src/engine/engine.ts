/// <reference lib="esnext.disposable" preserve="true" />
// A running engine: one instance of the module with its memory. This file does not know the inlined module, so that a
// worker, which is handed the compiled one, does not carry it.

import { wrongKind } from "../core/check.ts";
import { Arena } from "./arena.ts";
import type { Kernels } from "./kernels.ts";
import { KNOWN_ANSWER, selfTest } from "./selftest.ts";
import { type Backend, start } from "./start.ts";

/** What an engine needs while it is not disposed. */
interface Running {
  module: WebAssembly.Module;
  kernels: Kernels;
  arena: Arena;
}

/** A running module with its memory. Made by `createEngine`; free it with `dispose()` or `using`. */
export class Engine {
  /** Which build runs. */
  readonly backend: Backend;
  /** Limit of the module's memory in bytes. */
  readonly memoryLimitBytes: number;
  private running: Running | undefined;
  private readonly end = new AbortController();

  /** @internal */
  constructor(running: Running, memoryLimitBytes: number) {
    this.running = running;
    const { kernels } = running;
    this.backend = kernels.isSimd() ? "simd" : "scalar";
    this.memoryLimitBytes = memoryLimitBytes;
  }

  private get live(): Running {
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

  /** @internal The compiled module, to be posted to workers. */
  get module(): WebAssembly.Module {
    return this.live.module;
  }

  /** @internal Aborted by `dispose()`: work on other threads ends with its reason. */
  get ended(): AbortSignal {
    return this.end.signal;
  }

  /** Gives back all memory. A computation that is under way or started later throws a TypeError. */
  dispose(): void {
    this.running = undefined;
    this.end.abort(
      new TypeError("engine must be an engine that is not disposed; got one that was, in the middle of a run"),
    );
  }

  /** The same, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Not part of the package's interface; engine/index.ts exports it, so its type stays. */
export function checkEngine(engine: unknown): Engine {
  if (!(engine instanceof Engine)) wrongKind("engine", "what createEngine() resolved to", engine);
  engine.kernels;
  return engine;
}

/** @internal Instantiates a compiled module and lets it pass its self-test. */
export async function launch(module: WebAssembly.Module, limit: number, atOnce = false): Promise<Engine> {
  const kernels = await start(module, atOnce);
  const arena = new Arena(kernels.memory, kernels.heapBase(), limit);
  const answer = selfTest(kernels, arena);
  if (answer !== KNOWN_ANSWER)
    throw new TypeError(
      `this host runs the ${kernels.isSimd() ? "simd" : "scalar"} build wrongly: the self-test gave ${answer} instead of ${KNOWN_ANSWER}`,
    );
  return new Engine({ module, kernels, arena }, limit);
}
