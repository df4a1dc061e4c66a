// The language for shapes of documents: what each reader gives, and the sentence with which it refuses.

import { describe, expect, test } from "vitest";
import * as shape from "../../src/io/shape.ts";

const { byKind, fields, flag, inner, integer, list, nullable, number, oneOf, perRecord, series, text, times } = shape;
const CONTEXT = { records: 2 };
const point = fields({ x: number() }, { name: text });

describe("a reader", () => {
  test.each<[string, shape.Read, unknown, unknown]>([
    ["a list of any length", list(integer(0)), [3, 1, 2], [3, 1, 2]],
    ["an empty list", list(integer(0)), [], []],
    ["a list of two", list(text, 2), ["a", ""], ["a", ""]],
    ["null where it may be", nullable(text), null, null],
    ["a value where null may be", nullable(text), "a", "a"],
    ["flags", list(flag), [true, false], [true, false]],
    ["one value a time", perRecord(flag), [true, false], [true, false]],
    ["a series", series, [0.5, -1], Float64Array.of(0.5, -1)],
    ["times, however many", times, [0, 0.5, 2], Float64Array.of(0, 0.5, 2)],
    ["fields in the order of the document, with those it does not know", point, { z: [1], x: 2 }, { z: [1], x: 2 }],
    ["what the kind says", byKind({ a: point, b: text }), { kind: "a", x: 1 }, { kind: "a", x: 1 }],
    ["what another field says", byKind({ a: point }, "of"), { of: "a", x: 1 }, { of: "a", x: 1 }],
    [
      "a document inside another, as long as its own times",
      inner(fields({ time: times, y: series })),
      { time: [1], y: [7] },
      { time: Float64Array.of(1), y: Float64Array.of(7) },
    ],
  ])("takes %s", (_, read, value, expected) => {
    const found = read("$", value, CONTEXT);
    expect(found).toEqual(expected);
    expect(JSON.stringify(Object.keys(found ?? {}))).toBe(JSON.stringify(Object.keys(expected ?? {})));
  });

  test.each<[shape.Read, unknown, ErrorConstructor, string]>([
    [list(text), "a", TypeError, '$.a must be a list of values; got "a"'],
    [list(text, 2), {}, TypeError, "$.a must be a list of 2 values; got an object"],
    [list(text, 2), ["a"], RangeError, "$.a must be a list of 2 values; got an array of 1"],
    [list(text), ["a", 7], TypeError, "$.a[1] must be a string; got 7"],
    [list(text), new Array(1), TypeError, "$.a[0] must be a string; got undefined"],
    [list(list(flag)), [[true], [1]], TypeError, "$.a[1][0] must be true or false; got 1"],
    [perRecord(flag), [true], RangeError, "$.a must have 2 values, one a recorded time; got 1"],
    [perRecord(flag), true, TypeError, "$.a must be a list of values; got true"],
    [series, [0, "1"], TypeError, '$.a[1] must be a finite number; got "1"'],
    [times, [0, 1, 1], RangeError, "$.a[2] must be above $.a[1] = 1; got 1"],
    [times, [-1, 1], RangeError, "$.a[0] must be a finite number of at least 0; got -1"],
    [oneOf("a", "b"), "c", RangeError, '$.a must be "a" or "b"; got "c"'],
    [integer(1, 2), 3, RangeError, "$.a must be an integer from 1 to 2; got 3"],
    [number({ min: 0, above: true }), 0, RangeError, "$.a must be a finite number above 0; got 0"],
    [point, [], TypeError, "$.a must be an object; got an empty array"],
    [point, null, TypeError, "$.a must be an object; got null"],
    [point, { name: "n" }, TypeError, "$.a.x is missing; $.a must have x"],
    [point, { x: 1, name: 2 }, TypeError, "$.a.name must be a string; got 2"],
    [point, Object.create({ x: 1 }), TypeError, "$.a.x is missing; $.a must have x"],
    [fields({ x: text, y: text }), { x: "" }, TypeError, "$.a.y is missing; $.a must have x, y"],
    [byKind({ a: point, b: text }), { kind: "c" }, RangeError, '$.a.kind must be "a" or "b"; got "c"'],
    [byKind({ a: point }, "of"), { kind: "a" }, TypeError, "$.a.of must be"],
    [byKind({ a: point }), "a", TypeError, '$.a must be an object; got "a"'],
    [byKind({ a: point }), [], TypeError, "$.a must be an object; got an empty array"],
    [inner(fields({ time: times, y: series })), { time: [1], y: [7, 8] }, RangeError, "$.a.y must have 1 values"],
    [inner(fields({ y: series })), { y: [7] }, RangeError, "$.a.y must have 0 values"],
    [inner(point), null, TypeError, "$.a must be an object; got null"],
  ])("refuses, %#", (read, value, kind, sentence) => {
    const call = () => read("$.a", value, CONTEXT);
    expect(call).toThrow(kind);
    expect(call).toThrow(sentence);
  });
});
