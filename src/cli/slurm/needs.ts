// What an index asks the cluster for: its time and memory, rounded up from an estimate. Another machine may be slower, and the
// adaptive steps of the limit are known only in their order of magnitude, so time has a factor of safety; an index that runs
// into its end all the same loses the tasks it was at and is submitted again.

/** How many times the estimate is asked for. */
export const SAFETY = 3;

/** Least minutes asked for: a queue gains nothing from less. */
const LEAST_MINUTES = 10;

/** What Node and the program take themselves, and each worker beside the memory of its module: measured 70 and 15 MiB. */
const PROGRAM_MIB = 160;
const WORKER_MIB = 64;

/** Results are copies of what lies in the module's memory. */
const COPIES = 2;

const STEP_MIB = 256;

const MIB = 1024 * 1024;

/** Minutes for an index that is expected to take `seconds`. */
export function minutesFor(seconds: number): number {
  const minutes = (SAFETY * seconds) / 60;
  // Numbers that a person would have written.
  const step = minutes <= 60 ? 5 : minutes <= 600 ? 15 : 60;
  return Math.max(LEAST_MINUTES, step * Math.ceil(minutes / step));
}

/** MiB for an index that runs `cpus` tasks at once, each of which takes up to `bytes` of the module's memory. */
export function memoryFor(bytes: number, cpus: number): number {
  const needed = PROGRAM_MIB + cpus * (WORKER_MIB + (COPIES * bytes) / MIB);
  return STEP_MIB * Math.ceil(needed / STEP_MIB);
}
