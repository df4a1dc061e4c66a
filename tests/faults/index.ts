// All planted faults.

import { ACTIVATIONS } from "./activations.ts";
import { EMPIRICAL } from "./empirical.ts";
import type { Fault } from "./fault.ts";
import { GEMM } from "./gemm.ts";
import { LIMIT } from "./limit.ts";
import { LIMIT_MULTI } from "./limit-multi.ts";
import { MATH } from "./math.ts";
import { MEMORY } from "./memory.ts";
import { PAIRS } from "./pairs.ts";
import { POPULATION } from "./population.ts";
import { RANDOM } from "./random.ts";

const KERNELS = [GEMM, MATH, RANDOM, ACTIVATIONS, EMPIRICAL, PAIRS, POPULATION, LIMIT, LIMIT_MULTI];

export const FAULTS: readonly Fault[] = [...KERNELS.flat(), ...MEMORY];
