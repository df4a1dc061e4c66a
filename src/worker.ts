// The worker: computes what the calling thread posts. Imported anywhere else it does nothing.

import { gapHandlers } from "./gap/task.ts";
import { limitHandlers } from "./limit/task.ts";
import { networkHandlers, networkKeepers } from "./network/share-task.ts";
import { openEngine } from "./pool/open-engine.ts";
import { lineOfThisThread, serve } from "./pool/serve.ts";

const line = lineOfThisThread();
if (line) serve(line, openEngine, { ...limitHandlers, ...gapHandlers, ...networkHandlers }, networkKeepers);
