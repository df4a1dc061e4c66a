// Stored reports back into memory: what toJSON() wrote, checked field by field, with its series as Float64Array again.

import { checkOneOf, wrongKind } from "../core/check.ts";
import { plain } from "../core/plain.ts";
import { type GapReport, STATISTICS } from "../gap/document.ts";
import type { MeanFieldLimit } from "../limit/result.ts";
import type { TrainedNetwork } from "../network/train.ts";
import * as shape from "./shape.ts";

/** A gap report that was read back: all of it but `delta(k)`, which a report of one given network has in memory only. */
export type StoredGapReport = GapReport;

/** A limit that was read back: all of it but `alphaAt`, which needs an engine. */
export type StoredLimit = Omit<MeanFieldLimit, "alphaAt">;

/** A trained network that was read back: all of it but `particles(k)`, which are not part of the JSON. */
export type StoredNetwork = Omit<TrainedNetwork, "particles">;

/** Any of them; `schema` says which. */
export type StoredReport = StoredGapReport | StoredLimit | StoredNetwork;

const { flag, fields, integer, list, nullable, number, oneOf, perRecord, series, text, times } = shape;

const coefficients = fields({ kind: oneOf("hermite"), coefficients: list(number()) });

const seed = nullable(integer(0, 4294967295));

/** A count, or the times asked for. */
const record: shape.Read = (path, value, context) =>
  Array.isArray(value) ? list(number({ min: 0 }))(path, value, context) : integer(1)(path, value, context);

const PROVENANCE = {
  schema: text,
  version: text,
  backend: oneOf("simd", "scalar"),
  status: oneOf("completed", "aborted", "diverged", "failed"),
  problem: fields({
    kind: oneOf("single-index"),
    name: text,
    d: integer(2),
    activation: coefficients,
    link: coefficients,
    informationExponent: nullable(integer(1)),
  }),
  time: times,
};

/** What a run with workers, or one that failed, says besides. */
const OPTIONAL = {
  workers: fields({ kind: text, count: integer(0) }),
  failure: text,
};

const SETTINGS = {
  time: number({ min: 0 }),
  dynamics: oneOf("pgd", "flow"),
  gradient: oneOf("riemannian", "euclidean"),
  record,
};

/** A length of steps. */
const positive = number({ min: 0, above: true });

const ON_POPULATION = { data: oneOf("population"), precision: oneOf("float64"), step: positive };

const STEP = { step: integer(1), time: number({ min: 0 }) };

const error = nullable(number({ min: 0 }));

const estimate = fields({ mean: series, stderr: series });

const slope = nullable(fields({ slope: number(), low: nullable(number()), high: nullable(number()) }));

const width = fields({
  m: integer(1),
  seeds: integer(1),
  ...Object.fromEntries(STATISTICS.map((name) => [name, estimate])),
  resolved: fields({ delta: perRecord(flag), functionGap: perRecord(flag) }),
});

const DOCUMENTS = {
  "propchaos/gap@1": fields(
    {
      ...PROVENANCE,
      divergence: nullable(
        fields({
          where: oneOf("limit", "network"),
          m: nullable(integer(1)),
          replica: nullable(integer(0)),
          ...STEP,
        }),
      ),
      settings: fields({
        ...SETTINGS,
        ...ON_POPULATION,
        widths: list(integer(1)),
        seeds: nullable(integer(1)),
        seed,
        tolerance: number({ min: 0 }),
      }),
      meanField: fields({
        solver: oneOf("single-index"),
        loss: series,
        errorEstimate: error,
        particleErrorEstimate: error,
      }),
      widths: list(width),
      scaling: nullable(fields({ meanDelta: slope, meanSquaredDelta: slope, functionGap: slope })),
    },
    OPTIONAL,
  ),
  "propchaos/limit@1": fields(
    {
      ...PROVENANCE,
      divergence: nullable(fields(STEP)),
      settings: fields({ ...SETTINGS, step: nullable(positive), tolerance: number({ min: 0 }) }),
      loss: series,
      meanAlpha: series,
      meanAlpha2: series,
      errorEstimate: error,
      particleErrorEstimate: error,
      nodes: integer(0),
      steps: integer(0),
    },
    OPTIONAL,
  ),
  "propchaos/network@1": fields(
    {
      ...PROVENANCE,
      divergence: nullable(fields(STEP)),
      settings: fields({
        ...SETTINGS,
        ...ON_POPULATION,
        width: integer(1),
        seed,
        signed: flag,
        keep: oneOf("last", "all"),
      }),
      loss: series,
      trainError: nullable(series),
      testError: nullable(series),
      shape: list(integer(1), 2),
    },
    OPTIONAL,
  ),
};

const SCHEMAS = Object.keys(DOCUMENTS) as (keyof typeof DOCUMENTS)[];

function parse(report: unknown): unknown {
  if (typeof report !== "string") return report;
  try {
    return JSON.parse(report);
  } catch (cause) {
    throw new RangeError(`report must be the JSON of a report; it could not be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/**
 * Reads a report back: `JSON.stringify(readReport(text))` is `text`, and `toCSV` and `figures.gap` take what it returns.
 * Fields that this version does not know are kept as they are.
 *
 * @param report - what `JSON.stringify` wrote of a gap report, a limit or a trained network, as text or parsed.
 * @returns the report with series as Float64Array; functions that need an engine are absent.
 * @throws TypeError for a missing field or one of the wrong kind, RangeError for text that is not JSON, a schema this
 * version does not know, a series of the wrong length or a value out of its range; the sentence names the JSON path.
 * @example
 * ```ts
 * const report = readReport(await readFile("results/he4/gap.json", "utf8"));
 * if (report.schema === "propchaos/gap@1") console.log(report.scaling?.meanDelta, toCSV(report));
 * ```
 */
export function readReport(report: unknown): StoredReport {
  const document = parse(report);
  if (typeof document !== "object" || document === null || Array.isArray(document))
    wrongKind("report", "the JSON of a report, as text or parsed", document);
  const { schema, time } = document as { schema?: unknown; time?: unknown };
  const kind = checkOneOf("$.schema", schema, SCHEMAS);
  // Every series is as long as the list of times; what else may be wrong with that list is said when it is read.
  const records = Array.isArray(time) ? time.length : 0;
  const read = DOCUMENTS[kind]("$", document, { records });
  return Object.assign(read as StoredReport, {
    toJSON(): unknown {
      return plain(this);
    },
  });
}
