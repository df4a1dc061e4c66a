// Reports that were written and read back: the same text, the same figures, and a sentence for what is wrong.

import fc from "fast-check";
import { figures, readReport, type StoredLimit, toCSV } from "propchaos";
import { beforeAll, describe, expect, it } from "vitest";
import { documents } from "../support/documents.ts";

let made: Record<string, string>;
let texts: string[];
beforeAll(async () => {
  made = await documents();
  texts = Object.values(made);
});

type Path = (string | number)[];

/** Every place in a document. */
function places(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [path, ...keys.flatMap((key) => places((value as Record<Path[number], unknown>)[key], [...path, key]))];
}

/** A copy of the document with the value at `path` replaced, or without it. */
function changed(text: string, path: Path, value: unknown): unknown {
  const root = { document: JSON.parse(text) };
  const way = ["document", ...path];
  let parent: Record<Path[number], unknown> = root;
  for (const key of way.slice(0, -1)) parent = parent[key] as Record<Path[number], unknown>;
  const key = way[way.length - 1];
  if (value !== undefined) parent[key] = value;
  else if (Array.isArray(parent)) parent.splice(key as number, 1);
  else delete parent[key];
  return root.document;
}

/** The sentence with which a document is refused; null where it was accepted. */
function refusal(document: unknown): string | null {
  try {
    readReport(document);
    return null;
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    return error.message;
  }
}

describe("readReport", () => {
  it("gives back every document, from text or parsed, as the same text", () => {
    for (const [name, text] of Object.entries(made)) {
      expect(JSON.stringify(readReport(text)), name).toBe(text);
      expect(JSON.stringify(readReport(JSON.parse(text))), name).toBe(text);
    }
  });

  it("gives series as Float64Array, and what toCSV and figures.gap take", () => {
    const report = readReport(made["gap, pgd"]);
    if (report.schema !== "propchaos/gap@1") throw new Error("another kind of report");
    expect(report.time).toBeInstanceOf(Float64Array);
    expect(report.meanField.loss).toBeInstanceOf(Float64Array);
    expect(report.widths[1].functionGap.stderr).toBeInstanceOf(Float64Array);
    expect(report.settings.widths).toEqual([4, 9]);
    expect(toCSV(report)).toContain("\n4,2,0,");
    expect(JSON.stringify(figures.gap(report))).toContain("vega-lite");
    const limit = readReport(made["limit, flow"]);
    if (limit.schema !== "propchaos/limit@1") throw new Error("another kind of report");
    expect(toCSV(limit)).toContain("time,loss,meanAlpha,meanAlpha2\n");
  });

  it("does not share memory with what it was given, and keeps fields it does not know", () => {
    const document = { ...JSON.parse(made["limit, pgd"]), later: { kind: "new" } };
    const report = readReport(document) as StoredLimit & { later: unknown };
    document.loss[0] = 99;
    expect(report.loss).not.toContain(99);
    expect(report.later).toEqual({ kind: "new" });
    expect(JSON.parse(JSON.stringify(report)).later).toEqual({ kind: "new" });
  });

  it.each([
    [["schema"], "propchaos/gap@2", '$.schema must be "propchaos/gap@1" or "propchaos/limit@1"'],
    [["schema"], undefined, "$.schema must be"],
    [["meanField", "loss"], undefined, "$.meanField.loss is missing; $.meanField must have solver, loss"],
    [["meanField", "loss", 1], null, "$.meanField.loss[1] must be a finite number; got null"],
    [["meanField", "loss", 1], Number.NaN, "$.meanField.loss[1] must be a finite number; got NaN"],
    [
      ["widths", 0, "loss", "mean", 2],
      undefined,
      "$.widths[0].loss.mean must have 3 values, one a recorded time; got 2",
    ],
    [["time"], [0, 0.2, 0.2], "$.time[2] must be above $.time[1] = 0.2; got 0.2"],
    [["status"], "done", '$.status must be "completed" or'],
    [["widths", 1, "m"], "9", '$.widths[1].m must be an integer of at least 1; got "9"'],
    [["problem", "d"], 1.5, "$.problem.d must be an integer of at least 2; got 1.5"],
    [["scaling"], [], "$.scaling must be an object; got an empty array"],
    [["settings", "record"], true, "$.settings.record must be an integer of at least 1; got true"],
  ])("says what is wrong with %j = %j", (path, value, sentence) => {
    expect(refusal(changed(made["gap, pgd"], path, value))).toContain(sentence);
  });

  it.each([
    ["{", "report must be the JSON of a report; it could not be read: "],
    ["", "report must be the JSON of a report; it could not be read: "],
    ["[]", "report must be the JSON of a report, as text or parsed; got an empty array"],
    ["null", "got null"],
    [undefined, "got undefined"],
    [7, "got 7"],
    [{}, "$.schema must be"],
  ])("refuses %j", (value, sentence) => {
    expect(refusal(value)).toContain(sentence);
  });

  it("refuses every document in which a field is missing, with its path", () => {
    for (const text of texts) {
      for (const path of places(JSON.parse(text))) {
        const last = path.at(-1);
        // A document of a run without workers, or from before there were any, lacks this field.
        if (typeof last !== "string" || path.join() === "workers") continue;
        const sentence = refusal(changed(text, path, undefined));
        expect(sentence, path.join(".")).toContain(`.${last}`);
      }
    }
  });

  it("accepts a changed field as it is or refuses it with a path", () => {
    const value = fc.oneof(
      fc.constantFrom(undefined, null, Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, 1e300, "", "pgd", true, [], {}),
      fc.double(),
      fc.string(),
      fc.array(fc.double()),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.nat(), fc.nat(), value, (which, where, replacement) => {
        const text = texts[which % texts.length];
        const all = places(JSON.parse(text)).slice(1);
        const document = changed(text, all[where % all.length], replacement);
        const sentence = refusal(document);
        if (sentence === null) expect(JSON.stringify(readReport(document))).toBe(JSON.stringify(document));
        else expect(sentence).toMatch(/^\$\.\w/);
      }),
      { numRuns: 2000, seed: 20_250_413 },
    );
  });
});
