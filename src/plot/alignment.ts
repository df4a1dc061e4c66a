// How alpha = <w, w*> of single particles moves over flow time: of a limit, of a network, or of both together.

import { wrongKind, wrongValue } from "../core/check.ts";
import type { MeanFieldLimit } from "../limit/result.ts";
import type { TrainedNetwork } from "../network/train.ts";
import type { AlphaPaths } from "../problem/alpha-paths.ts";
import { orderedColours } from "./palette.ts";
import { type Layer, panel, timeChannel } from "./panels.ts";
import { problemTitle, type Specification, sheet, trainingTitle } from "./specification.ts";

/** A document whose paths can be shown. */
export type WithAlphaPaths = Pick<MeanFieldLimit, "schema" | "problem" | "settings" | "status" | "time" | "alphaPaths">;
type NetworkWithPaths = Pick<TrainedNetwork, "schema" | "problem" | "status" | "time" | "alphaPaths"> & {
  settings: Pick<TrainedNetwork["settings"], "dynamics" | "gradient" | "step" | "width">;
};
/** A limit or a network whose document has paths of alpha. */
export type PathsDocument = WithAlphaPaths | NetworkWithPaths;

interface PathRow {
  path: string;
  t: number;
  alpha: number;
}

function pathRows(time: Float64Array, { alpha }: AlphaPaths): PathRow[] {
  return alpha.flatMap((series, i) => Array.from(time, (t, k) => ({ path: String(i), t, alpha: series[k] })));
}

/** One colour a path, from the equator (light) to the pole (dark) by |alpha| at the start. */
function colours({ start }: AlphaPaths): Layer {
  const order = start.map((_, i) => i).sort((i, j) => Math.abs(start[i]) - Math.abs(start[j]) || i - j);
  return {
    field: "path",
    type: "nominal",
    legend: null,
    sort: null,
    scale: { domain: order.map(String), range: orderedColours(start.length) },
  };
}

function kindOf(schema: PathsDocument["schema"]): "limit" | "network" {
  return schema === "propchaos/limit@1" ? "limit" : "network";
}

/** The paths of one or two documents in one panel; none where there are no paths. */
export function alignmentPanel(documents: readonly PathsDocument[]): Layer[] {
  const shown = documents.flatMap(({ schema, time, alphaPaths }) => (alphaPaths ? [{ schema, time, alphaPaths }] : []));
  if (shown.length === 0) return [];
  const rows = shown.map(({ time, alphaPaths }) => pathRows(time, alphaPaths));
  const low = rows.flat().reduce((least, { alpha }) => Math.min(least, alpha), 0);
  const end = shown.reduce<Float64Array>(
    (longest, { time }) => ((time.at(-1) ?? 0) > (longest.at(-1) ?? 0) ? time : longest),
    shown[0].time,
  );
  const x = timeChannel(end);
  const y = {
    field: "alpha",
    type: "quantitative",
    title: "α = ⟨w, w*⟩",
    scale: { domain: [low < 0 ? -1.05 : 0, 1.05], nice: false },
    axis: { values: [-1, -0.5, 0, 0.5, 1] },
  };
  const both = shown.length > 1;
  const alike = both && shown[0].schema === shown[1].schema;
  const kind = kindOf(shown[0].schema);
  const { length } = shown[0].alphaPaths.start;
  const words = alike
    ? `solid: particles of the first ${kind}; dashed: of the second`
    : both
      ? "solid: particles of the network; dashed: of the limit"
      : `${length} ${length === 1 ? "particle" : "particles"} of the ${kind}`;
  const dashed = (i: number) => (alike ? i > 0 : both && kindOf(shown[i].schema) === "limit");
  const layers = rows.map((values, i) => ({
    data: { values },
    mark: {
      type: "line",
      strokeWidth: 1.4,
      clip: true,
      ...(dashed(i) ? { strokeDash: [5, 3] } : {}),
    },
    encoding: { x, y, detail: { field: "path" }, color: colours(shown[i].alphaPaths) },
  }));
  return [
    {
      ...panel("Paths of the particles", [words, "dark: those that start far from the equator"], layers),
      resolve: { scale: { color: "independent" } },
    },
  ];
}

/**
 * Alignment paths: alpha = <w, w*> of single particles over flow time, dark those that start far from the equator. With a limit and
 * a network both are drawn; give the limit the starts of the network (`alphaPaths: network.alphaPaths.start`) to see each particle
 * beside its mean-field path. Of two networks or two limits the second is dashed.
 *
 * @param document - what `meanFieldLimit` or `trainNetwork` resolved to with the option `alphaPaths`.
 * @param beside - another one of the same problem.
 * @throws TypeError where either is something else; RangeError where the first has no paths.
 * @example
 * ```ts
 * const network = await trainNetwork(engine, problem, { width: 512, time: 16, alphaPaths: 12 });
 * const limit = await meanFieldLimit(engine, problem, { time: 16, alphaPaths: network.alphaPaths?.start });
 * await vegaEmbed("#figure", figures.alignment(network, limit));
 * ```
 */
export function alignmentFigure(document: PathsDocument, beside?: PathsDocument): Specification {
  const documents = beside === undefined ? [document] : [document, beside];
  for (const one of documents) {
    const schema: unknown = typeof one === "object" && one !== null ? one.schema : undefined;
    if (schema !== "propchaos/limit@1" && schema !== "propchaos/network@1")
      wrongKind("document", "what meanFieldLimit or trainNetwork resolved to", one);
  }
  if (!document.alphaPaths) wrongValue("document", "one with alphaPaths", "a document without");
  return sheet({
    title: `Alignment in ${problemTitle(document.problem)}`,
    subtitle: documents.map(documentTitle),
    panels: alignmentPanel(documents),
    shared: false,
  });
}

/** How a limit or a network came about. */
export function documentTitle({ settings, status, ...document }: PathsDocument): string {
  const ended = status === "completed" ? "" : `; ${status}`;
  const subject = "width" in settings ? `network of width ${settings.width}` : "limit";
  const { dynamics, gradient, step } = settings;
  const training =
    document.schema === "propchaos/limit@1" && dynamics === "flow"
      ? "gradient flow"
      : trainingTitle({ dynamics, gradient, step: step ?? 0 });
  return `${subject}, ${training}${ended}`;
}
