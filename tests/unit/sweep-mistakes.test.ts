// What is wrong with a plan: the place, the sentence and the kind of every mistake, in a plan and in a document that holds one.

import { expect, test } from "vitest";
import { checkPlan, planMistakes, readStoredPlan } from "../../src/experiment/sweep/plan.ts";

const PLAN = { problems: ["He4"], widths: [64] };

test("all mistakes are told, each once, with pointers that escape", () => {
  const found = planMistakes({
    problems: ["He4", { name: 7, tiem: 1 }],
    widths: [0.5],
    "a/b~": 1,
    dynamics: "sgd",
    resample: 1,
    reference: 1,
  });
  expect(found.map(({ pointer, kind, unknown }) => [pointer, kind, unknown?.key])).toEqual(
    expect.arrayContaining([
      ["/problems/1/name", true, undefined],
      ["/problems/1/tiem", true, "tiem"],
      ["/widths/0", false, undefined],
      ["/a~1b~0", true, "a/b~"],
      ["/dynamics", false, undefined],
      ["/resample", true, undefined],
      ["/reference", false, undefined],
    ]),
  );
  // Half a particle is neither whole nor enough.
  expect(found).toHaveLength(7);
  const sentences = new Map(found.map(({ pointer, sentence }) => [pointer, sentence]));
  expect(sentences.get("/widths/0")).toBe("/widths/0 must be an integer of at least 1; got 0.5");
  expect(sentences.get("/problems/1/name")).toBe("/problems/1/name must be a string; got 7");
  expect(sentences.get("/resample")).toBe("/resample must be true or false; got 1");
  const [ofEntry, ofPlan] = ["/problems/1/tiem", "/a~1b~0"].map(
    (pointer) => found.find((mistake) => mistake.pointer === pointer)?.unknown?.allowed,
  );
  expect(ofEntry).toContain("teacherSeed");
  expect(ofEntry).not.toContain("title");
  expect(ofPlan).toContain("title");
  expect(ofPlan).not.toContain("teacherSeed");
});

test.each<[object, ErrorConstructor]>([
  [{ ...PLAN, widths: ["64"] }, TypeError],
  [{ ...PLAN, widths: [0] }, RangeError],
  [{ ...PLAN, dynamics: 7 }, RangeError],
  [{ ...PLAN, time: "1" }, TypeError],
  [{ ...PLAN, step: 0 }, RangeError],
  [{ ...PLAN, tolerance: 0 }, RangeError],
  [{ ...PLAN, record: 1 }, RangeError],
  [{ ...PLAN, record: [] }, RangeError],
  [{ ...PLAN, seeds: 1_000_001 }, RangeError],
  [{ ...PLAN, test: -1 }, RangeError],
  [{ ...PLAN, version: "0.0.1" }, RangeError],
  [{ widths: [64] }, TypeError],
  [{ ...PLAN, more: 1 }, TypeError],
])("%j is refused with the error of its kind", (plan, kind) => {
  expect(() => checkPlan(plan)).toThrow(kind);
});

test("a plan at the ends of what is allowed is taken as it is", () => {
  const plan = {
    ...PLAN,
    widths: [1],
    d: 2,
    seeds: 1_000_000,
    seed: 4294967295,
    test: 0,
    record: 2,
    reference: 2,
    time: 0,
  };
  expect(checkPlan(plan)).toBe(plan);
  expect(checkPlan({ ...PLAN, samples: [null, 1], reference: null, record: [0] })).toMatchObject({ reference: null });
});

test("a plan in a document may be of another version, with keys that are not known, but not wrong", () => {
  const later = { ...PLAN, version: "9.0.0", more: 1, problems: [{ name: "He9", even: "more" }] };
  expect(readStoredPlan("$.plan", later)).toBe(later);
  const read = (plan: unknown) => () => readStoredPlan("$.plan", plan);
  expect(read({ ...later, widths: [8, "9"] })).toThrow(
    new TypeError('$.plan.widths[1] must be an integer of at least 1; got "9"'),
  );
  expect(read({ ...PLAN, problems: [{ d: 1 }] })).toThrow(
    new RangeError("$.plan.problems[0].d must be an integer of at least 2; got 1"),
  );
  expect(read({ problems: ["He4"] })).toThrow(new TypeError("$.plan.widths is missing; $.plan must have it"));
});
