// One document of every kind that the package makes: completed, from a given network, of one width, aborted, diverged.

import {
  approximationGap,
  convergenceTime,
  createEngine,
  gapLimitConstants,
  gapReport,
  gapScaling,
  gaussianBump,
  hermite,
  lossDecay,
  meanFieldLimit,
  type Progress,
  problems,
  runSweep,
  sampleScaling,
  selfConcordance,
  separateGaps,
  singleIndex,
  theoryReport,
  trainNetwork,
  widthScaling,
} from "propchaos";

const SHORT = { time: 0.4, step: 0.1, record: 3 };
const LONG = { time: 0.8, step: 0.1 };

/** A signal that is given in the first report of progress, so that a run ends before its work is done. */
function interrupted(): { signal: AbortSignal; onProgress: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, onProgress: () => controller.abort() };
}

/** The same when such a share of the work is done. */
function stopped(share: number): { signal: AbortSignal; onProgress: (progress: Progress) => void } {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    onProgress: ({ done, total }) => {
      if (done > share * total) controller.abort();
    },
  };
}

/** Their JSON, by name. */
export async function documents(): Promise<Record<string, string>> {
  using engine = await createEngine();
  const He4 = problems.He4({ d: 4 });
  const gap = { ...SHORT, widths: [4, 9], seeds: 2 };
  const XOR = problems.XOR_2({ d: 5 });
  const NARROW = singleIndex({ d: 3, activation: gaussianBump({ rate: 40, square: 30, constant: 1 }) });
  /** Activation and target share no degree. */
  const BLIND = (d: number, c: number) => singleIndex({ d, activation: hermite({ 4: c }), link: hermite({ 3: 1 }) });
  const beside = { ...SHORT, widths: [4, 6], reference: 16, seeds: 2 };
  const aborted = AbortSignal.abort();
  const separate = { ...SHORT, widths: [4, 6], samples: [8, 16], seeds: 2 };
  const made = {
    "gap, pgd": await approximationGap(engine, He4, gap),
    "gap, with distributions": await approximationGap(engine, He4, { ...gap, distribution: true }),
    "gap, flow": await approximationGap(engine, problems.He3({ d: 3 }), { ...gap, dynamics: "flow" }),
    "gap, euclidean, listed times": await approximationGap(engine, He4, {
      ...gap,
      gradient: "euclidean",
      record: [0.1, 0.4],
    }),
    "gap, one width, one seed": await approximationGap(engine, He4, { ...gap, widths: [5], seeds: 1 }),
    "gap, a given network": await approximationGap(engine, He4, { ...SHORT, initial: new Float64Array(12).fill(0.5) }),
    "gap, on data beside a reference network": await approximationGap(engine, XOR, {
      ...beside,
      data: { samples: 64, batch: 24, order: "shuffled" },
    }),
    "gap, without a test set, the gap on the training set": await approximationGap(engine, XOR, {
      ...beside,
      seeds: 1,
      data: { samples: 32, test: 0, resample: true },
    }),
    "gap, in float32": await approximationGap(engine, problems.Ge4({ d: 4 }), {
      ...gap,
      data: { samples: 32 },
      precision: "float32",
    }),
    "gap, in float32 beside a reference network": await approximationGap(engine, XOR, {
      ...beside,
      data: { samples: 32 },
      precision: "float32",
    }),
    "gap, several teachers": await approximationGap(engine, problems.He4_orth({ d: 4 }), beside),
    "gap, random teachers, no default": await approximationGap(engine, problems.He4_random_2_8({ d: 4 }), {
      ...beside,
      objective: "correlation",
      langevin: 0.1,
    }),
    "gap, given rows of a reference network, path norm": await approximationGap(engine, He4, {
      ...SHORT,
      widths: [2],
      reference: 3,
      initial: new Float64Array(12).fill(0.5),
      data: { inputs: Int8Array.of(1, 1, -1, 1, 2, 0, 0, 1), labels: Float64Array.of(1, -1) },
      pathNorm: 0.1,
    }),
    "gap, beside a reference network, aborted on the way": await approximationGap(engine, problems.XOR_2({ d: 16 }), {
      widths: [16, 256],
      time: 8,
      seeds: 1,
      data: { samples: 4096 },
      ...interrupted(),
    }),
    "gap, beside a reference network, diverged": await approximationGap(engine, problems.He4_orth({ d: 4 }), {
      widths: [4, 6],
      reference: 16,
      time: 1e300,
      step: 1e300,
      seeds: 1,
    }),
    "gap, aborted at once": await approximationGap(engine, He4, { ...gap, signal: aborted }),
    "gap, aborted on the way": await approximationGap(engine, problems.He4({ d: 32 }), {
      widths: [16, 2048],
      time: 8,
      ...interrupted(),
    }),
    "gap, diverged": await approximationGap(engine, He4, { widths: [4, 8], time: 1e300, step: 1e300 }),
    "gap with theory": await gapReport(engine, He4, gap),
    "gap with theory, a given network, no constants, a bound beyond float64": await gapReport(engine, BLIND(16, 2), {
      time: 6,
      step: 0.1,
      record: 61,
      initial: Float64Array.from({ length: 48 }, (_, i) => ((7 * i + 3) % 11) - 5),
    }),
    "gap with theory, records too far apart": await gapReport(engine, BLIND(3, 1), {
      widths: [3],
      seeds: 1,
      time: 20,
      step: 0.1,
      record: 2,
    }),
    "gap without theory": await gapReport(engine, He4, { ...gap, theory: false }),
    "gap with theory, aborted at once": await gapReport(engine, He4, { ...gap, signal: aborted }),
    "gap with theory, aborted on the way": await gapReport(engine, He4, {
      ...gap,
      // The measurement and the theory of the first network are two parts of four.
      ...stopped(0.4),
    }),
    "scaling, time": await convergenceTime(engine, [hermite({ 2: 1 }), "He3"], { dimensions: [4, 8, 16], horizon: 50 }),
    "scaling, time, beyond the horizon": await convergenceTime(engine, "He4", { dimensions: [4, 5000], horizon: 5 }),
    "scaling, width": await widthScaling(engine, "He4", { dimensions: [3, 4], gap: 0.2, seeds: 2, resolution: 0.5 }),
    "scaling, gap": await gapScaling(engine, He4, { ...gap, seeds: 3 }),
    "scaling, samples": await sampleScaling(engine, He4, separate),
    "scaling, decay": await lossDecay(engine, He4, { time: 2 }),
    "scaling, aborted": await gapScaling(engine, He4, { ...gap, signal: aborted }),
    "scaling, diverged": await gapScaling(engine, He4, { widths: [4, 8], time: 1e300, step: 1e300 }),
    gaps: await separateGaps(engine, He4, separate),
    "gaps, one of each, float32, batches": await separateGaps(engine, problems.Zero({ d: 3 }), {
      ...separate,
      widths: [4],
      samples: [16],
      batch: 5,
      reference: 9,
      precision: "float32",
      gradient: "euclidean",
      seeds: 1,
    }),
    "gaps, aborted": await separateGaps(engine, He4, { ...separate, signal: aborted }),
    "gaps, diverged": await separateGaps(engine, problems.He4_orth({ d: 4 }), {
      ...separate,
      time: 1e300,
      step: 1e300,
      record: 2,
    }),
    "limit, pgd": await meanFieldLimit(engine, He4, LONG),
    "limit, with paths": await meanFieldLimit(engine, He4, { ...LONG, alphaPaths: 3 }),
    "limit, flow": await meanFieldLimit(engine, problems.Ge4({ d: 4 }), { ...LONG, dynamics: "flow" }),
    "limit, two teachers": await meanFieldLimit(engine, problems.He4_orth({ d: 4 }), { ...LONG, tolerance: 1e-4 }),
    "limit, aborted": await meanFieldLimit(engine, He4, { ...LONG, signal: aborted }),
    "limit, diverged": await meanFieldLimit(engine, He4, { time: 1e300, step: 1e300 }),
    constants: await gapLimitConstants(engine, He4, { time: 0.5, record: 3, tolerance: 0.01 }),
    "constants, aborted": await gapLimitConstants(engine, He4, { time: 0.5, signal: aborted }),
    "self-concordance, limit": await selfConcordance(engine, He4, LONG),
    "self-concordance, limit, flow, aborted": await selfConcordance(engine, He4, {
      ...LONG,
      dynamics: "flow",
      signal: aborted,
    }),
    "self-concordance, limit, diverged": await selfConcordance(engine, He4, { time: 1e300, step: 1e300 }),
    "self-concordance, network": await selfConcordance(engine, He4, { ...LONG, width: 5 }),
    "self-concordance, network without alpha, on data": await selfConcordance(engine, XOR, {
      ...LONG,
      width: 5,
      data: { samples: 64, batch: 24 },
    }),
    theory: await theoryReport(engine, He4, { ...LONG, width: 5 }),
    "theory, limit alone": await theoryReport(engine, problems.He3({ d: 2 }), { ...SHORT, dynamics: "flow" }),
    "theory, network alone, given": await theoryReport(engine, problems.He4_orth({ d: 4 }), {
      ...LONG,
      initial: new Float64Array(8).fill(1),
    }),
    "theory, aborted": await theoryReport(engine, He4, { ...LONG, width: 5, signal: aborted }),
    "theory, diverged": await theoryReport(engine, He4, { time: 1e300, step: 1e300, width: 5 }),
    sweep: await runSweep(engine, {
      title: "two",
      problems: ["He4", { name: "XOR_2", d: 5, samples: 64, reference: 16 }],
      d: 4,
      ...gap,
      widths: [4, 6],
    }),
    "sweep, aborted at once": await runSweep(
      engine,
      { problems: ["He4"], dynamics: ["pgd", "flow"], ...gap },
      { signal: aborted },
    ),
    network: await trainNetwork(engine, He4, { ...LONG, width: 5 }),
    "network, with paths": await trainNetwork(engine, He4, { ...LONG, width: 5, alphaPaths: 2 }),
    "network, given": await trainNetwork(engine, He4, {
      ...LONG,
      initial: new Float64Array(8).fill(1),
      signs: Int8Array.of(1, -1),
      keep: "all",
    }),
    "network, on data": await trainNetwork(engine, XOR, { ...LONG, width: 5, data: { samples: 64, batch: 24 } }),
    "network, on data of a Gaussian law, no test set": await trainNetwork(engine, problems.Zero({ d: 3 }), {
      ...LONG,
      width: 5,
      data: { samples: 16, test: 0 },
      precision: "float32",
      dynamics: "flow",
    }),
    "network, a bump too narrow for a series": await trainNetwork(engine, NARROW, {
      ...LONG,
      width: 5,
      data: { samples: 16 },
    }),
    "network, diverged": await trainNetwork(engine, He4, { width: 5, time: 1e300, step: 1e300 }),
  };
  return Object.fromEntries(Object.entries(made).map(([name, report]) => [name, JSON.stringify(report)]));
}
