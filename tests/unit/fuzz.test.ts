// Hostile text on the command line, in plans and in attributes: each value is finite or refused in a sentence.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidArgumentError } from "commander";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { UsageError } from "../../src/cli/errors.ts";
import { readBytes, readNumber, readNumbers, readRecord, readWorkers } from "../../src/cli/options.ts";
import { readPlan } from "../../src/cli/plan-file.ts";
import { readRanges } from "../../src/cli/ranges.ts";
import { parseIndices } from "../../src/cli/slurm/array-list.ts";
import { readPart } from "../../src/cli/sweep.ts";
import {
  AttributeError,
  LIMITS,
  readPace,
  readSettings,
  readTheme,
  readViews,
  SETTING_NAMES,
} from "../../src/element/attributes.ts";

/** More by FUZZ_RUNS, a factor. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 1);

describe("values on the command line", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.stringMatching(/^[-+]?[0-9.,eE]{0,10}$/),
    fc.stringMatching(/^[0-9.]{0,6} ?[KMGkmg]?i?[Bb]?$/),
    fc.stringMatching(/^[0-9e.]{0,6}\.\.[0-9e.]{0,6}:?[0-9]{0,3}$/),
  );

  test.each([
    ["a number", readNumber],
    ["numbers", readNumbers],
    ["record times", readRecord],
    ["workers", readWorkers],
    ["bytes", readBytes],
    ["ranges", readRanges],
  ])("%s: finite or refused", (_, read: (value: string) => unknown) => {
    fc.assert(
      fc.property(text, (value) => {
        try {
          const wrong = [read(value)].flat().filter((number) => number !== "auto" && !Number.isFinite(number));
          if (wrong.length > 0) throw new Error(`it was read as ${wrong}`);
        } catch (error) {
          if (!(error instanceof InvalidArgumentError)) throw error;
        }
      }),
      { numRuns: 8000 * RUNS, seed: 1 },
    );
  });
});

describe("plans", () => {
  const folder = mkdtempSync(join(tmpdir(), "fuzz-plans-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const shown = [...text("docs/sweeps.md").matchAll(/```json\n(.*?)```/gs)].map(([, json]) => json);
  const small = {
    problems: ["He4", { name: "XOR_2", samples: 16 }, { name: "He4_random_2_8", d: [8] }],
    widths: [4],
    seeds: 1,
    time: 0.4,
  };
  // Naming the tasks of large ones takes its time.
  const plan = fc.oneof(
    { weight: 12, arbitrary: fc.constant(JSON.stringify(small)) },
    { weight: 1, arbitrary: fc.constantFrom(...shown, text("examples/sweep.json")) },
  );

  const hostile = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      true,
      "",
      "NaN",
      "__proto__",
      "He4",
      "XOR_2",
      "Zero",
      "flow",
      "pgd",
      [],
      {},
      [null],
      [[1]],
    ),
    fc.constantFrom<unknown>(
      -1,
      0,
      -0,
      0.5,
      1,
      2,
      3,
      1e9,
      1e300,
      2 ** 53,
      4294967296,
      [1, 2],
      [0.1, 0.2],
      [8, 8],
      ["pgd", "flow"],
    ),
    fc.constantFrom<unknown>(
      { name: "He4" },
      { name: "He4", d: [1e9] },
      { problem: { kind: "boolean", d: 4, terms: [] } },
    ),
    fc.double(),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const key = fc.oneof(
    fc.constantFrom(
      "d",
      "samples",
      "batch",
      "time",
      "step",
      "dynamics",
      "gradient",
      "record",
      "seeds",
      "seed",
      "widths",
      "test",
    ),
    fc.constantFrom(
      "precision",
      "objective",
      "langevin",
      "pathNorm",
      "interaction",
      "reference",
      "tolerance",
      "order",
      "resample",
    ),
    fc.constantFrom("problems", "title", "version", "schema", "__proto__", "constructor", "toString", "widht"),
  );
  /** A plan with some of its values replaced, lost, or beside others. */
  const changed = fc
    .tuple(plan, fc.array(fc.tuple(key, fc.nat(3), hostile), { minLength: 1, maxLength: 3 }))
    .map(([plan, changes]) => {
      const copy = JSON.parse(plan);
      for (const [name, where, value] of changes) {
        const entries = Array.isArray(copy.problems)
          ? copy.problems.filter((entry: unknown) => typeof entry === "object" && entry)
          : [];
        const place = where === 0 && entries.length > 0 ? entries[0] : copy;
        if (where === 1) delete place[name];
        else Object.defineProperty(place, name, { value, enumerable: true, configurable: true, writable: true });
      }
      return JSON.stringify(copy);
    });
  /** A text of which a part is another. */
  const damaged = fc
    .tuple(
      plan,
      fc.nat(400),
      fc.nat(30),
      fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom("9".repeat(40), "\0", "{", "]")),
    )
    .map(([plan, place, lost, put]) => plan.slice(0, place) + put + plan.slice(place + lost));

  test(
    "are read, or refused with a sentence for each mistake",
    async () => {
      const path = join(folder, "plan.json");
      let read = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.oneof({ weight: 5, arbitrary: changed }, { weight: 1, arbitrary: damaged }),
          async (plan) => {
            writeFileSync(path, plan);
            try {
              // Its tasks have been listed and named by then.
              await readPlan(path);
              read++;
            } catch (error) {
              if (!(error instanceof UsageError)) throw error;
              const lines = error.message.split("\n");
              const strange = lines.filter((line) => !line.startsWith(path) && !line.startsWith("the plan"));
              expect(strange).toEqual([]);
              expect(error.message).not.toMatch(/undefined|\[object|Cannot |is not a function|not iterable/);
            }
          },
        ),
        { numRuns: 10_000 * RUNS, seed: 1 },
      );
      expect(read).toBeGreaterThan(500 * RUNS);
    },
    180_000 * RUNS,
  );

  test("in parts and lists of indices are read or refused", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 9 }), fc.stringMatching(/^[0-9,/:%-]{0,12}$/)), (value) => {
        for (const read of [readPart, parseIndices]) {
          try {
            read(value);
          } catch (error) {
            if (!(error instanceof InvalidArgumentError) && !/must|Allowed/.test((error as Error).message)) throw error;
          }
        }
      }),
      { numRuns: 5000 * RUNS, seed: 1 },
    );
  });
});

describe("attributes of the element", () => {
  const value = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.double().map(String),
    fc.integer({ min: -9, max: 99_999 }).map(String),
    fc.array(fc.integer({ min: -1, max: 5000 }), { maxLength: 9 }).map((list) => list.join(" ")),
    fc.constantFrom(
      "NaN",
      "1e309",
      "-0",
      "0x10",
      "He4",
      "XOR_2",
      "flow",
      "euclidean",
      "__proto__",
      "<b>",
      " 8 ",
      "8,16",
    ),
  );

  test("are settings within the limits of a page, or refused by their name", () => {
    let read = 0;
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...SETTING_NAMES), value, { maxKeys: 3 }),
        value,
        (attributes, text) => {
          try {
            const { d, widths, seeds, seed, time, step, record, samples } = readSettings(
              (name) => attributes[name] ?? null,
            );
            const numbers = [d, ...widths, seeds, seed, time, step, record, samples ?? 1];
            const fine =
              numbers.every(Number.isFinite) &&
              Math.max(...widths) <= LIMITS.width &&
              Math.min(d, seeds, ...widths) >= 1 &&
              time / step <= LIMITS.steps;
            if (!fine) throw new Error(`${JSON.stringify(attributes)} were read as ${numbers}`);
            read++;
          } catch (error) {
            if (!(error instanceof AttributeError)) throw error;
            const [, name] = /^The attribute (\w+) must be .+; got /.exec(error.message) ?? [];
            expect(SETTING_NAMES).toContain(name);
          }
          for (const one of [readPace, readTheme, readViews]) {
            try {
              one(text);
            } catch (error) {
              if (!(error instanceof AttributeError)) throw error;
            }
          }
        },
      ),
      { numRuns: 10_000 * RUNS, seed: 1 },
    );
    expect(read).toBeGreaterThan(500 * RUNS);
  });
});
