// How many indices a job array has and what each of them needs. Task i (from 0) of a sweep belongs to index (i mod N) + 1
// of N. An index computes once what its tasks share, the limits of its combinations; with c processors it then starts
// its tasks in their order, each on the first processor that is free. N is chosen so that an index takes about `goal` seconds:
// starting one costs the cluster about half a second and the tool a few tenths, and short jobs find their place sooner than
// long ones.

/** What the tasks of a sweep take. */
export interface TaskCosts {
  /** Seconds of each task alone; 0 for one that is finished, which needs nothing of what is shared either. */
  seconds: readonly number[];
  /** For each task, which combination it belongs to. */
  combination: readonly number[];
  /** Seconds of what the tasks of a combination share, by combination. */
  shared: readonly number[];
}

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
  /** Processors of the largest node, where that is known. */
  node?: number | undefined;
}

/** No more processors by themselves: a whole node is waited for longer than a part of one. */
const MOST_CPUS = 8;

/** The part that does task `task` (from 0) of `indices` parts; parts count from 1. */
export function indexOf(task: number, indices: number): number {
  return (task % indices) + 1;
}

/** Seconds until the last of `indices` parts has done its tasks. */
export function longestIndex({ seconds, combination, shared }: TaskCosts, indices: number, cpus: number): number {
  let longest = 0;
  for (let part = 0; part < indices; part++) {
    const free = new Array<number>(cpus).fill(0);
    const known = new Set<number>();
    let once = 0;
    for (let task = part; task < seconds.length; task += indices) {
      if (seconds[task] === 0) continue;
      if (!known.has(combination[task])) once += shared[combination[task]];
      known.add(combination[task]);
      let next = 0;
      for (let cpu = 1; cpu < cpus; cpu++) if (free[cpu] < free[next]) next = cpu;
      free[next] += seconds[task];
    }
    longest = Math.max(longest, once + Math.max(...free));
  }
  return longest;
}

/** The first number from `from` to `to` that fits, or undefined. */
function first(from: number, to: number, fits: (count: number) => boolean): number | undefined {
  for (let count = from; count <= to; count++) if (fits(count)) return count;
  return undefined;
}

/**
 * The packing of tasks, of which there is at least one. Among the numbers of indices that come near the goal it takes the one for
 * which the least time has to be reserved, N times the longest: where the costly tasks of a plan come every fourth, a multiple
 * of four would leave them all to the same indices.
 */
export function pack(costs: TaskCosts, options: PackingOptions): Packing {
  const { limit, goal } = options;
  const tasks = costs.seconds.length;
  const most = options.indices ?? Math.min(limit, tasks);
  const useful = Math.min(MOST_CPUS, options.node ?? MOST_CPUS, Math.ceil(tasks / most));
  const cpus = options.cpus ?? first(1, useful, (count) => longestIndex(costs, most, count) <= goal) ?? useful;
  const packing = (indices: number) => ({ indices, cpus, seconds: longestIndex(costs, indices, cpus) });
  if (options.indices !== undefined) return packing(options.indices);

  const total = costs.seconds.reduce((sum, each) => sum + each, 0);
  const least = Math.max(1, Math.min(most, Math.ceil(total / (cpus * goal))));
  const found = first(least, most, (count) => longestIndex(costs, count, cpus) <= goal);
  const from = found ?? Math.ceil(0.8 * most);
  let best = packing(from);
  for (let indices = from + 1; indices <= Math.min(most, Math.ceil(1.25 * from)); indices++) {
    const other = packing(indices);
    if (other.indices * other.seconds < best.indices * best.seconds) best = other;
  }
  return best;
}
