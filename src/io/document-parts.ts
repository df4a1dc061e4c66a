// What the documents of this package share: readers of problems, provenance and settings.

import * as shape from "./shape.ts";

const { byKind, flag, fields, integer, list, nullable, number, oneOf, text, times } = shape;

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

export const problem = byKind({
  "single-index": problemFields({ link: activation }),
  "multi-index": problemFields({ link: activation, teachers, weights: list(number()) }),
  boolean: problemFields({ terms: list(fields({ coordinates: list(integer(0)), weight: number() })) }),
});

export const seed = nullable(integer(0, 4294967295));

/** A count, or the times asked for. */
export const record: shape.Read = (path, value, context) =>
  Array.isArray(value) ? list(number({ min: 0 }))(path, value, context) : integer(1)(path, value, context);

export const PROVENANCE = {
  schema: text,
  version: text,
  backend: oneOf("simd", "scalar"),
  status: oneOf("completed", "aborted", "diverged", "failed"),
  problem,
  time: times,
};

/** What a run with workers, or one that failed, says besides. */
export const OPTIONAL = {
  workers: fields({ kind: text, count: integer(0) }),
  failure: text,
};

export const SETTINGS = {
  time: number({ min: 0 }),
  dynamics: oneOf("pgd", "flow"),
  gradient: oneOf("riemannian", "euclidean"),
  record,
};

/** Paths of single particles. */
export const alphaPaths: shape.Read = (path, value, context) => {
  const { start } = fields({ start: list(number()) })(path, value, context) as { start: number[] };
  return fields({ start: list(number()), alpha: list(shape.series, start.length) })(path, value, context);
};

/** A length of steps. */
export const positive = number({ min: 0, above: true });

const samples = fields({
  samples: integer(1),
  test: integer(0),
  batch: integer(1),
  order: oneOf("sequential", "shuffled"),
  resample: flag,
  given: flag,
});

/** "population", or which samples. */
export const data: shape.Read = (path, value, context) =>
  (typeof value === "object" && value !== null ? samples : oneOf("population"))(path, value, context);

/** Ways to sum over the particles of a network. */
export const INTERACTIONS = ["pairs", "moments"];

/** Settings of what is trained; documents of early versions lack the last. */
export const TRAINING = { ...SETTINGS, data, precision: oneOf("float64", "float32"), step: positive };
export const LATER_TRAINING = {
  objective: oneOf("squared", "correlation"),
  langevin: number({ min: 0 }),
  pathNorm: number({ min: 0 }),
  interaction: nullable(oneOf("auto", ...INTERACTIONS)),
};

export const STEP = { step: integer(1), time: number({ min: 0 }) };

export const error = nullable(number({ min: 0 }));

/** Settings of a gap report; documents of early versions lack the last. */
export const GAP_SETTINGS = {
  ...TRAINING,
  widths: list(integer(1)),
  seeds: nullable(integer(1)),
  seed,
  tolerance: number({ min: 0 }),
};
export const LATER_GAP_SETTINGS = { ...LATER_TRAINING, reference: nullable(integer(2)) };

/** Settings of the three gaps. */
export const gapsSettings = fields({
  widths: list(integer(1)),
  samples: list(integer(1)),
  batch: nullable(integer(1)),
  reference: integer(2),
  time: number({ min: 0 }),
  step: positive,
  gradient: oneOf("riemannian", "euclidean"),
  precision: oneOf("float64", "float32"),
  seeds: integer(1),
  seed: integer(0, 4294967295),
  record,
});

/** Where a gap report diverged. */
export const gapDivergence = fields({
  where: oneOf("limit", "network"),
  m: nullable(integer(1)),
  replica: nullable(integer(0)),
  ...STEP,
});

/** Where one of the three gaps did. */
export const gapsDivergence = fields({
  where: oneOf("network"),
  m: integer(1),
  n: nullable(integer(1)),
  dynamics: oneOf("pgd", "flow"),
  replica: integer(0),
  ...STEP,
});
