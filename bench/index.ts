// npm run bench: every kernel and whole run against its peers, medians, one pinned core where the system can do that; the
// pool of workers and many networks beside the limit constants, which need more than one, afterwards.

import { benchData, benchDataMemory } from "./data.ts";
import { pinned, ranPinned } from "./harness.ts";
import { benchKernels } from "./kernels.ts";
import { benchMoments } from "./moments.ts";
import { benchPool } from "./pool.ts";
import { benchAbort, benchLimit, benchMemory } from "./runs.ts";
import { benchConstants, benchConstantsAgainstNetworks, benchGapEquation } from "./theory.ts";

if (!ranPinned()) {
  await benchKernels();
  await benchMoments();
  await benchData();
  await benchLimit();
  await benchConstants();
  await benchGapEquation();
  await benchAbort();
  benchMemory();
  benchDataMemory();
}
if (!pinned()) {
  await benchPool();
  await benchConstantsAgainstNetworks();
}
