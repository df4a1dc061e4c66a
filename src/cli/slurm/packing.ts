// How many indices a job array has and what each of them needs. Task i (from 0) of a sweep belongs to index (i mod N) + 1
// of N. With c processors an index starts its tasks in their order, each on the first processor that is free; its time is
// that of the last to end. N is chosen so that an index takes about `goal` seconds: starting one costs the cluster about half
// a second and the tool a few tenths, and short jobs find their place sooner than long ones.

/** What a job array is made of. */
export interface Packing {
  /** N: how many indices there are, counted from 1. */
  indices: number;
  /** Processors of an index. */
  cpus: number;
  /** Seconds of the longest index. */
  seconds: number;
}

/** What a packing has to keep to. */
export interface PackingOptions {
  /** The most indices that the cluster allows. */
  limit: number;
  /** Seconds that an index should take. */
  goal: number;
  /** A number of indices that is given. */
  indices?: number | undefined;
  /** A number of processors that is given. */
  cpus?: number | undefined;
}

/** No more processors by themselves: a whole node is waited for longer than a part of one. */
const MOST_CPUS = 8;

/** The part that does task `task` (from 0) of `indices` parts; parts count from 1. */
export function indexOf(task: number, indices: number): number {
  return (task % indices) + 1;
}

/** Seconds until the last of `indices` parts has done its tasks. */
export function longestIndex(seconds: readonly number[], indices: number, cpus: number): number {
  let longest = 0;
  for (let part = 0; part < indices; part++) {
    const free = new Array<number>(cpus).fill(0);
    for (let task = part; task < seconds.length; task += indices) {
      let first = 0;
      for (let cpu = 1; cpu < cpus; cpu++) if (free[cpu] < free[first]) first = cpu;
      free[first] += seconds[task];
    }
    longest = Math.max(longest, ...free);
  }
  return longest;
}

/**
 * The packing of tasks that take `seconds`, of which there is at least one. Among the numbers of indices that come near
 * the goal it takes the one for which the least time has to be reserved, N times the longest: where the costly tasks of a plan come every
 * fourth, a multiple of four would leave them all to the same indices.
 */
export function pack(seconds: readonly number[], options: PackingOptions): Packing {
  const { limit, goal } = options;
  const total = seconds.reduce((sum, each) => sum + each, 0);
  const most = Math.min(limit, seconds.length);
  const wanted = (cpus: number) => Math.ceil(total / (cpus * goal));
  const least = (cpus: number) => Math.max(1, Math.min(most, wanted(cpus)));

  const few = options.indices ?? most;
  const cpus = options.cpus ?? Math.max(1, Math.min(MOST_CPUS, Math.ceil(seconds.length / few), wanted(few)));
  if (options.indices !== undefined)
    return { indices: options.indices, cpus, seconds: longestIndex(seconds, options.indices, cpus) };

  const from = least(cpus);
  const to = Math.min(most, from + Math.ceil(from / 4));
  let best: Packing | undefined;
  for (let indices = from; indices <= to; indices++) {
    const packing = { indices, cpus, seconds: longestIndex(seconds, indices, cpus) };
    if (!best || packing.indices * packing.seconds < best.indices * best.seconds) best = packing;
  }
  return best as Packing;
}
