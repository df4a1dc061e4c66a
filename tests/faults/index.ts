// All planted faults.

import { EMPIRICAL } from "./empirical.ts";
import type { Fault } from "./fault.ts";
import { GEMM } from "./gemm.ts";
import { LIMIT } from "./limit.ts";
import { MATH } from "./math.ts";
import { MEMORY } from "./memory.ts";
import { POPULATION } from "./population.ts";
import { RANDOM } from "./random.ts";

export const FAULTS: readonly Fault[] = [...GEMM, ...MATH, ...RANDOM, ...EMPIRICAL, ...POPULATION, ...LIMIT, ...MEMORY];
