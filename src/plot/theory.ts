// The figure of theory beside measurement, as a Vega-Lite specification: for one network the measured E|Delta|, its linear
// prediction and two bounds over flow time (SPEC.md, section 6); what the prediction misses, for every width; m E|Delta|^2
// and m times the function gap of every width beside their limits (section 7).

import { wrongKind, wrongValue } from "../core/check.ts";
import type { StoredGapWithTheory } from "../experiment/gap-report.ts";
import type { TheoryConstants } from "../experiment/limit-constants.ts";
import type { NetworkTheory } from "../experiment/network-theory.ts";
import type { StoredTheory } from "../experiment/theory-report.ts";
import { logScale, powerOfTen } from "./logaxis.ts";
import { collapsePanel, type Layer, panel, timeChannel, widthChannels } from "./panels.ts";
import { type CurveRow, curve, gapRows } from "./rows.ts";
import { LOOK, problemTitle, SCHEMA, type Specification, trainingTitle } from "./specification.ts";

/** Options of `figures.theory`. */
export interface TheoryFigureOptions {
  /** Width of the network whose four curves are shown; default the widest. */
  width?: number | undefined;
}

/** Name of the limit among the widths. */
const LIMIT = "∞ (limit)";

/** The four curves: black for what is measured, the prediction on top of it, bounds above both. */
const CURVES = {
  measured: { colour: "#222222", dash: [1, 0], strokeWidth: 2.2 },
  predicted: { colour: "#f79044", dash: [4, 4], strokeWidth: 2.2 },
  Volterra: { colour: "#8305a7", dash: [1, 0], strokeWidth: 1.8 },
  Gronwall: { colour: "#5a7d9a", dash: [1, 0], strokeWidth: 1.8 },
} as const;

/** A bound is shown up to so many times the largest gap; the classical one leaves any panel soon. */
const ABOVE = { volterra: 1e3, gronwall: 10 };

/** The axis of a figure without numbers. */
const EMPTY_RANGE = [1e-3, 1];

/** What the panels are made of, whichever report it comes from. */
interface Content {
  networks: readonly NetworkTheory[];
  constants: TheoryConstants | null;
  /** m E|Delta|^2 and m times the function gap of every width. */
  delta: CurveRow[];
  gap: CurveRow[];
  subtitle: string;
}

function contentOf(report: StoredGapWithTheory | StoredTheory): Content {
  const { settings, status } = report;
  const ended = status === "completed" ? "" : `; ${status}`;
  if (report.schema === "propchaos/gap@1") {
    const { theory } = report;
    if (!theory) wrongValue("report", "one with theory, as gapReport makes it", theory);
    const { seeds, seed } = report.settings;
    const replicas = seeds === null ? "given particles" : `${seeds} seed${seeds === 1 ? "" : "s"} (seed ${seed})`;
    return {
      networks: theory.networks,
      constants: theory.constants,
      delta: gapRows(report, "mTimesMeanSquaredDelta", "delta"),
      gap: gapRows(report, "mTimesFunctionGap", "functionGap"),
      subtitle: `${trainingTitle(settings)}; ${replicas}${ended}`,
    };
  }
  const { gapEquation: network, constants } = report;
  const start = network && (network.seed === null ? "; given particles" : `; seed ${network.seed}`);
  return {
    networks: network ? [network] : [],
    constants,
    delta: network
      ? curve(
          String(network.m),
          network.time,
          network.measured.meanSquaredDelta.map((x) => network.m * x),
        )
      : [],
    gap: [],
    subtitle: `${trainingTitle(settings)}${start ?? ""}${ended}`,
  };
}

/** Up to the first point above the top, so that a curve leaves the panel and no number is too large to draw. */
function leaving(rows: CurveRow[], top: number): CurveRow[] {
  const first = rows.findIndex(({ y }) => y > top);
  return first < 0 ? rows : rows.slice(0, first + 1);
}

/** A number of times in few characters. */
function times(factor: number): string {
  if (factor < 1000) return `${Number(factor.toPrecision(factor < 10 ? 2 : 3))}×`;
  const [mantissa, exponent] = factor.toExponential(0).split("e");
  return `${powerOfTen(Number(mantissa), Number(exponent))}×`;
}

/** What stands at the end of the four curves, in words. */
function lastWords({ time, relativeError, bounds }: NetworkTheory): string {
  const end = time.length - 1;
  if (end < 0) return "nothing was recorded";
  const at = `at t = ${Number(time[end].toPrecision(6))}`;
  const missed = `${at}: prediction off by ${Number((100 * relativeError[end]).toPrecision(2))}%`;
  if (!bounds) return missed;
  return `${missed}; bounds ${times(bounds.volterra.looseness[end])} and ${times(bounds.gronwall.looseness[end])} that`;
}

/** Legend and colours of the four curves. */
function curveChannels(): Record<"color" | "strokeDash", Layer> {
  const entries = Object.entries(CURVES);
  const domain = entries.map(([name]) => name);
  const legend = {
    title: null,
    orient: "top",
    direction: "horizontal",
    // Four entries in one line, above a panel of this width.
    columnPadding: 2,
    symbolSize: 250,
    symbolType: "stroke",
    symbolOpacity: 1,
  };
  const field = { field: "width", type: "nominal", sort: null };
  return {
    color: { ...field, scale: { domain, range: entries.map(([, { colour }]) => colour) }, legend },
    strokeDash: { ...field, scale: { domain, range: entries.map(([, { dash }]) => dash) }, legend },
  };
}

/** The four curves; axes alone where there is no network. */
function curvesPanel(network: NetworkTheory | undefined): Layer {
  const { time = new Float64Array(), measured, predicted, bounds } = network ?? {};
  const of = (name: keyof typeof CURVES, values: Float64Array | undefined) => (values ? curve(name, time, values) : []);
  const rows: Record<keyof typeof CURVES, CurveRow[]> = {
    measured: of("measured", measured?.meanDelta),
    predicted: of("predicted", predicted?.meanDelta),
    Volterra: of("Volterra", bounds?.volterra.bound),
    Gronwall: of("Gronwall", bounds?.gronwall.bound),
  };
  const gaps = [...rows.measured, ...rows.predicted].map(({ y }) => y);
  const largest = gaps.reduce((a, b) => Math.max(a, b), 0);
  const top = rows.Volterra.map(({ y }) => y)
    .filter((y) => y <= ABOVE.volterra * largest)
    .reduce((a, b) => Math.max(a, b), ABOVE.gronwall * largest);
  const x = timeChannel(time);
  const y = {
    field: "y",
    type: "quantitative",
    title: "E|Δ|",
    ...logScale(largest > 0 ? [...gaps, top] : EMPTY_RANGE),
  };
  const channels = curveChannels();
  const names = Object.keys(CURVES) as (keyof typeof CURVES)[];
  return panel(
    network ? `E|Δ| of one network, m = ${network.m}` : "E|Δ| of one network",
    network ? lastWords(network) : "no network was computed",
    names.map((name) => ({
      data: { values: leaving(rows[name], top) },
      mark: { type: "line", strokeWidth: CURVES[name].strokeWidth, clip: true },
      encoding: { x, y, ...channels },
    })),
  );
}

/** The network whose curves are shown. */
function chosen(networks: readonly NetworkTheory[], width: number | undefined): NetworkTheory | undefined {
  if (width === undefined)
    return networks.reduce<NetworkTheory | undefined>((best, one) => (best && best.m >= one.m ? best : one), undefined);
  const found = networks.find(({ m }) => m === width);
  return found ?? wrongValue("width", `one of ${networks.map(({ m }) => m).join(", ") || "none"}`, width);
}

/**
 * The figure of theory beside measurement: a Vega-Lite version 6 specification, plain JSON with the data inside, for any
 * Vega-Lite renderer. Four panels: measured E|Delta| of one network, its linear prediction, the Volterra bound and the
 * classical Gronwall bound, clipped where they leave the panel; the relative error of the prediction for the first network of
 * each width; m E|Delta|^2 and m times the function gap of every width beside their limit constants, which are those of
 * gradient flow. Panels without a single positive, resolved number are left out.
 *
 * @param report - what `gapReport` resolved to, with theory, or `theoryReport`.
 * @throws TypeError or RangeError where `report` is something else or has no theory, or where `width` is none of its widths.
 * @example
 * ```ts
 * const report = await gapReport(engine, problems.He4({ d: 32 }), { widths: [128, 512], time: 2, dynamics: "flow" });
 * await vegaEmbed("#figure", figures.theory(report, { width: report.widths[0].m }));
 * ```
 */
export function theoryFigure(
  report: StoredGapWithTheory | StoredTheory,
  options: TheoryFigureOptions = {},
): Specification {
  const schema: unknown = typeof report === "object" && report !== null ? report.schema : undefined;
  if (schema !== "propchaos/gap@1" && schema !== "propchaos/theory@1")
    wrongKind("report", "what gapReport or theoryReport resolved to", report);
  const { networks, constants, delta, gap, subtitle } = contentOf(report);
  const network = chosen(networks, options.width);
  const names = [...new Set([...networks.map(({ m }) => String(m)), ...[...delta, ...gap].map(({ width }) => width)])];
  const channels = widthChannels(names.map(Number), LIMIT);
  /** The same without a legend, which the first of them has. */
  const silent = {
    color: { ...channels.color, legend: null },
    strokeDash: { ...channels.strokeDash, legend: null },
  };
  const x = timeChannel(constants?.time ?? network?.time ?? new Float64Array());
  const limit = (values: Float64Array | undefined) => (constants && values ? curve(LIMIT, constants.time, values) : []);
  const known = constants ? "; dashed: limit of large m" : "";
  const flow = constants && report.settings.dynamics === "pgd" ? ["limits of large m are those of gradient flow"] : [];
  const more: { rows: CurveRow[]; limit: CurveRow[]; title: string; subtitle: string }[] = [
    {
      rows: networks.flatMap(({ m, time, relativeError }) => curve(String(m), time, relativeError)),
      limit: [],
      title: "relative error of the prediction",
      subtitle: "first network of each width; falls as 1/√m",
    },
    {
      rows: delta,
      limit: limit(constants?.mTimesMeanSquaredDelta),
      title: "m E|Δ|²",
      subtitle: `mean squared distance${known}`,
    },
    {
      rows: gap,
      limit: limit(constants?.mTimesFunctionGap),
      title: "m × function gap",
      subtitle: `squared L² distance${known}`,
    },
  ];
  const widthPanels = more
    .filter(({ rows, limit }) => rows.length + limit.length > 0)
    .flatMap(({ rows, limit, title, subtitle }, index) =>
      collapsePanel(rows, index === 0 ? channels : silent, x, title, subtitle, limit),
    );
  return {
    $schema: SCHEMA,
    title: {
      text: `Theory of the gap of ${problemTitle(report.problem)}`,
      subtitle: [subtitle, ...flow],
      fontSize: 16,
      offset: 20,
    },
    concat: network || widthPanels.length === 0 ? [curvesPanel(network), ...widthPanels] : widthPanels,
    columns: 2,
    align: "all",
    bounds: "flush",
    spacing: { row: 96, column: 80 },
    resolve: { scale: { color: "independent", strokeDash: "independent" } },
    config: LOOK,
  };
}
