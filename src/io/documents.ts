// What the documents of this package hold, field by field: a reader for each (shape.ts), which read.ts applies.

import { readStoredPlan } from "../experiment/sweep/plan.ts";
import { CORRECTED_STATISTICS, EXTRA_STATISTICS, STATISTICS } from "../gap/document.ts";
import {
  alphaPaths,
  data,
  error,
  gapsDivergence,
  gapsSettings,
  INTERACTIONS,
  LATER_TRAINING,
  OPTIONAL,
  PROVENANCE,
  positive,
  problem,
  record,
  SETTINGS,
  STEP,
  seed,
  TRAINING,
} from "./document-parts.ts";
import { scalingDocument } from "./document-scaling.ts";
import * as shape from "./shape.ts";

const { byKind, flag, fields, inner, integer, list, nullable, number, oneOf, perRecord, series, text, times } = shape;

const estimate = fields({ mean: series, stderr: series });

const slope = nullable(fields({ slope: number(), low: nullable(number()), high: nullable(number()) }));

/** An estimate for each of the names. */
const estimates = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, estimate]));

const histogram = fields({ below: integer(0), first: integer(-200, 256), counts: list(integer(0)) });

const width = fields(
  {
    m: integer(1),
    seeds: integer(1),
    ...estimates(STATISTICS),
    resolved: fields({ delta: perRecord(flag), functionGap: perRecord(flag) }),
  },
  {
    interaction: oneOf(...INTERACTIONS),
    ...estimates(EXTRA_STATISTICS),
    corrected: fields(estimates(CORRECTED_STATISTICS)),
    distribution: fields({ final: histogram, maximum: histogram }),
  },
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

const spread = fields({ median: series, quantile90: series, quantile99: series, maximum: series });

/** What selfConcordance says of a limit and of a network. */
const CONCORDANCE = {
  ...PROVENANCE,
  divergence: nullable(fields(STEP)),
  subject: text,
  particles: integer(0),
  hessianNorm: spread,
  positivePart: spread,
  speed: spread,
  ratio: spread,
  atRest: series,
  verdict: nullable(
    fields({
      holds: flag,
      exponent: number({ min: 0 }),
      bound: positive,
      worstTime: number({ min: 0 }),
      constant: number({ min: 0 }),
      constantTime: number({ min: 0 }),
      sentence: text,
    }),
  ),
};
const growth = fields({ integral: spread, logGrowth: spread, quotient: spread, signChanged: series });

const limitConcordance = fields({
  ...CONCORDANCE,
  settings: fields({ ...SETTINGS, step: nullable(positive), tolerance: number({ min: 0 }), bound: positive }),
  errorEstimate: error,
  constant: spread,
  positiveConstant: spread,
  towardsEquator: series,
  growth,
  amplification: spread,
});

const networkConcordance = fields({
  ...CONCORDANCE,
  settings: fields({ ...TRAINING, ...LATER_TRAINING, width: m, seed, signed: flag, bound: nullable(positive) }),
  constant: nullable(spread),
  positiveConstant: nullable(spread),
  towardsEquator: nullable(series),
  growth: nullable(growth),
  amplification: nullable(spread),
});

const constants = fields({
  time: times,
  mTimesFunctionGap: series,
  mTimesMeanSquaredDelta: series,
  errorEstimate: error,
});

const delta = fields({ meanDelta: series, meanSquaredDelta: series, maxDelta: series });
const bound = fields({ bound: series, looseness: series, holds: flag });

/** Prediction and bounds for one network. */
const networkTheory = fields({
  m,
  seed,
  time: times,
  measured: delta,
  predicted: delta,
  relativeError: series,
  bounds: nullable(
    fields({
      linearised: series,
      forcing: series,
      volterra: bound,
      gronwall: bound,
      lipschitz: number({ min: 0 }),
      largestStability: series,
      averageInteraction: series,
      quadratureError: error,
    }),
  ),
});

const gapTheory = fields({ constants: nullable(inner(constants)), networks: list(inner(networkTheory)) });

const gap = fields(
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
      { ...LATER_TRAINING, reference: nullable(integer(2)), distribution: flag },
    ),
    meanField,
    widths: list(width),
    scaling: nullable(scaling),
  },
  {
    ...OPTIONAL,
    measuredOn: fields({ loss: sample, functionGap: sample }),
    precisionFloor: fields({ m: integer(1), meanSquaredDelta: series, flippedShare: series }),
    theory: nullable(gapTheory),
  },
);

const count = integer(0);

/** One combination of a sweep. */
const sweepResult = fields({
  problem: text,
  d: integer(2),
  samples: nullable(n),
  batch: nullable(n),
  dynamics: oneOf("pgd", "flow"),
  gradient: oneOf("riemannian", "euclidean"),
  step: positive,
  time: number({ min: 0 }),
  precision: oneOf("float64", "float32"),
  objective: oneOf("squared", "correlation"),
  langevin: number({ min: 0 }),
  pathNorm: number({ min: 0 }),
  report: nullable(inner(gap)),
});

/** The reader of each document, by its schema. */
export const DOCUMENTS = {
  "propchaos/gap@1": gap,
  "propchaos/gaps@1": fields(
    {
      ...PROVENANCE,
      divergence: nullable(gapsDivergence),
      settings: gapsSettings,
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
    { ...OPTIONAL, solver: oneOf(...LIMIT_SOLVERS), indices: integer(1), alphaPaths },
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
    { ...OPTIONAL, alphaPaths },
  ),
  "propchaos/constants@1": fields({
    ...PROVENANCE,
    divergence: nullable(fields(STEP)),
    settings: fields({
      time: number({ min: 0 }),
      dynamics: oneOf("flow"),
      tolerance: positive,
      record,
    }),
    mTimesFunctionGap: series,
    mTimesMeanSquaredDelta: series,
    errorEstimate: error,
    nodes: integer(0),
    steps: integer(0),
    modes: integer(0),
  }),
  "propchaos/scaling@1": scalingDocument,
  "propchaos/self-concordance@1": byKind({ limit: limitConcordance, network: networkConcordance }, "subject"),
  "propchaos/theory@1": fields({
    schema: text,
    version: text,
    backend: PROVENANCE.backend,
    status: PROVENANCE.status,
    divergence: nullable(fields({ where: oneOf("limit", "network"), m: nullable(m), ...STEP })),
    problem,
    settings: fields({
      ...SETTINGS,
      step: positive,
      tolerance: nullable(number({ min: 0 })),
      bound: nullable(positive),
      width: nullable(m),
      seed,
      data: nullable(data),
    }),
    selfConcordance: fields({
      limit: nullable(inner(limitConcordance)),
      network: nullable(inner(networkConcordance)),
    }),
    gapEquation: nullable(inner(networkTheory)),
    constants: nullable(inner(constants)),
  }),
  "propchaos/sweep@1": fields({
    schema: text,
    version: text,
    backend: PROVENANCE.backend,
    status: oneOf("completed", "incomplete"),
    plan: readStoredPlan,
    results: list(sweepResult),
    missing: list(fields({ index: count, combination: count, m: nullable(m), replica: count, hash: text })),
  }),
};
