// Draws a figure as SVG. Vega is loaded only here and only when there is something to draw: it is large, and most
// commands draw nothing.

import type { Config, TopLevelSpec } from "vega-lite";
import type { Specification } from "../plot/index.ts";

/** The figure as an SVG document; the same text every time. */
export async function renderSVG(specification: Specification): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const logger = vega.logger(vega.Error);
  const { config, ...figure } = specification;
  const { spec } = compile(figure as unknown as TopLevelSpec, { config: config as Config, logger });
  // Gradients and clips are numbered by counters that live as long as the process; start them afresh.
  vega.resetSVGDefIds();
  const view = new vega.View(vega.parse(spec), { renderer: "none", logger });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
