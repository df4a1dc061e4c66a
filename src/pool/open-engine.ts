// What an engine on another thread is made of.

import { type Engine, launch } from "../engine/engine.ts";

/** The compiled module, which can be posted, and the limit of the memory that each thread has for itself. */
export interface EngineSetup {
  module: WebAssembly.Module;
  memoryLimitBytes: number;
}

/** A worker's engine. */
export function openEngine(setup: unknown): Promise<Engine> {
  const { module, memoryLimitBytes } = setup as EngineSetup;
  return launch(module, memoryLimitBytes, true);
}
