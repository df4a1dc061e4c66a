// From bytes to a running module: probe, compile, instantiate.

import { instantiate } from "@assemblyscript/loader";
import * as generated from "./generated/kernels.ts";
import { ABI_VERSION, type Kernels } from "./kernels.ts";

/** Which of the two builds runs; both give the same bits. */
export type Backend = "simd" | "scalar";

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The smallest module with a SIMD instruction: () -> i8x16.popcnt(i8x16.splat(0)), dropped. */
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 11, 1, 9, 0, 65, 0, 253, 15, 253, 98, 26, 11,
]);

/** @throws TypeError where the host has no WebAssembly. */
export function requireWebAssembly(): void {
  if (typeof WebAssembly !== "object" || typeof WebAssembly.validate !== "function")
    throw new TypeError("createEngine needs WebAssembly, which this host does not have or has switched off");
}

/** Whether the host accepts SIMD instructions. */
export function hasSimd(): boolean {
  return WebAssembly.validate(SIMD_PROBE);
}

/** Compiles one of the inlined builds. @throws TypeError where the page may not compile WebAssembly. */
export async function compile(backend: Backend): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(decode(generated[backend]));
  } catch (error) {
    throw new TypeError(
      `createEngine could not compile its WebAssembly: ${(error as Error).message}. Under a Content-Security-Policy, script-src must allow 'wasm-unsafe-eval'; where compiling from bytes is forbidden, pass a ready WebAssembly.Module as module`,
      { cause: error },
    );
  }
}

/** Instantiates a compiled module. @throws TypeError where it is not one of this package's. */
export async function start(module: WebAssembly.Module): Promise<Kernels> {
  const foreign = (what: string, options?: ErrorOptions) =>
    new TypeError(
      `module must be the kernels of this version of propchaos (propchaos/kernels.simd.wasm or kernels.scalar.wasm, interface ${ABI_VERSION}); got ${what}`,
      options,
    );
  let kernels: Kernels;
  try {
    const { exports } = await instantiate<Record<string, unknown>>(module);
    kernels = exports as unknown as Kernels;
  } catch (cause) {
    if (cause instanceof WebAssembly.LinkError) throw foreign("one with other imports", { cause });
    throw cause;
  }
  const abi = typeof kernels.abiVersion === "function" ? kernels.abiVersion() : undefined;
  if (abi !== ABI_VERSION) throw foreign(`interface ${abi}`);
  return kernels;
}
