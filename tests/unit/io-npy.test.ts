// NumPy files: the header byte by byte, and every dtype read back by NumPy itself where it is installed.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type NumberArray, toNPY } from "../../src/io/npy.ts";

const numpy = spawnSync("python3", ["-c", "import numpy"]).status === 0;

function headerOf(bytes: Uint8Array): string {
  const length = bytes[8] + 256 * bytes[9];
  return String.fromCharCode(...bytes.subarray(10, 10 + length));
}

describe("toNPY", () => {
  it("writes the preamble and header of format 1.0, padded to 64 bytes", () => {
    const bytes = toNPY(new Float64Array([1, 2, 3, 4, 5, 6]), [2, 3]);
    expect([...bytes.subarray(0, 10)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
    const dictionary = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }";
    expect(headerOf(bytes)).toBe(`${dictionary.padEnd(117)}\n`);
    expect(bytes.length).toBe(128 + 48);
    expect([...bytes.subarray(128, 136)]).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
  });

  it("pads a header of any length", () => {
    for (let axes = 0; axes <= 32; axes++) {
      const bytes = toNPY(new Int8Array([7]), new Array(axes).fill(1));
      expect((bytes.length - 1) % 64).toBe(0);
      expect(headerOf(bytes).endsWith("\n")).toBe(true);
    }
  });

  it("writes one axis and no axis as Python tuples", () => {
    expect(headerOf(toNPY(new Float32Array(5), [5]))).toContain("'shape': (5,), }");
    expect(headerOf(toNPY(new Float32Array(1), []))).toContain("'shape': (), }");
    expect(headerOf(toNPY(new Float32Array(0), [0, 4]))).toContain("'shape': (0, 4), }");
  });

  it("takes the part of the buffer that the array shows", () => {
    const whole = new Int32Array([1, 2, 3, 4]);
    expect([...toNPY(whole.subarray(1, 3), [2]).subarray(-8)]).toEqual([2, 0, 0, 0, 3, 0, 0, 0]);
  });

  it("refuses a shape that does not fit, and other arrays", () => {
    const array = new Float64Array(6);
    expect(() => toNPY(array, [2, 4])).toThrow(
      new RangeError("shape must have the product 6, the length of array; got [2, 4] with product 8"),
    );
    expect(() => toNPY(array, [-2, -3])).toThrow(RangeError);
    expect(() => toNPY(array, [1.5, 4])).toThrow("shape[0] must be an integer of at least 0; got 1.5");
    expect(() => toNPY(array, 6 as unknown as number[])).toThrow(TypeError);
    expect(() => toNPY(new Int8Array(1), new Array(33).fill(1))).toThrow(RangeError);
    expect(() => toNPY([1, 2] as unknown as Float64Array, [2])).toThrow(TypeError);
    expect(() => toNPY(new BigInt64Array(1) as unknown as Float64Array, [1])).toThrow(TypeError);
  });

  it.skipIf(!numpy)("is read by NumPy with the same bytes, dtype and shape (skipped without NumPy)", () => {
    const cases: [NumberArray, number[], string][] = [
      [
        new Float64Array([0.1, -0, 5e-324, 1.7976931348623157e308, Number.NaN, Number.POSITIVE_INFINITY]),
        [2, 3],
        "float64",
      ],
      [new Float32Array([0.1, -1, 3]), [3, 1], "float32"],
      [new Int8Array([-128, 127]), [2], "int8"],
      [new Uint8Array([0, 255]), [2], "uint8"],
      [new Int16Array([-32768, 32767]), [1, 2], "int16"],
      [new Uint16Array([1, 65535]), [2, 1], "uint16"],
      [new Int32Array([-2147483648, 2147483647]), [2], "int32"],
      [new Uint32Array([1, 4294967295]), [2], "uint32"],
      [new Float64Array([42]), [], "float64"],
      [new Float64Array(0), [0, 7], "float64"],
    ];
    const directory = mkdtempSync(join(tmpdir(), "npy-"));
    try {
      const files = cases.map(([array, shape], i) => {
        const file = join(directory, `${i}.npy`);
        writeFileSync(file, toNPY(array, shape));
        return file;
      });
      const read = "lambda a: [str(a.dtype), list(a.shape), a.tobytes().hex()]";
      const program = `import json, numpy, sys; print(json.dumps([(${read})(numpy.load(f)) for f in sys.argv[1:]]))`;
      const { stdout, stderr } = spawnSync("python3", ["-c", program, ...files], { encoding: "utf8" });
      expect(stderr).toBe("");
      expect(JSON.parse(stdout)).toEqual(
        cases.map(([array, shape, dtype]) => [
          dtype,
          shape,
          Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("hex"),
        ]),
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
