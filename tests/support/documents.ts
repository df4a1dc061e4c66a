// One document of every kind that the package makes: completed, from a given network, of one width, aborted, diverged.

import { approximationGap, createEngine, meanFieldLimit, problems, trainNetwork } from "propchaos";

const SHORT = { time: 0.4, step: 0.1, record: 3 };
const LONG = { time: 0.8, step: 0.1 };

/** A signal that is given in the first report of progress, so that a run ends before its work is done. */
function interrupted(): { signal: AbortSignal; onProgress: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, onProgress: () => controller.abort() };
}

/** Their JSON, by name. */
export async function documents(): Promise<Record<string, string>> {
  using engine = await createEngine();
  const He4 = problems.He4({ d: 4 });
  const gap = { ...SHORT, widths: [4, 9], seeds: 2 };
  const aborted = AbortSignal.abort();
  const made = {
    "gap, pgd": await approximationGap(engine, He4, gap),
    "gap, flow": await approximationGap(engine, problems.He3({ d: 3 }), { ...gap, dynamics: "flow" }),
    "gap, euclidean, listed times": await approximationGap(engine, He4, {
      ...gap,
      gradient: "euclidean",
      record: [0.1, 0.4],
    }),
    "gap, one width, one seed": await approximationGap(engine, He4, { ...gap, widths: [5], seeds: 1 }),
    "gap, a given network": await approximationGap(engine, He4, { ...SHORT, initial: new Float64Array(12).fill(0.5) }),
    "gap, aborted at once": await approximationGap(engine, He4, { ...gap, signal: aborted }),
    "gap, aborted on the way": await approximationGap(engine, problems.He4({ d: 32 }), {
      widths: [16, 2048],
      time: 8,
      ...interrupted(),
    }),
    "gap, diverged": await approximationGap(engine, He4, { widths: [4, 8], time: 1e300, step: 1e300 }),
    "limit, pgd": await meanFieldLimit(engine, He4, LONG),
    "limit, flow": await meanFieldLimit(engine, problems.Ge4({ d: 4 }), { ...LONG, dynamics: "flow" }),
    "limit, aborted": await meanFieldLimit(engine, He4, { ...LONG, signal: aborted }),
    "limit, diverged": await meanFieldLimit(engine, He4, { time: 1e300, step: 1e300 }),
    network: await trainNetwork(engine, He4, { ...LONG, width: 5 }),
    "network, given": await trainNetwork(engine, He4, {
      ...LONG,
      initial: new Float64Array(8).fill(1),
      signs: Int8Array.of(1, -1),
      keep: "all",
    }),
    "network, diverged": await trainNetwork(engine, He4, { width: 5, time: 1e300, step: 1e300 }),
  };
  return Object.fromEntries(Object.entries(made).map(([name, report]) => [name, JSON.stringify(report)]));
}
