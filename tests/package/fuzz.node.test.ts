// Hostile input from outside: files and texts of any shape either are what they should be or are refused in a sentence, with the two kinds
// of error that the interface promises, and never crash, hang or leave a NaN behind.

import fc from "fast-check";
import { fromNPY, readReport, toNPY } from "propchaos";
import { beforeAll, describe, expect, test } from "vitest";
import { documents } from "../support/documents.ts";

/** Bytes of a file with a header of our choice. */
function withHeader(header: string, numbers: Uint8Array, version: number): Uint8Array {
  const wide = version > 1 ? 4 : 2;
  const bytes = new Uint8Array(8 + wide + header.length + numbers.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(bytes.buffer);
  if (wide === 4) view.setUint32(8, header.length, true);
  else view.setUint16(8, header.length, true);
  for (let i = 0; i < header.length; i++) bytes[8 + wide + i] = header.charCodeAt(i);
  bytes.set(numbers, 8 + wide + header.length);
  return bytes;
}

const whole = fc
  .array(fc.double(), { maxLength: 12 })
  .map((values) => toNPY(Float64Array.from(values), [values.length]));

/** A whole file with bytes changed, lost or added. */
const damaged = fc
  .tuple(
    whole,
    fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 4 }),
    fc.integer({ min: -9, max: 9 }),
  )
  .map(([bytes, changes, longer]) => {
    const result = new Uint8Array(Math.max(0, bytes.length + longer));
    result.set(bytes.subarray(0, result.length));
    for (const [place, value] of changes) if (place < result.length) result[place] = value;
    return result;
  });

const axis = fc.oneof(fc.nat(5), fc.maxSafeNat(), fc.constantFrom("", "-1", "1e9", "9".repeat(40), " 2 "));
const written = fc
  .tuple(
    fc.constantFrom("<f8", ">f8", "<f4", "|i1", "<f2", "|O", "<f8\0", "f8"),
    fc.constantFrom("True", "False", "None"),
    fc.array(axis, { maxLength: 4 }),
    fc.uint8Array({ maxLength: 80 }),
    fc.constantFrom(0, 1, 2, 3, 4, 255),
    fc.string({ maxLength: 20 }),
  )
  .map(([descr, fortran, shape, numbers, version, rest]) =>
    withHeader(
      `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape.join(", ")}), }${rest}\n`,
      numbers,
      version,
    ),
  );

describe("NumPy files", () => {
  test("are read or refused, and hold what their shape says", () => {
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged, written), (bytes) => {
        try {
          const { data, shape } = fromNPY(bytes);
          expect(shape.reduce((product, length) => product * length, 1)).toBe(data.length);
          read++;
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          expect((error as Error).message).toMatch(/^bytes must be a whole \.npy file/);
        }
      }),
      { numRuns: 60_000, seed: 1 },
    );
    // The strings made are not all nonsense.
    expect(read).toBeGreaterThan(500);
  });
});

const hostile = fc.oneof(
  fc.constantFrom(null, true, "", "NaN", "__proto__", "<script>", [], {}, -1, 0, 1e308, -0, 0.5, 2 ** 53),
  fc.double(),
  fc.jsonValue(),
);

/** Every place in a document, as the keys that lead to it. */
function places(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => places(item, [...path, key]))];
}

describe("stored reports", () => {
  let made: { text: string; paths: string[][] }[];
  beforeAll(async () => {
    made = Object.values(await documents()).map((text) => ({ text, paths: places(JSON.parse(text)).slice(1) }));
  });

  test("with one value replaced, lost or added are read or refused at their path", () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...made), fc.nat(), hostile, fc.nat(2), ({ text, paths }, index, value, how) => {
        const copy: Record<string, unknown> = JSON.parse(text);
        const path = paths[index % paths.length];
        const last = path[path.length - 1];
        const parent = path.slice(0, -1).reduce((node, key) => node[key] as Record<string, unknown>, copy);
        if (how === 0) parent[last] = value;
        else if (how === 1) delete parent[last];
        else Object.defineProperty(parent, `__${last}`, { value, enumerable: true });
        try {
          const changed = JSON.stringify(copy);
          expect(JSON.stringify(readReport(changed))).toBe(changed);
        } catch (error) {
          refused++;
          expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
          expect((error as Error).message).toMatch(/^(\$|report must)/);
        }
      }),
      { numRuns: 12_000, seed: 1 },
    );
    expect(refused).toBeGreaterThan(3000);
  });

  test("of any JSON at all are refused", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(() => readReport(text)).toThrow(/^(\$|report must)/);
      }),
      { numRuns: 5000, seed: 1 },
    );
  });
});
