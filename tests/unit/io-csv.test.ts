// CSV, JSON text and citations: everything in a report comes back from its files.

import { describe, expect, it } from "vitest";
import { version } from "../../src/core/version.ts";
import { STATISTICS } from "../../src/gap/document.ts";
import { cite } from "../../src/io/cite.ts";
import { toCSV } from "../../src/io/csv.ts";
import { formatJSON } from "../../src/io/json.ts";
import { gapFixture, limitFixture } from "./fixtures.ts";

function parse(text: string): { comments: string[]; names: string[]; rows: string[][] } {
  expect(text.endsWith("\n")).toBe(true);
  const lines = text.slice(0, -1).split("\n");
  const comments = lines.filter((line) => line.startsWith("# "));
  const [names, ...rows] = lines.slice(comments.length).map((line) => line.split(","));
  return { comments, names, rows };
}

describe("toCSV of a gap report", () => {
  const report = gapFixture();
  const { comments, names, rows } = parse(toCSV(report));

  it("says first what was run", () => {
    const settings = comments.find((line) => line.startsWith("# settings: "));
    expect(JSON.parse(settings?.slice("# settings: ".length) ?? "")).toEqual(report.settings);
    const problem = comments.find((line) => line.startsWith("# problem: "));
    expect(JSON.parse(problem?.slice("# problem: ".length) ?? "")).toEqual(report.problem);
    expect(comments[0]).toBe("# schema: propchaos/gap@1");
    expect(comments.join("\n")).toContain("time is flow time");
  });

  it("has one row a width and time, each as long as the names", () => {
    expect(rows.length).toBe(3 * 5);
    for (const row of rows) expect(row.length).toBe(names.length);
    expect(names.slice(0, 6)).toEqual(["m", "seeds", "time", "meanFieldLoss", "loss", "lossStderr"]);
    expect(names.slice(-2)).toEqual(["deltaResolved", "functionGapResolved"]);
  });

  it("gives back every number to the bit", () => {
    const column = (name: string) => rows.map((row) => row[names.indexOf(name)]);
    report.widths.forEach((width, w) => {
      report.time.forEach((t, k) => {
        const i = w * report.time.length + k;
        expect(column("m")[i]).toBe(String(width.m));
        expect(Number(column("time")[i])).toBe(t);
        expect(Number(column("meanFieldLoss")[i])).toBe(report.meanField.loss[k]);
        for (const name of STATISTICS) {
          expect(Number(column(name)[i])).toBe(width[name].mean[k]);
          expect(Number(column(`${name}Stderr`)[i])).toBe(width[name].stderr[k]);
        }
        expect(column("deltaResolved")[i]).toBe(String(width.resolved.delta[k]));
      });
    });
  });

  it("leaves a cell empty where there is no number", () => {
    const short = gapFixture([16], { meanField: { ...report.meanField, loss: Float64Array.of(1, Number.NaN) } });
    const table = parse(toCSV(short));
    expect(table.rows.map((row) => row[3])).toEqual(["1", "", "", "", ""]);
  });

  it("has only its names where no width finished", () => {
    expect(parse(toCSV(gapFixture([], { status: "aborted" }))).rows).toEqual([]);
  });

  it("says where a run diverged", () => {
    const divergence = { where: "network", m: 16, replica: 0, step: 3, time: 0.06 } as const;
    const text = toCSV(gapFixture([16], { status: "diverged", divergence }));
    expect(text).toContain(`# status: diverged\n# divergence: ${JSON.stringify(divergence)}\n`);
  });
});

describe("toCSV of a limit", () => {
  it("has one row a time", () => {
    const limit = limitFixture();
    const { names, rows } = parse(toCSV(limit));
    expect(names).toEqual(["time", "loss", "meanAlpha", "meanAlpha2"]);
    expect(rows.map((row) => row.map(Number))).toEqual(
      Array.from(limit.time, (t, k) => [t, limit.loss[k], limit.meanAlpha?.[k], limit.meanAlpha2?.[k]]),
    );
  });

  it("refuses what is no report", () => {
    for (const wrong of [undefined, null, 7, {}, { schema: "propchaos/network@1" }])
      expect(() => toCSV(wrong as never)).toThrow(TypeError);
  });
});

describe("formatJSON", () => {
  it("is JSON of the same document, with series on one line", () => {
    const report = gapFixture();
    const text = formatJSON(report);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(report)));
    expect(text).toContain('\n  "time": [0, 0.5, 1, 1.5, 2],\n');
    expect(text).toContain('\n      "m": 16,\n');
  });

  it("indents by two spaces, and puts lists of plain values on one line", () => {
    const document = { a: [1, null, "x"], b: { c: [{ d: true }, [2, 3]], e: {} }, g: undefined };
    expect(formatJSON({ ...document, f: { toJSON: () => [0.5] } })).toBe(`{
  "a": [1, null, "x"],
  "b": {
    "c": [
      {
        "d": true
      },
      [2, 3]
    ],
    "e": {}
  },
  "f": [0.5]
}
`);
  });

  it("writes empty containers and strings with quotes in them", () => {
    const document = { list: [], object: {}, text: 'a "b"\n', nothing: null, nested: [[1, 2], [{ deep: true }]] };
    expect(JSON.parse(formatJSON(document))).toEqual(document);
  });
});

describe("cite", () => {
  it("has balanced braces and names the paper and this version", () => {
    const text = cite();
    let depth = 0;
    for (const character of text) {
      depth += character === "{" ? 1 : character === "}" ? -1 : 0;
      expect(depth).toBeGreaterThanOrEqual(0);
    }
    expect(depth).toBe(0);
    expect(text).toContain("2504.13110");
    expect(text).toContain(`{${version}}`);
  });
});
