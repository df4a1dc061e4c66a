// What a gap run is once its arguments are checked.

import type { Training } from "../network/training.ts";
import type { WorkerChoice } from "../pool/workers.ts";
import type { Problem } from "../problem/types.ts";
import type { Networks } from "./networks.ts";
import type { Listeners } from "./record.ts";
import type { MeanField } from "./reference.ts";

/** A run whose arguments are checked. */
export interface CheckedGap {
  problem: Problem;
  training: Training;
  networks: Networks;
  meanField: MeanField;
  tolerance: number;
  workers: WorkerChoice;
  listeners: Listeners;
}
