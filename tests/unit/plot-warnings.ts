// What the Vega-Lite compiler has to say against a figure.

import { compile, type TopLevelSpec } from "vega-lite";
import type { Specification } from "../../src/plot/index.ts";

export function warningsOf(figure: Specification): string[] {
  const warnings: string[] = [];
  const note = (...parts: unknown[]) => {
    warnings.push(parts.join(" "));
    return logger;
  };
  const logger = { warn: note, info: () => logger, debug: () => logger, error: note, level: () => logger };
  compile(figure as unknown as TopLevelSpec, { logger: logger as never });
  return warnings;
}
