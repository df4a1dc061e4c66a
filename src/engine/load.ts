// From the inlined bytes to a compiled module: probe and compile.

import * as generated from "./generated/kernels.ts";
import type { Backend } from "./start.ts";

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
