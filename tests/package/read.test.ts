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

/** What documents lack of runs without workers, on the population or beside the limit, and those of early versions. */
const OPTIONAL = [
  /^(workers|solver|indices|alphaPaths)$/,
  /^(selfConcordance\.\w+\.)?problem\.signed$/,
  /^settings\.(objective|langevin|pathNorm|interaction|reference|distribution)$/,
  /^(measuredOn|precisionFloor|theory)$/,
  /^meanField\.(width|trainError|testError|fluctuation)$/,
  /^widths\.\d+\.(interaction|trainError|testError|authorsMeanDelta|corrected|distribution)$/,
  /^scaling\.corrected$/,
  /^plan\.(?!(problems|widths)$)/,
  /^series\.\d+\.problem\.signed$/,
  /^series\.\d+\.points\.\d+\.(rootLossIntegral|rootLossIntegralError|time|trials)$/,
].map(({ source }) => new RegExp(source.replace(/^\^/, "^(results\\.\\d+\\.report\\.)?")));

/** Documents of separateGaps, of scaling laws and of selfConcordance have what others may lack. */
const ALWAYS: Record<string, RegExp> = {
  "propchaos/gaps@1": /^(settings\.reference|width\.\d+\.corrected)$/,
  "propchaos/scaling@1": /^settings\.(objective|langevin|pathNorm|interaction|reference)$/,
  "propchaos/self-concordance@1": /^settings\.(objective|langevin|pathNorm|interaction)$/,
};

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

  it("gives self-concordance and theory with the series of each subject", () => {
    const concordance = readReport(made["self-concordance, network without alpha, on data"]);
    if (concordance.schema !== "propchaos/self-concordance@1") throw new Error("another kind of report");
    expect(concordance.constant).toBeNull();
    expect(concordance.hessianNorm.quantile99).toBeInstanceOf(Float64Array);
    // 13 numbers of a spread that does not exist are empty cells.
    expect(toCSV(concordance)).toMatch(/\nnetwork,0,(\d\S*?,){16},{24}0,,\n/);
    const theory = readReport(made.theory);
    if (theory.schema !== "propchaos/theory@1") throw new Error("another kind of report");
    expect(theory.selfConcordance.limit?.growth.quotient.median).toBeInstanceOf(Float64Array);
    const rows = toCSV(theory)
      .replace(/^#.*\n/gm, "")
      .trim()
      .split("\n");
    expect(rows).toHaveLength(1 + 2 * 9);
    expect(rows[0]).toMatch(
      /^subject,time,hessianNormMedian,.*,quotientMaximum,atRest,towardsEquator,signChanged,limitM/,
    );
    const { gapEquation, constants } = theory;
    const [delta, gap] = [constants?.mTimesMeanSquaredDelta[8], constants?.mTimesFunctionGap[8]];
    expect(rows[9]).toMatch(new RegExp(`^limit,0.8,.*,${delta},${gap},,,,,$`));
    expect(rows[18]).toMatch(new RegExp(`^network,0.8,.*,,,${gapEquation?.measured.meanDelta[8]},`));
    expect(rows[18]).toMatch(new RegExp(`,${gapEquation?.bounds?.gronwall.bound[8]}$`));
    for (const cells of rows) expect(cells.split(",")).toHaveLength(rows[0].split(",").length);
    const early = changed(made.theory, ["selfConcordance", "limit", "speed", "median"], [1]);
    expect(refusal(early)).toBe("$.selfConcordance.limit.speed.median must have 9 values, one a recorded time; got 1");
  });

  it("gives theory beside a gap, with series as long as each network was followed", () => {
    const gap = readReport(made["gap with theory"]);
    if (gap.schema !== "propchaos/gap@1") throw new Error("another kind of report");
    const { networks, constants } = gap.theory ?? {};
    expect(networks?.map(({ m, time }) => [m, time.length])).toEqual([
      [4, 3],
      [9, 3],
    ]);
    expect(networks?.[0].bounds?.gronwall.looseness).toBeInstanceOf(Float64Array);
    expect(constants?.mTimesFunctionGap).toBeInstanceOf(Float64Array);
    const [names, ...rows] = toCSV(gap)
      .replace(/^#.*\n/gm, "")
      .trim()
      .split("\n")
      .map((row) => row.split(","));
    for (const row of rows) expect(row).toHaveLength(names.length);
    const at = (row: number, name: string) => Number(rows[row][names.indexOf(name)]);
    expect(at(5, "limitMTimesFunctionGap")).toBe(constants?.mTimesFunctionGap[2]);
    expect(at(5, "limitMTimesMeanSquaredDelta")).toBe(constants?.mTimesMeanSquaredDelta[2]);
    expect(at(2, "networkMeanDelta")).toBe(networks?.[0].measured.meanDelta[2]);
    expect(at(5, "predictedMeanDelta")).toBe(networks?.[1].predicted.meanDelta[2]);
    expect(at(5, "relativeError")).toBe(networks?.[1].relativeError[2]);
    expect(at(4, "volterraBound")).toBe(networks?.[1].bounds?.volterra.bound[1]);
    expect(at(4, "gronwallBound")).toBe(networks?.[1].bounds?.gronwall.bound[1]);

    const stopped = readReport(made["gap with theory, aborted on the way"]);
    if (stopped.schema !== "propchaos/gap@1") throw new Error("another kind of report");
    expect(stopped.theory?.networks.map(({ time, bounds }) => [time.length, bounds === null])).toEqual([
      [3, false],
      [0, true],
    ]);
    expect(stopped.theory?.constants).toBeNull();
    // Nothing stands in the columns of what was not reached.
    expect(toCSV(stopped)).toMatch(/\n9,.*,,,,,,,\n/);
    expect(toCSV(readReport(made["gap without theory"]) as typeof gap)).not.toContain("limitMTimes");
    const short = changed(made["gap with theory"], ["theory", "networks", 1, "relativeError"], [0]);
    expect(refusal(short)).toBe("$.theory.networks[1].relativeError must have 3 values, one a recorded time; got 1");
    const kind = changed(made["gap with theory"], ["theory", "networks", 0, "bounds", "volterra", "holds"], 1);
    expect(refusal(kind)).toBe("$.theory.networks[0].bounds.volterra.holds must be true or false; got 1");
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
    [["schema"], "propchaos/gap@2", '$.schema must be "propchaos/gap@1" or "propchaos/gaps@1" or "propchaos/limit@1"'],
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
    [["settings", "data"], "samples", '$.settings.data must be "population"; got "samples"'],
    [["settings", "data"], null, "$.settings.data must be "],
    [["settings", "data", "batch"], 0, "$.settings.data.batch must be an integer of at least 1; got 0"],
    [["settings", "data", "order"], "random", '$.settings.data.order must be "sequential" or "shuffled"'],
    [["settings", "data", "given"], undefined, "$.settings.data.given is missing"],
    [["settings", "precision"], "float16", '$.settings.precision must be "float64" or "float32"'],
    [["settings", "reference"], 1, "$.settings.reference must be an integer of at least 2; got 1"],
    [["settings", "langevin"], -1, "$.settings.langevin must be"],
    [["meanField", "solver"], "multi-index", '$.meanField.solver must be "single-index" or "multi-index-panels"'],
    [["meanField", "fluctuation", "functionGap"], [1], "$.meanField.fluctuation.functionGap must have 3 values"],
    [["measuredOn", "loss"], "sample", '$.measuredOn.loss must be "population" or "test" or "train"'],
    [["precisionFloor", "m"], null, "$.precisionFloor.m must be an integer of at least 1; got null"],
    [["widths", 1, "corrected", "functionGap", "mean", 0], "x", "$.widths[1].corrected.functionGap.mean[0] must be"],
    [["widths", 0, "testError", "stderr"], undefined, "$.widths[0].testError.stderr is missing"],
    [["scaling", "corrected", "functionGap"], 1, "$.scaling.corrected.functionGap must be an object; got 1"],
  ])("says what is wrong on data with %j = %j", (path, value, sentence) => {
    expect(refusal(changed(made["gap, in float32 beside a reference network"], path, value))).toContain(sentence);
  });

  it("gives a risk without closed form as null, and errors on data as series", () => {
    const network = readReport(made["network, on data"]);
    if (network.schema !== "propchaos/network@1") throw new Error("another kind of report");
    expect(network.loss).toBeNull();
    expect(network.trainError).toBeInstanceOf(Float64Array);
    const gap = readReport(made["gap, on data beside a reference network"]);
    if (gap.schema !== "propchaos/gap@1") throw new Error("another kind of report");
    expect(gap.meanField.fluctuation?.functionGap).toBeInstanceOf(Float64Array);
    expect(gap.widths[0].corrected?.mTimesFunctionGap.mean).toBeInstanceOf(Float64Array);
    expect(figures.gap(gap)).toEqual(figures.gap(JSON.parse(made["gap, on data beside a reference network"])));
    expect(toCSV(gap)).toContain("trainError");
  });

  it("takes a document of the first version, which had no data, and its CSV and figure stand", () => {
    const document = JSON.parse(made["gap, pgd"]);
    delete document.measuredOn;
    delete document.problem.signed;
    for (const name of ["objective", "langevin", "pathNorm", "interaction", "reference"])
      delete document.settings[name];
    const text = JSON.stringify(document);
    const [old, now] = [readReport(text), readReport(made["gap, pgd"])];
    expect(JSON.stringify(old)).toBe(text);
    if (old.schema !== "propchaos/gap@1" || now.schema !== "propchaos/gap@1") throw new Error("another kind of report");
    // The comments of a CSV file hold the settings as they stand in the document.
    const rows = (report: typeof old) => toCSV(report).replace(/^#.*\n/gm, "");
    expect(rows(old)).toBe(rows(now));
    expect(figures.gap(old)).toEqual(figures.gap(now));
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
        if (typeof last !== "string") continue;
        const sentence = refusal(changed(text, path, undefined));
        const optional = OPTIONAL.some((pattern) => pattern.test(path.join(".")));
        const always = ALWAYS[JSON.parse(text).schema]?.test(path.join("."));
        if (optional && !always) {
          expect(sentence, path.join(".")).toBeNull();
          continue;
        }
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
