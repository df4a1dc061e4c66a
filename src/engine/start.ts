// From a compiled module to a running one.

import { instantiate, instantiateSync } from "@assemblyscript/loader";
import { ABI_VERSION, type Kernels } from "./kernels.ts";

/** Which of the two builds runs; both give the same bits. */
export type Backend = "simd" | "scalar";

/**
 * @internal Instantiates a compiled module; `atOnce` on a worker, which may block: the other way makes Node load what it has for
 * fetch, and that takes longer than all the rest.
 * @throws TypeError where it is not one of this package's.
 */
export async function start(module: WebAssembly.Module, atOnce = false): Promise<Kernels> {
  const foreign = (what: string, options?: ErrorOptions) =>
    new TypeError(
      `module must be the kernels of this version of propchaos (propchaos/kernels.simd.wasm or kernels.scalar.wasm, interface ${ABI_VERSION}); got ${what}`,
      options,
    );
  let kernels: Kernels;
  try {
    const { exports } = atOnce
      ? instantiateSync<Record<string, unknown>>(module)
      : await instantiate<Record<string, unknown>>(module);
    kernels = exports as unknown as Kernels;
  } catch (cause) {
    if (cause instanceof WebAssembly.LinkError) throw foreign("one with other imports", { cause });
    throw cause;
  }
  const abi = typeof kernels.abiVersion === "function" ? kernels.abiVersion() : undefined;
  if (abi !== ABI_VERSION) throw foreign(`interface ${abi}`);
  return kernels;
}
