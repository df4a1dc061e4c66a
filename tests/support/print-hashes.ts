// Prints the hash of each build, without and with workers, one a line: `bun tests/support/print-hashes.ts`.

import * as propchaos from "propchaos";
import { type Api, reportsHash } from "./same-bits.ts";

for (const backend of ["simd", "scalar"] as const)
  for (const workers of [0, 2]) console.log(await reportsHash(propchaos as Api, backend, workers));
