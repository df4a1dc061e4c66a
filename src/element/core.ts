// What the element needs of the rest of the package. In the bundle this file is one function that is there once and runs
// twice: in the page, and, as its own text, in the worker (scripts/element-bundle.ts). So nothing else in this room imports
// values from other rooms.

import { gapHandlers } from "../gap/task.ts";
import { limitHandlers } from "../limit/task.ts";
import { openEngine } from "../pool/open-engine.ts";
import { lineOfThisThread, serve } from "../pool/serve.ts";

export { show } from "../core/check.ts";
export { Aborted } from "../core/run.ts";
export { createEngine } from "../engine/index.ts";
export { approximationGap } from "../gap/approximation-gap.ts";
export { leastSquaresSlope, meanAndError } from "../numeric/statistics.ts";
export { relevantCoordinates } from "../problem/form.ts";
export { teachersOf } from "../problem/teachers.ts";
export { problemNames, problems } from "../problem/zoo.ts";

/** Makes this thread a worker. */
export function serveHere(): void {
  const line = lineOfThisThread();
  if (line) serve(line, openEngine, { ...limitHandlers, ...gapHandlers });
}
