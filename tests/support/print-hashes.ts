// Prints the hash of each build, one a line: `bun tests/support/print-hashes.ts`.

import * as propchaos from "propchaos";
import { type Api, reportsHash } from "./same-bits.ts";

for (const backend of ["simd", "scalar"] as const) console.log(await reportsHash(propchaos as Api, backend));
