// Reads NumPy's array file, formats 1.0 to 3.0: float64, float32 or int8 numbers in C order, little- or big-endian. The header
// is a Python dictionary such as {'descr': '<f8', 'fortran_order': False, 'shape': (256, 32), }.

import { show, wrongKind } from "../core/check.ts";

/** An array with its axis lengths, row-major. */
export interface StoredArray {
  data: Float64Array | Float32Array | Int8Array;
  shape: number[];
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const DTYPE = /^(?:([<>])f([48])|[|<>=]?i1)$/;

function refuse(what: string): never {
  throw new RangeError(`bytes must be a whole .npy file of float64, float32 or int8 numbers in C order; got ${what}`);
}

function ascii(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** The dictionary, and where the numbers start. Format 1.0 gives its length in two bytes, the later ones in four. */
function readHeader(bytes: Uint8Array, view: DataView): { header: string; start: number } {
  if (bytes.length < 10 || MAGIC.some((byte, i) => bytes[i] !== byte)) refuse("bytes that do not start as one");
  const major = bytes[6];
  if (major < 1 || major > 3) refuse(`format ${major}.${bytes[7]}`);
  const wide = major > 1;
  const lengthEnd = wide ? 12 : 10;
  if (bytes.length < lengthEnd) refuse("one that ends in its header");
  const start = lengthEnd + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  if (bytes.length < start) refuse("one that ends in its header");
  return { header: ascii(bytes.subarray(lengthEnd, start)), start };
}

function entry(header: string, name: string, value: string): string {
  const found = new RegExp(`['"]${name}['"]\\s*:\\s*${value}`).exec(header);
  return found ? found[1] : refuse(`a header without ${name}: ${show(header.trim())}`);
}

function readShape(header: string): number[] {
  const axes = entry(header, "shape", "\\(([\\d,\\s]*)\\)");
  const shape = axes
    .split(",")
    .map((axis) => axis.trim())
    .filter((axis) => axis !== "")
    .map(Number);
  if (!shape.every(Number.isSafeInteger)) refuse(`the shape (${axes})`);
  return shape;
}

/**
 * The array in a NumPy file (`.npy`), as `numpy.save` writes it: the reverse of `toNPY` for float64, float32 and
 * int8.
 *
 * @param bytes - the whole file.
 * @returns `data`, row-major, a Float64Array, Float32Array or Int8Array by the file's dtype, and `shape`, its axis lengths.
 * @throws TypeError where `bytes` is no Uint8Array or ArrayBuffer; RangeError where it is no such file, has another dtype,
 * is in Fortran order (save `numpy.ascontiguousarray(a)` instead), or has fewer or more numbers than its shape says.
 * @example
 * ```ts
 * const { data, shape } = fromNPY(await readFile("particles.npy")); // saved as float64, shape (256, 32)
 * const report = await approximationGap(engine, problems.He4({ d: 32 }), { initial: Float64Array.from(data), time: 4 });
 * ```
 */
export function fromNPY(bytes: Uint8Array | ArrayBuffer): StoredArray {
  const given = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes;
  if (!(given instanceof Uint8Array)) wrongKind("bytes", "a Uint8Array or an ArrayBuffer", bytes);
  const view = new DataView(given.buffer, given.byteOffset, given.byteLength);
  const { header, start } = readHeader(given, view);
  const descr = entry(header, "descr", "(\\[|['\"][^'\"]*['\"])");
  const dtype = DTYPE.exec(descr.slice(1, -1));
  if (!dtype) refuse(descr === "[" ? "a structured dtype" : `dtype ${descr}; save array.astype("float64")`);
  if (entry(header, "fortran_order", "(True|False)") === "True")
    refuse("Fortran order; save numpy.ascontiguousarray(array)");
  const shape = readShape(header);
  const length = shape.reduce((product, axis) => product * axis, 1);
  const size = Number(dtype[2] ?? 1);
  if (given.length - start !== length * size)
    refuse(
      `${given.length - start} bytes of numbers where the shape (${shape.join(", ")}) of ${size === 1 ? "int8" : `float${8 * size}`} means ${length * size}`,
    );
  const little = dtype[1] === "<";
  if (size === 1) return { data: Int8Array.from(given.subarray(start)), shape };
  const data = size === 8 ? new Float64Array(length) : new Float32Array(length);
  for (let i = 0; i < length; i++)
    data[i] = size === 8 ? view.getFloat64(start + 8 * i, little) : view.getFloat32(start + 4 * i, little);
  return { data, shape };
}
