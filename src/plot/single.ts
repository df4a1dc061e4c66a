// Figures of a limit alone, of one network, and of the limit constants.

import { wrongKind } from "../core/check.ts";
import type { MeanFieldLimit } from "../limit/result.ts";
import type { TrainedNetwork } from "../network/train.ts";
import type { GapLimitConstants } from "../theory/constants/gap-limit-constants.ts";
import { alignmentPanel, documentTitle } from "./alignment.ts";
import {
  type Channels,
  collapsePanel,
  emptyPanel,
  fromZero,
  LOOKS,
  linearPanel,
  namedChannels,
  timeChannel,
} from "./panels.ts";
import { type CurveRow, curve, plainCurve } from "./rows.ts";
import { problemTitle, type Specification, sheet } from "./specification.ts";

/** A limit, also one that was read back. */
type Limit = Omit<MeanFieldLimit, "alphaAt">;
/** A network, also one that was read back. */
type Network = Pick<
  TrainedNetwork,
  "schema" | "status" | "problem" | "time" | "loss" | "trainError" | "testError" | "alphaPaths"
> & { settings: Pick<TrainedNetwork["settings"], "dynamics" | "gradient" | "step" | "width"> };

function checkSchema(report: unknown, schema: string, maker: string): void {
  if (typeof report !== "object" || report === null || (report as { schema?: unknown }).schema !== schema)
    wrongKind("report", `what ${maker} resolved to`, report);
}

/** Curves by name, in the order of the looks; a single one needs no legend. */
function channelsOf(names: readonly string[]): Channels {
  if (names.length < 2) return { color: { value: LOOKS[0].colour }, strokeDash: { value: [1, 0] } };
  return namedChannels(Object.fromEntries(names.map((name, i) => [name, LOOKS[i]])));
}

/** Curves of those of the series that exist. */
function namedCurves(time: Float64Array, series: Record<string, Float64Array | null>): CurveRow[] {
  return Object.entries(series).flatMap(([name, values]) => (values ? plainCurve(name, time, values) : []));
}

function namesOf(rows: readonly CurveRow[]): string[] {
  return [...new Set(rows.map(({ width }) => width))];
}

/**
 * A limit alone: its risk, for single-index problems E alpha and E alpha^2, and the paths of single particles where it has some.
 *
 * @param limit - what `meanFieldLimit` resolved to.
 * @throws TypeError where it is something else.
 * @example
 * ```ts
 * const limit = await meanFieldLimit(engine, problems.He4({ d: 32 }), { time: 30, dynamics: "flow", alphaPaths: 12 });
 * await vegaEmbed("#figure", figures.limit(limit));
 * ```
 */
export function limitFigure(limit: Limit): Specification {
  checkSchema(limit, "propchaos/limit@1", "meanFieldLimit");
  const { time, loss, meanAlpha, meanAlpha2, errorEstimate } = limit;
  const x = timeChannel(time);
  const risk = namedCurves(time, { risk: loss });
  const overlaps = namedCurves(time, { "E α²": meanAlpha2, "E α": meanAlpha });
  const least = overlaps.reduce((low, { y }) => Math.min(low, y), 0);
  const error = errorEstimate === null ? "" : `; estimated error ${errorEstimate.toExponential(1)}`;
  return sheet({
    title: `Infinite-width limit of ${problemTitle(limit.problem)}`,
    subtitle: [documentTitle(limit)],
    panels: [
      linearPanel(risk, channelsOf(["risk"]), x, {
        title: "Risk",
        subtitle: `population risk${error}`,
        axis: "risk",
        domain: fromZero(risk),
      }),
      ...(overlaps.length === 0
        ? []
        : [
            linearPanel(overlaps, channelsOf(namesOf(overlaps)), x, {
              title: "Overlap with the target's direction",
              subtitle: "means over the law of α = ⟨w, w*⟩",
              axis: "mean overlap",
              domain: [1.05 * least, 1.05],
            }),
          ]),
      ...alignmentPanel([limit]),
    ],
    row: 120,
    shared: false,
  });
}

/**
 * One network: population risk, errors on training and test set as far as it has them, and paths of particles where it has some.
 *
 * @param network - what `trainNetwork` resolved to.
 * @throws TypeError where it is something else.
 * @example
 * ```ts
 * const network = await trainNetwork(engine, problems.XOR_2({ d: 16 }), { width: 256, time: 8, data: { samples: 8192 } });
 * await vegaEmbed("#figure", figures.network(network));
 * ```
 */
export function networkFigure(network: Network): Specification {
  checkSchema(network, "propchaos/network@1", "trainNetwork");
  const { time, loss, trainError, testError } = network;
  const rows = namedCurves(time, { population: loss, "test set": testError, "training set": trainError });
  return sheet({
    title: `Training on ${problemTitle(network.problem)}`,
    subtitle: [documentTitle(network)],
    panels: [
      linearPanel(rows, channelsOf(namesOf(rows)), timeChannel(time), {
        title: "Risk",
        subtitle: "mean (f − y)² over the population and over sets of samples",
        axis: "risk",
        domain: fromZero(rows),
      }),
      ...alignmentPanel([network]),
    ],
    shared: false,
  });
}

/**
 * The limit constants of the gap: the limits of m E|Delta|^2 and of m times the function gap for large m, over flow time.
 *
 * @param constants - what `gapLimitConstants` resolved to.
 * @throws TypeError where it is something else.
 * @example
 * ```ts
 * await vegaEmbed("#figure", figures.constants(await gapLimitConstants(engine, problems.He4({ d: 32 }), { time: 8 })));
 * ```
 */
export function constantsFigure(constants: GapLimitConstants): Specification {
  checkSchema(constants, "propchaos/constants@1", "gapLimitConstants");
  const { time, problem, status, errorEstimate, mTimesMeanSquaredDelta, mTimesFunctionGap } = constants;
  const x = timeChannel(time);
  const channels = channelsOf(["limit"]);
  const panels = [
    ...collapsePanel(
      curve("limit", time, mTimesMeanSquaredDelta),
      channels,
      x,
      "m E|Δ|²",
      "mean squared distance, large m",
    ),
    ...collapsePanel(
      curve("limit", time, mTimesFunctionGap),
      channels,
      x,
      "m × function gap",
      "squared L² distance, large m",
    ),
  ];
  const error = errorEstimate === null ? "" : `; estimated relative error ${errorEstimate.toExponential(1)}`;
  const ended = status === "completed" ? "" : `; ${status}`;
  return sheet({
    title: `Limit constants of ${problemTitle(problem)}`,
    subtitle: [`gradient flow; limits of m times the gap as m grows${error}${ended}`],
    panels: panels.length > 0 ? panels : [emptyPanel("m E|Δ|²", x)],
    shared: false,
  });
}
