// The document of scaling laws, field by field; its settings are those of its kind.

import {
  error,
  GAP_SETTINGS,
  gapDivergence,
  gapsDivergence,
  gapsSettings,
  LATER_GAP_SETTINGS,
  OPTIONAL,
  PROVENANCE,
  positive,
  problem,
} from "./document-parts.ts";
import * as shape from "./shape.ts";

const { byKind, fields, flag, integer, list, nullable, number, oneOf, text } = shape;

const ends = { low: nullable(number()), high: nullable(number()) };

const point = fields(
  { x: positive, y: number(), ...ends },
  {
    rootLossIntegral: number({ min: 0 }),
    rootLossIntegralError: error,
    time: positive,
    trials: list(fields({ m: integer(1), gap: number({ min: 0 }), ...ends })),
  },
);

const fit = fields({
  law: oneOf("power", "logarithm"),
  slope: number(),
  ...ends,
  intercept: number(),
  expected: nullable(number()),
  localSlopes: list(number()),
  drift: nullable(number()),
  holds: nullable(flag),
  warning: nullable(text),
});

const series = fields({
  name: text,
  problem,
  points: list(point),
  missing: list(fields({ x: positive, reason: text })),
  fit: nullable(fit),
});

const dimensions = list(integer(2));

const of = (settings: shape.Read, divergence = gapDivergence): shape.Read => {
  const { schema, version, backend, status } = PROVENANCE;
  return fields(
    { schema, version, backend, status, divergence: nullable(divergence), kind: text, settings, series: list(series) },
    OPTIONAL,
  );
};

export const scalingDocument = byKind({
  time: of(fields({ dimensions, share: positive, tolerance: positive, horizon: positive })),
  width: of(
    fields({
      dimensions,
      gap: positive,
      statistic: oneOf("functionGap", "meanDelta"),
      time: nullable(positive),
      step: positive,
      seeds: integer(1),
      seed: integer(0, 4294967295),
      resolution: positive,
      largestWidth: integer(1),
    }),
  ),
  gap: of(fields({ ...GAP_SETTINGS, ...LATER_GAP_SETTINGS })),
  samples: of(gapsSettings, gapsDivergence),
  decay: of(fields({ time: positive, from: positive, tolerance: positive })),
});
