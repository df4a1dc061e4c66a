// NumPy files read: what toNPY wrote, other formats and byte orders, and a sentence for what is refused.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toNPY } from "../../src/io/npy.ts";
import { fromNPY } from "../../src/io/npy-read.ts";

/** A file with any header, and `size` bytes of numbers. */
function file(dictionary: string, size: number, major = 1): Uint8Array {
  const text = dictionary.padEnd(117);
  const head = major === 1 ? [118, 0] : [118, 0, 0, 0];
  const bytes = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, major, 0, ...head, ...new TextEncoder().encode(`${text}\n`)];
  return Uint8Array.from([...bytes, ...new Array(size).fill(0)]);
}

describe("fromNPY", () => {
  it("reads what toNPY wrote, to the bit", () => {
    fc.assert(
      fc.property(fc.float64Array(), fc.float32Array(), (wide, narrow) => {
        expect(fromNPY(toNPY(wide, [wide.length]))).toEqual({ data: wide, shape: [wide.length] });
        expect(fromNPY(toNPY(narrow, [1, narrow.length]))).toEqual({ data: narrow, shape: [1, narrow.length] });
      }),
    );
    expect(fromNPY(toNPY(Float64Array.of(7), []))).toEqual({ data: Float64Array.of(7), shape: [] });
    expect(fromNPY(toNPY(new Float64Array(6), [2, 3]).slice().buffer as ArrayBuffer).shape).toEqual([2, 3]);
  });

  it("reads big-endian numbers and format 2.0, at any offset of a buffer", () => {
    const bytes = file("{'descr': '>f8', 'fortran_order': False, 'shape': (1, 2), }", 16, 2);
    new DataView(bytes.buffer).setFloat64(bytes.length - 8, -0.1);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(fromNPY(shifted.subarray(3))).toEqual({ data: Float64Array.of(0, -0.1), shape: [1, 2] });
  });

  it.each([
    ["{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }", 16, "dtype '<i8'; save array.astype"],
    ["{'descr': '<c16', 'fortran_order': False, 'shape': (2,), }", 32, "dtype '<c16'"],
    ["{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (2,), }", 16, "a structured dtype"],
    ["{'descr': '<f8', 'fortran_order': True, 'shape': (1, 2), }", 16, "Fortran order; save numpy.ascontiguousarray"],
    [
      "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }",
      15,
      "15 bytes of numbers where the shape (1, 2) of",
    ],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }", 24, "24 bytes of numbers"],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 2), }", 16, "a header without shape"],
    ["{'descr': '<f8', 'shape': (1, 2), }", 16, "a header without fortran_order"],
    ["nonsense", 16, "a header without descr"],
  ])("refuses %s with %d bytes", (dictionary, size, sentence) => {
    expect(() => fromNPY(file(dictionary, size))).toThrow(RangeError);
    expect(() => fromNPY(file(dictionary, size))).toThrow(sentence);
  });

  it("refuses what is no such file, or only the start of one", () => {
    const whole = toNPY(new Float64Array(4), [2, 2]);
    for (let length = 0; length < whole.length; length++)
      expect(() => fromNPY(whole.subarray(0, length))).toThrow(/^bytes must be a whole .npy file/);
    expect(() => fromNPY(whole.map((byte, i) => (i === 6 ? 9 : byte)))).toThrow("format 9.0");
    expect(() => fromNPY([1, 2] as unknown as Uint8Array)).toThrow(TypeError);
  });
});
