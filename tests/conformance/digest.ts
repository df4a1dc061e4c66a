// One hash over the bits of a result.

/** The bytes of a typed array in hexadecimal; all hosts that run WebAssembly fast are little-endian. */
function hex(array: ArrayBufferView): string {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * A result as text that differs wherever a bit differs: JSON, whose shortest decimals give back the number, with typed
 * arrays as their bytes, and with names for the numbers that JSON does not know.
 */
export function canonical(result: unknown): string {
  return JSON.stringify(result, (_, value: unknown) => {
    if (ArrayBuffer.isView(value)) return `${value.constructor.name} ${hex(value)}`;
    if (Object.is(value, -0)) return "number -0";
    return typeof value === "number" && !Number.isFinite(value) ? `number ${value}` : value;
  });
}

/** SHA-256 of that text in hexadecimal, by the host's web cryptography. */
export async function digest(result: unknown): Promise<string> {
  const text = new TextEncoder().encode(canonical(result));
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", text)));
}

/** The document of a run without what has no part in its numbers: who computed them. @throws Error unless it completed. */
export function numbers(result: { toJSON(): unknown }): object {
  const { version: _, backend: __, workers: ___, ...document } = result.toJSON() as Record<string, unknown>;
  if (document.status !== "completed") throw new Error(`a run ended as ${document.status}`);
  return document;
}
