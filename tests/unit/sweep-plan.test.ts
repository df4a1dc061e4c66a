// Plans: what is refused, with its place; the JSON Schema says the same as the check; tasks and their names.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { canonicalJSON, digest } from "../../src/experiment/sweep/hash.ts";
import { checkPlan, planMistakes } from "../../src/experiment/sweep/plan.ts";
import type { SweepPlan } from "../../src/experiment/sweep/plan-types.ts";
import { type SweepTask, sweepTasks } from "../../src/experiment/sweep/tasks.ts";
import { hermite } from "../../src/problem/activation.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import { problems } from "../../src/problem/zoo.ts";

const schema = JSON.parse(readFileSync(new URL("../../src/io/schema/plan@1.json", import.meta.url), "utf8"));
const accepts = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

/** A plan that says everything. */
const FULL = {
  $schema: "plan@1.json",
  schema: "propchaos/plan@1",
  version: "0.1.0",
  title: "all",
  problems: [
    "He4",
    { name: "He4_random_2_8", teacherSeed: 7, d: [16, 32], seeds: 2, seed: 3, widths: [8] },
    { problem: { kind: "single-index", d: 8, later: 1 }, time: [1, 2], dynamics: "flow" },
  ],
  d: 8,
  widths: [64, 128],
  seeds: 8,
  seed: 1,
  samples: [null, 1024],
  batch: [64, 128],
  test: 0,
  order: "shuffled",
  resample: true,
  time: 4,
  step: [0.02, 0.1],
  dynamics: ["pgd"],
  gradient: ["riemannian", "euclidean"],
  record: [0, 1, 4],
  precision: "float64",
  objective: ["squared"],
  langevin: [0, 0.1],
  pathNorm: 0,
  interaction: "auto",
  reference: null,
  tolerance: 1e-8,
};

type Path = (string | number)[];

function places(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [path, ...keys.flatMap((key) => places((value as Record<Path[number], unknown>)[key], [...path, key]))];
}

function changed(path: Path, value: unknown): unknown {
  const root: Record<string, unknown> = { document: JSON.parse(JSON.stringify(FULL)) };
  const way = ["document", ...path];
  let parent = root as Record<Path[number], unknown>;
  for (const key of way.slice(0, -1)) parent = parent[key] as Record<Path[number], unknown>;
  if (value === undefined && !Array.isArray(parent)) delete parent[way[way.length - 1]];
  else parent[way[way.length - 1]] = value ?? null;
  return root.document;
}

describe("a plan and its JSON Schema", () => {
  it("have the same keys, in every place", () => {
    expect(planMistakes(FULL)).toEqual([]);
    expect(accepts(FULL)).toBe(true);
    const { $schema, schema: _, version, title, problems: __, ...shared } = FULL;
    const entry = { name: "He4", teacherSeed: 1, problem: { kind: "boolean" }, ...shared };
    expect(Object.keys(schema.properties).sort()).toEqual(Object.keys(FULL).sort());
    expect(Object.keys(schema.$defs.entry.else.properties).sort()).toEqual(Object.keys(entry).sort());
    expect(planMistakes({ ...FULL, problems: [entry] })).toEqual([]);
  });

  it("accept and refuse the same plans", () => {
    const all = places(FULL);
    const value = fc.oneof(
      fc.constantFrom<unknown>(
        undefined,
        null,
        -1,
        0,
        1,
        2,
        0.5,
        1e300,
        4294967296,
        "",
        "pgd",
        "He4",
        true,
        [],
        {},
        [1],
        [null],
      ),
      fc.constantFrom<unknown>(
        [1, 0.5],
        ["pgd", "flow"],
        ["pgd", 1],
        [[1]],
        { name: "He4" },
        { name: "He4", tiem: 1 },
        [{}],
      ),
      fc.jsonValue({ maxDepth: 2 }),
    );
    let refused = 0;
    fc.assert(
      fc.property(fc.nat(all.length - 1), value, (where, replacement) => {
        const plan = changed(all[where], replacement);
        const mistakes = planMistakes(plan);
        if (mistakes.length > 0) refused++;
        expect(mistakes.length === 0, JSON.stringify([all[where], replacement, mistakes])).toBe(accepts(plan));
      }),
      { numRuns: 3000, seed: 11 },
    );
    expect(refused).toBeGreaterThan(500);
  });
});

describe("checkPlan", () => {
  const MINIMAL = { problems: ["He4"], widths: [64] };

  test.each<[unknown, string]>([
    [null, "the plan must be an object; got null"],
    [[], "the plan must be an object; got an empty array"],
    [{ widths: [64] }, "/problems is missing; the plan must have it"],
    [{ problems: ["He4"] }, "/widths is missing; the plan must have it"],
    [{ ...MINIMAL, problems: [] }, "/problems must be a list of at least one value; got an empty array"],
    [{ ...MINIMAL, problems: [7] }, "/problems/0 must be the name of a problem, or an object; got 7"],
    [{ ...MINIMAL, width: 3 }, 'the plan has no key "width"; allowed are $schema, schema, version, title, problems, '],
    [
      { ...MINIMAL, problems: [{ name: "He4", tiem: 1 }] },
      '/problems/0 has no key "tiem"; allowed are name, teacherSeed, problem, ',
    ],
    [{ ...MINIMAL, "a/b~": 1 }, 'the plan has no key "a/b~"'],
    [{ ...MINIMAL, widths: [64, "128"] }, '/widths/1 must be an integer of at least 1; got "128"'],
    [{ ...MINIMAL, widths: 64 }, "/widths must be a list of at least one value; got 64"],
    [{ ...MINIMAL, d: [16, 1] }, "/d/1 must be an integer of at least 2; got 1"],
    [{ ...MINIMAL, d: 1.5 }, "/d must be an integer of at least 2; got 1.5"],
    [{ ...MINIMAL, dynamics: ["pgd", "sgd"] }, '/dynamics/1 must be "pgd" or "flow"; got "sgd"'],
    [{ ...MINIMAL, time: -1 }, "/time must be a finite number of at least 0; got -1"],
    [{ ...MINIMAL, time: Number.POSITIVE_INFINITY }, "/time must be a finite number of at least 0; got Infinity"],
    [{ ...MINIMAL, seed: 4294967296 }, "/seed must be an integer from 0 to 4294967295; got 4294967296"],
    [{ ...MINIMAL, samples: 0 }, "/samples must be an integer of at least 1; got 0"],
    [
      { ...MINIMAL, version: "0.0.1" },
      '/version must be "0.1.0", the version of propchaos that runs here, or left out',
    ],
  ])("refuses %j", (plan, sentence) => {
    expect(() => checkPlan(plan)).toThrow(sentence);
  });

  test.each<[object, string]>([
    [{ problems: [{ d: 4 }] }, '/problems/0 must have either "name", a problem of the zoo, or "problem"'],
    [{ problems: [{ name: "He4", problem: { kind: "boolean" } }] }, '/problems/0 must have either "name"'],
    [{ problems: ["He4", "He5"] }, "/problems/1/name must be one of He3, He4"],
    [
      { problems: [{ name: "He4", teacherSeed: 2 }] },
      "teacherSeed must be left out, as He4 has no random teachers; got 2",
    ],
    [{ problems: ["XOR_4"] }, "XOR_4, d 32: data must be { samples } or arrays of inputs"],
    [
      { d: [4, 8], problems: ["He4", { name: "XOR_2", samples: [8] }, "He4"] },
      "He4, d 4: the plan must have no combination twice; this one is He4, d 4",
    ],
    [
      { dynamics: ["flow"], gradient: ["riemannian", "euclidean"] },
      'He4, d 32, dynamics flow, gradient euclidean: gradient must be "riemannian"; got "euclidean"',
    ],
    [
      { time: [1, 2.5], step: 0.2 },
      "He4, d 32, step 0.2, time 2.5: time must be a whole number of steps of 0.2; got 2.5",
    ],
    [{ widths: [8, 8] }, "He4, d 32: widths[1] must be different from the widths before it; got 8"],
    [{ problems: [{ problem: { kind: "single-index" }, d: 4 }] }, "custom, d 4: "],
    [
      { problems: [{ problem: { ...problems.He4({ d: 4 }) }, d: 4 }] },
      "/problems/0/d must be left out beside a problem that has a d of its own; got 4",
    ],
  ])("the tasks of %j are refused", (change, sentence) => {
    expect(() => sweepTasks({ ...MINIMAL, ...change } as SweepPlan)).toThrow(sentence);
  });
});

describe("the tasks of a plan", () => {
  const PLAN: SweepPlan = {
    problems: ["He4", { name: "XOR_2", samples: 64 }],
    d: [4, 8],
    widths: [8, 32, 16],
    seeds: 2,
    time: 1,
  };
  const names = (tasks: SweepTask[]) => tasks.map(({ hash }) => hash);

  it("are in one order: combinations of the plan, widest networks first, replicas", () => {
    const tasks = sweepTasks(PLAN);
    expect(tasks.map(({ combination, m, replica }) => [combination, m, replica])).toEqual([
      ...[0, 1].flatMap((combination) =>
        [32, 16, 8].flatMap((m) => [0, 1].map((replica) => [combination, m, replica])),
      ),
      ...[2, 3].flatMap((combination) => [0, 1].map((replica) => [combination, null, replica])),
    ]);
    expect(new Set(names(tasks)).size).toBe(16);
    expect(tasks.map(({ index }) => index)).toEqual([...tasks.keys()]);
  });

  it("fall to parts by their index", () => {
    const all = names(sweepTasks(PLAN));
    const parts = [1, 2, 3].map((part) => names(sweepTasks(PLAN, { part, parts: 3 })));
    expect(parts.map(({ length }) => length)).toEqual([6, 5, 5]);
    all.forEach((hash, i) => {
      expect(parts[i % 3]).toContain(hash);
    });
    expect(() => sweepTasks(PLAN, { part: 4, parts: 3 })).toThrow("part must be an integer from 1 to 3; got 4");
  });

  it("have names by what determines their results, however the plan spells it", () => {
    const tasks = names(sweepTasks(PLAN));
    const spelt: SweepPlan = {
      title: "the same",
      widths: [8, 32, 16],
      problems: [
        { problem: JSON.parse(JSON.stringify(problems.He4({ d: 4 }))) },
        { name: "He4", d: 8 },
        { name: "XOR_2", samples: [64], batch: 64 },
      ],
      d: [4, 8],
      seeds: 2,
      step: 0.02,
      gradient: ["riemannian"],
      time: [1],
      record: 33,
    };
    expect(names(sweepTasks(spelt))).toEqual(tasks);
    // Those of the limit are kept where widths or seeds are added; all of a replica are one task.
    const wider = names(sweepTasks({ ...PLAN, widths: [8, 32, 16, 64], seeds: 3 }));
    expect(tasks.filter((hash) => wider.includes(hash))).toEqual(tasks.slice(0, 12));
    for (const change of [{ step: 0.1 }, { time: 2 }, { seed: 2 }, { record: 5 }, { interaction: "pairs" as const }])
      expect(names(sweepTasks({ ...PLAN, ...change })).filter((hash) => tasks.includes(hash))).toEqual([]);
    // The limit has a tolerance, a reference network has none.
    const finer = names(sweepTasks({ ...PLAN, tolerance: 1e-6 }));
    expect(tasks.filter((hash) => finer.includes(hash))).toEqual(tasks.slice(12));
  });

  it("are called after what was asked for, in the order of the crossing, and the population by its name", () => {
    const tasks = sweepTasks({
      problems: ["He3"],
      d: 4,
      samples: [null, 64],
      step: [0.1, 0.2],
      time: 1,
      langevin: 0,
      widths: [8],
      seeds: 1,
    });
    expect(tasks.map(({ name }) => name)).toEqual(
      ["population", "samples 64"].flatMap((data) =>
        [0.1, 0.2].map((step) => `He3, d 4, ${data}, step ${step}, time 1, langevin 0: width 8, replica 0`),
      ),
    );
    const [besideReference] = sweepTasks({ problems: [{ name: "XOR_2", samples: 64 }], d: 4, widths: [8], seeds: 1 });
    expect(besideReference.name).toBe("XOR_2, d 4, samples 64: replica 0");
  });

  it("measure float32 against float64 in one network: the first replica of the smallest width", () => {
    const plan: SweepPlan = { problems: [{ name: "He3", samples: 64 }], d: 4, widths: [16, 8, 32], seeds: 2, time: 1 };
    const shadowed = (precision: "float64" | "float32") =>
      sweepTasks({ ...plan, precision })
        .filter(({ identity }) => (identity as { shadowed: boolean }).shadowed)
        .map(({ m, replica }) => [m, replica]);
    expect(shadowed("float32")).toEqual([[8, 0]]);
    expect(shadowed("float64")).toEqual([]);
  });

  it("take as much work as their widths, and what is shared by a replica once", () => {
    const work = (change: Partial<SweepPlan>) => sweepTasks({ ...PLAN, d: 4, ...change }).map((task) => task.work);
    const own = work({ problems: ["He4"], widths: [8, 16], seeds: 1, interaction: "pairs" });
    // Pairs of particles.
    expect(own[0] / own[1]).toBeGreaterThan(2);
    expect(own[0] / own[1]).toBeLessThan(4.5);
    const [short] = work({ problems: ["He4"], widths: [8], seeds: 1 });
    const [long] = work({ problems: ["He4"], widths: [8], seeds: 1, time: 2 });
    // Records beside the steps are as many.
    expect(long / short).toBeGreaterThan(1.8);
    expect(long / short).toBeLessThan(2);
    const [alone] = work({ problems: [{ name: "XOR_2", samples: 64 }], widths: [8], seeds: 1, reference: 64 });
    const [both] = work({ problems: [{ name: "XOR_2", samples: 64 }], widths: [8, 16], seeds: 1, reference: 64 });
    // 8 + 16 + 64 particles instead of 8 + 64.
    expect(both / alone).toBeGreaterThan(1.1);
    expect(both / alone).toBeLessThan(1.4);
  });

  it("take custom problems with a dimension of their own or crossed, and teachers from the seed", () => {
    const { d: _, ...problem } = JSON.parse(JSON.stringify(singleIndex({ d: 4, activation: hermite({ 3: 1 }) })));
    const tasks = sweepTasks({ problems: [{ problem }], d: [4, 8], widths: [4], seeds: 1, time: 1 });
    expect(tasks.map(({ name }) => name)).toEqual([
      "custom, d 4, time 1: width 4, replica 0",
      "custom, d 8, time 1: width 4, replica 0",
    ]);
    const random = (entry: object, seed: number) =>
      sweepTasks({ problems: [{ name: "He4_random_2_8", ...entry }], widths: [4], seeds: 1, seed })[0].identity;
    expect(random({}, 3)).toMatchObject({ problem: { teachers: { seed: 3 } }, settings: { seed: 3 } });
    expect(random({ teacherSeed: 5 }, 3)).toMatchObject({ problem: { teachers: { seed: 5 } }, settings: { seed: 3 } });
  });
});

describe("the plans of the documentation", () => {
  const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

  it("are plans, and the example is the one that docs/sweeps.md shows", () => {
    const shown = [...text("docs/sweeps.md").matchAll(/```json\n(.*?)```/gs)].map(([, json]) => JSON.parse(json));
    expect(shown).toHaveLength(2);
    expect(JSON.parse(text("examples/sweep.json"))).toEqual(shown[0]);
    for (const plan of shown) {
      expect(planMistakes(plan)).toEqual([]);
      expect(accepts(plan)).toBe(true);
    }
    // 2 x 2 combinations of 3 widths, 2 beside a reference network, 4 seeds; 3 combinations of 3 widths, 8 seeds.
    expect(shown.map((plan) => sweepTasks(plan).length)).toEqual([4 * 3 * 4 + 2 * 4, 3 * 3 * 8]);
  });
});

describe("names by content", () => {
  it("have the digests of SHA-256, as Node computes them", () => {
    // FIPS 180-4, example of one block.
    expect(digest("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(digest(text)).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
      }),
    );
  });

  it("are of JSON with sorted keys", () => {
    // RFC 8785, section 3.2.3, its keys that are no surrogates.
    const value = { "\u20ac": "Euro Sign", "\r": "Carriage Return", "1": "One", "\u0080": "Control" };
    expect(Object.keys(JSON.parse(canonicalJSON(value)))).toEqual(["1", "\r", "\u0080", "\u20ac"]);
    expect(canonicalJSON({ b: [1, { d: undefined, c: 1e21 }], a: null })).toBe('{"a":null,"b":[1,{"c":1e+21}]}');
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(JSON.parse(canonicalJSON(json))).toEqual(JSON.parse(JSON.stringify(json)));
      }),
    );
  });
});
