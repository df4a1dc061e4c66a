// Stored reports back into memory: what toJSON() wrote, checked field by field, with its series as Float64Array again.

import { checkOneOf, wrongKind } from "../core/check.ts";
import { plain } from "../core/plain.ts";
import { CORRECTED_STATISTICS, EXTRA_STATISTICS, STATISTICS, type StoredGapReport } from "../gap/document.ts";
import type { GapsReport } from "../gap/separate-document.ts";
import type { MeanFieldLimit } from "../limit/result.ts";
import type { TrainedNetwork } from "../network/train.ts";
import * as shape from "./shape.ts";

/** A limit that was read back: all of it but `alphaAt`, which needs an engine. */
export type StoredLimit = Omit<MeanFieldLimit, "alphaAt">;

type NetworkSettings = TrainedNetwork["settings"];
type LaterSetting = keyof typeof LATER_TRAINING;

/**
 * A trained network that was read back: all of it but `particles(k)`, which are not part of the JSON. Documents of early
 * versions lack some settings.
 */
export type StoredNetwork = Omit<TrainedNetwork, "particles" | "settings"> & {
  settings: Omit<NetworkSettings, LaterSetting> & Partial<Pick<NetworkSettings, LaterSetting>>;
};

/** Any of them; `schema` says which. */
export type StoredReport = StoredGapReport | GapsReport | StoredLimit | StoredNetwork;

const { byKind, flag, fields, integer, list, nullable, number, oneOf, perRecord, series, text, times } = shape;

const activation = byKind({
  hermite: fields({ kind: text, coefficients: list(number()) }),
  relu: fields({ kind: text }),
  bump: fields({
    kind: text,
    rate: number({ min: 0, above: true }),
    constant: number(),
    square: number(),
    offset: number(),
  }),
});

const randomTeachers = fields({ count: integer(1), dimension: integer(1), seed: integer(0, 4294967295) });

/** Unit vectors, or the seed they are drawn from. */
const teachers: shape.Read = (path, value, context) =>
  (Array.isArray(value) ? list(list(number())) : randomTeachers)(path, value, context);

/** The fields of every kind; documents of early versions lack `signed`. */
const problemFields = (own: Record<string, shape.Read>): shape.Read =>
  fields(
    { kind: text, name: text, d: integer(2), activation, ...own, informationExponent: nullable(integer(1)) },
    { signed: flag },
  );

const problem = byKind({
  "single-index": problemFields({ link: activation }),
  "multi-index": problemFields({ link: activation, teachers, weights: list(number()) }),
  boolean: problemFields({ terms: list(fields({ coordinates: list(integer(0)), weight: number() })) }),
});

const seed = nullable(integer(0, 4294967295));

/** A count, or the times asked for. */
const record: shape.Read = (path, value, context) =>
  Array.isArray(value) ? list(number({ min: 0 }))(path, value, context) : integer(1)(path, value, context);

const PROVENANCE = {
  schema: text,
  version: text,
  backend: oneOf("simd", "scalar"),
  status: oneOf("completed", "aborted", "diverged", "failed"),
  problem,
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

const samples = fields({
  samples: integer(1),
  test: integer(0),
  batch: integer(1),
  order: oneOf("sequential", "shuffled"),
  resample: flag,
  given: flag,
});

/** "population", or which samples. */
const data: shape.Read = (path, value, context) =>
  (typeof value === "object" && value !== null ? samples : oneOf("population"))(path, value, context);

/** Settings of what is trained; documents of early versions lack the last. */
const TRAINING = { ...SETTINGS, data, precision: oneOf("float64", "float32"), step: positive };
const LATER_TRAINING = {
  objective: oneOf("squared", "correlation"),
  langevin: number({ min: 0 }),
  pathNorm: number({ min: 0 }),
};

const STEP = { step: integer(1), time: number({ min: 0 }) };

const error = nullable(number({ min: 0 }));

const estimate = fields({ mean: series, stderr: series });

const slope = nullable(fields({ slope: number(), low: nullable(number()), high: nullable(number()) }));

/** An estimate for each of the names. */
const estimates = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, estimate]));

const width = fields(
  {
    m: integer(1),
    seeds: integer(1),
    ...estimates(STATISTICS),
    resolved: fields({ delta: perRecord(flag), functionGap: perRecord(flag) }),
  },
  { ...estimates(EXTRA_STATISTICS), corrected: fields(estimates(CORRECTED_STATISTICS)) },
);

/** How a limit was solved. */
const LIMIT_SOLVERS = ["single-index", "multi-index-panels", "multi-index-qmc"];

const meanField = fields(
  {
    solver: oneOf(...LIMIT_SOLVERS, "reference-network"),
    loss: series,
    errorEstimate: error,
    particleErrorEstimate: error,
  },
  {
    width: integer(2),
    trainError: series,
    testError: series,
    fluctuation: fields({ meanSquaredDelta: series, functionGap: series }),
  },
);

const scaling = fields(
  { meanDelta: slope, meanSquaredDelta: slope, functionGap: slope },
  { corrected: fields({ meanSquaredDelta: slope, functionGap: slope }) },
);

const sample = oneOf("population", "test", "train");

/** A gap of separateGaps, and its slopes. */
const distances = { meanSquaredDelta: estimate, functionGap: estimate };
const distanceSlopes = { meanSquaredDelta: slope, functionGap: slope };

const n = integer(1);
const m = integer(1);

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
      settings: fields(
        {
          ...TRAINING,
          widths: list(integer(1)),
          seeds: nullable(integer(1)),
          seed,
          tolerance: number({ min: 0 }),
        },
        { ...LATER_TRAINING, reference: nullable(integer(2)) },
      ),
      meanField,
      widths: list(width),
      scaling: nullable(scaling),
    },
    {
      ...OPTIONAL,
      measuredOn: fields({ loss: sample, functionGap: sample }),
      precisionFloor: fields({ m: integer(1), meanSquaredDelta: series, flippedShare: series }),
    },
  ),
  "propchaos/gaps@1": fields(
    {
      ...PROVENANCE,
      divergence: nullable(
        fields({
          where: oneOf("network"),
          m,
          n: nullable(n),
          dynamics: oneOf("pgd", "flow"),
          replica: integer(0),
          ...STEP,
        }),
      ),
      settings: fields({
        widths: list(m),
        samples: list(n),
        batch: nullable(integer(1)),
        reference: integer(2),
        time: number({ min: 0 }),
        step: positive,
        gradient: oneOf("riemannian", "euclidean"),
        precision: oneOf("float64", "float32"),
        seeds: integer(1),
        seed: integer(0, 4294967295),
        record,
      }),
      seeds: integer(0),
      width: list(fields({ n, m, ...distances, corrected: fields(distances) })),
      sample: list(fields({ n, m, ...distances })),
      discretisation: list(fields({ m, ...distances })),
      scaling: fields({
        width: list(fields({ n, ...distanceSlopes })),
        sample: list(fields({ m, ...distanceSlopes })),
      }),
    },
    OPTIONAL,
  ),
  "propchaos/limit@1": fields(
    {
      ...PROVENANCE,
      divergence: nullable(fields(STEP)),
      settings: fields({ ...SETTINGS, step: nullable(positive), tolerance: number({ min: 0 }) }),
      loss: series,
      meanAlpha: nullable(series),
      meanAlpha2: nullable(series),
      errorEstimate: error,
      particleErrorEstimate: error,
      nodes: integer(0),
      steps: integer(0),
    },
    { ...OPTIONAL, solver: oneOf(...LIMIT_SOLVERS), indices: integer(1) },
  ),
  "propchaos/network@1": fields(
    {
      ...PROVENANCE,
      divergence: nullable(fields(STEP)),
      settings: fields(
        { ...TRAINING, width: integer(1), seed, signed: flag, keep: oneOf("last", "all") },
        LATER_TRAINING,
      ),
      loss: nullable(series),
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
 * @param report - what `JSON.stringify` wrote of a gap report, the three gaps, a limit or a trained network, as text or
 * parsed.
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
