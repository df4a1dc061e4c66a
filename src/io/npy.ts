// NumPy's array file, format 1.0: magic, version, header length, a Python dictionary padded to 64 bytes, then the
// numbers in C order. Little-endian on every host, since each number is written through a DataView.

import { checkInteger, wrongKind, wrongValue } from "../core/check.ts";

/** Arrays that have a NumPy dtype of their own. */
export type NumberArray =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

type Put = (view: DataView, offset: number, value: number) => void;

const DTYPES: readonly { kind: { name: string; new (): NumberArray }; descr: string; put: Put }[] = [
  { kind: Float64Array, descr: "<f8", put: (view, offset, value) => view.setFloat64(offset, value, true) },
  { kind: Float32Array, descr: "<f4", put: (view, offset, value) => view.setFloat32(offset, value, true) },
  { kind: Int8Array, descr: "|i1", put: (view, offset, value) => view.setInt8(offset, value) },
  { kind: Uint8Array, descr: "|u1", put: (view, offset, value) => view.setUint8(offset, value) },
  { kind: Int16Array, descr: "<i2", put: (view, offset, value) => view.setInt16(offset, value, true) },
  { kind: Uint16Array, descr: "<u2", put: (view, offset, value) => view.setUint16(offset, value, true) },
  { kind: Int32Array, descr: "<i4", put: (view, offset, value) => view.setInt32(offset, value, true) },
  { kind: Uint32Array, descr: "<u4", put: (view, offset, value) => view.setUint32(offset, value, true) },
];

const ALIGNMENT = 64;
const PREAMBLE = 10;
/** NumPy before version 2 reads no more axes. */
const MAX_AXES = 32;

function checkShape(shape: unknown, length: number): readonly number[] {
  if (!Array.isArray(shape)) wrongKind("shape", "an array of axis lengths", shape);
  if (shape.length > MAX_AXES) wrongValue("shape", `an array of at most ${MAX_AXES} axis lengths`, shape);
  let product = 1;
  shape.forEach((axis, index) => {
    product *= checkInteger(`shape[${index}]`, axis, 0);
  });
  if (product !== length)
    throw new RangeError(
      `shape must have the product ${length}, the length of array; got [${shape.join(", ")}] with product ${product}`,
    );
  return shape;
}

function writeHeader(descr: string, shape: readonly number[]): string {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${axes}), }`;
  const size = Math.ceil((PREAMBLE + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  return `${dictionary.padEnd(size - PREAMBLE - 1)}\n`;
}

/**
 * The bytes of a NumPy file (`.npy`) that holds an array.
 *
 * @param array - the numbers, row-major: a Float64Array, Float32Array or an integer array of 8, 16 or 32 bits.
 * @param shape - axis lengths, at most 32; their product is the length of `array`. `[]` is a single number.
 * @returns the whole file; `numpy.load` gives the same numbers, dtype and shape.
 * @throws TypeError where `array` has another kind; RangeError where `shape` does not fit it.
 * @example
 * ```ts
 * const network = await trainNetwork(engine, problems.He4({ d: 32 }), { width: 256, time: 4 });
 * await writeFile("particles.npy", toNPY(network.particles(), network.shape)); // 256 x 32, float64
 * ```
 */
export function toNPY(array: NumberArray, shape: readonly number[]): Uint8Array {
  const dtype = DTYPES.find(({ kind }) => array instanceof kind);
  if (!dtype) wrongKind("array", `a ${DTYPES.map(({ kind }) => kind.name).join(", ")}`, array);
  const header = writeHeader(dtype.descr, checkShape(shape, array.length));
  const start = PREAMBLE + header.length;
  const bytes = new Uint8Array(start + array.byteLength);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  view.setUint16(8, header.length, true);
  for (let i = 0; i < header.length; i++) bytes[PREAMBLE + i] = header.charCodeAt(i);
  const { put } = dtype;
  const size = array.BYTES_PER_ELEMENT;
  for (let i = 0; i < array.length; i++) put(view, start + i * size, array[i]);
  return bytes;
}
