// Figures for a paper: the library's Vega-Lite specifications drawn as SVG or PNG. Vega is large, so this file is loaded when
// the first figure is asked for. Expressions are interpreted and not compiled, which a strict Content-Security-Policy forbids.

import type { Specification } from "propchaos";
import * as vega from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { type Config, compile, type TopLevelSpec } from "vega-lite";

/** Pixels of a PNG a pixel of the figure. */
const SCALE = 2;

/** The figure as a file. */
export async function drawFigure(specification: Specification, kind: "svg" | "png"): Promise<Blob> {
  const logger = vega.logger(vega.Error);
  const { config, ...figure } = specification;
  const { spec } = compile(figure as unknown as TopLevelSpec, { config: config as Config, logger });
  const view = new vega.View(vega.parse(spec, undefined, { ast: true }), {
    renderer: "none",
    logger,
    expr: expressionInterpreter,
    loader: vega.loader({ http: { credentials: "omit" } }),
  });
  try {
    if (kind === "svg") return new Blob([`${await view.toSVG()}\n`], { type: "image/svg+xml" });
    const canvas = (await view.toCanvas(SCALE)) as unknown as HTMLCanvasElement;
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser made no PNG of it"))), "image/png"),
    );
  } finally {
    view.finalize();
  }
}
