// npm run bench: every kernel and whole run against its peers, medians, one pinned core where the system can do that.

import { ranPinned } from "./harness.ts";
import { benchKernels } from "./kernels.ts";
import { benchAbort, benchLimit, benchMemory } from "./runs.ts";

if (!ranPinned()) {
  await benchKernels();
  await benchLimit();
  await benchAbort();
  benchMemory();
}
