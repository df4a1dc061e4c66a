// propchaos scaling: how times, widths and gaps scale with d, m and n.

import { type Command, Option } from "commander";
import {
  convergenceTime,
  figures,
  gapScaling,
  hermite,
  lossDecay,
  type ProblemFamily,
  predictGap,
  type ScalingReport,
  sampleScaling,
  widthScaling,
} from "../index.ts";
import { UsageError } from "./errors.ts";
import {
  addDryRun,
  addNetworkOptions,
  addOutputOptions,
  addPlainOutputOptions,
  addRecordOption,
  addRunOptions,
  addTimeOptions,
  addTrainingOptions,
  type GapFlags,
  type GapsFlags,
  number,
  precisionOption,
  readNumber,
} from "./options.ts";
import { problemName } from "./problems.ts";
import { readRanges } from "./ranges.ts";
import {
  DECAY_HELP,
  DESCRIPTION,
  FILE_WORDS,
  FILES,
  GAP_HELP,
  SAMPLES_HELP,
  TIME_HELP,
  WIDTH_HELP,
} from "./scaling-help.ts";
import { runJob, runSession, type SessionFlags } from "./session.ts";
import { settingsLine } from "./summary.ts";
import { gapsSettingsLine } from "./summary-gaps.ts";
import { scalingSummary, widthSettingsLine } from "./summary-scaling.ts";
import { trainingOptions } from "./training.ts";

async function draw(report: ScalingReport): Promise<Record<string, string>> {
  const { renderSVG } = await import("./svg.ts");
  return { "scaling.svg": await renderSVG(figures.scaling(report)) };
}

/** What every subcommand does with its report. */
const RESULTS = { files: FILES, summary: scalingSummary, figures: draw };

function list(flags: string, description: string, fallback: number[] | undefined, shown?: string): Option {
  const option = new Option(flags, description).argParser(readRanges);
  return fallback ? option.default(fallback, shown ?? fallback.join()) : option;
}

/** Largest degree of --k: beyond, times and numbers are out of reach. */
const HIGHEST = 12;

interface FamilyFlags {
  k?: number[];
  d: number[];
}

/** Problems by name, and Hermite polynomials by degree. */
function familiesOf(names: readonly string[], { k }: FamilyFlags): { families: ProblemFamily[]; title: string } {
  const degrees = k ?? (names.length > 0 ? [] : [3, 4]);
  for (const degree of degrees)
    if (!Number.isInteger(degree) || degree < 1 || degree > HIGHEST)
      throw new UsageError(`--k must be a list of integers from 1 to ${HIGHEST}; got ${degree}`);
  const zoo = names.map(problemName);
  return {
    families: [...zoo, ...degrees.map((degree) => hermite({ [degree]: 1 }))],
    title: [...zoo, ...degrees.map((degree) => `h_${degree}`)].join(", "),
  };
}

/** Where they are solved: a list of dimensions in words. */
function dimensionsText(d: readonly number[]): string {
  return d.length === 1 ? `d = ${d[0]}` : `d = ${d[0]} to ${d[d.length - 1]} (${d.length})`;
}

function addFamilies(command: Command, d: number[]): Command {
  return command
    .argument("[problems...]", 'names of problems; see "propchaos problems"')
    .addOption(list("--k <list>", "or Hermite polynomials h_k of these degrees (default: 3,4)", undefined))
    .addOption(list("--d <list>", "dimensions", d));
}

interface TimeFlags extends SessionFlags, FamilyFlags {
  share: number;
  tolerance: number;
  horizon: number;
  workers?: "auto" | number;
}

function addTime(group: Command, done: (code: number) => void): void {
  const command = group
    .command("time")
    .summary("convergence time against d, from the infinite-width limit")
    .description(
      "Finds when the risk of the infinite-width limit has fallen to half of its start, along gradient flow: T(d) ~ d^((k*-2)/2) for information exponents k* >= 3, log d for k* = 2. No network, no random numbers.",
    );
  addFamilies(command, readRanges("100..1000"))
    .addOption(number("--share <x>", "share of its start that the risk has to fall to", 0.5))
    .addOption(number("--tolerance <x>", "relative error allowed in the time", 1e-4, "1e-4"))
    .addOption(number("--horizon <t>", "longest flow time; dimensions that need more are left out", 20000));
  addOutputOptions(command, FILE_WORDS)
    .addHelpText("after", TIME_HELP)
    .action(async (names: string[], flags: TimeFlags) => {
      const { families, title } = familiesOf(names, flags);
      const { d: dimensions, share, tolerance, horizon, workers } = flags;
      done(
        await runSession<ScalingReport>({
          ...RESULTS,
          title: `time, ${title}`,
          flags,
          heading: ({ backend }) => [
            `Convergence time of ${title}, ${dimensionsText(dimensions)}`,
            `gradient flow until the risk is ${share} of its start, relative tolerance ${tolerance}, ${backend} backend`,
            "",
          ],
          compute: (engine, control) =>
            convergenceTime(engine, families, { dimensions, share, tolerance, horizon, workers, ...control }),
        }),
      );
    });
}

interface WidthFlags extends SessionFlags, FamilyFlags {
  gap: number;
  statistic: "functionGap" | "meanDelta";
  time?: number;
  step?: number;
  seeds: number;
  seed: number;
  resolution: number;
  largestWidth: number;
  workers?: "auto" | number;
}

function addWidth(group: Command, done: (code: number) => void): void {
  const command = group
    .command("width")
    .summary("width that a gap needs, against d")
    .description(
      "Finds the smallest width m whose mean gap over the seeds is at most --gap, by bisection in log m over measured networks, first at the width that the limit constant of the gap suggests.",
    );
  addFamilies(command, [8, 16, 32])
    .addOption(number("--gap <x>", "the gap that is allowed", 0.01))
    .addOption(
      new Option("--statistic <name>", "squared distance of the functions, or mean distance of the particles")
        .choices(["functionGap", "meanDelta"])
        .default("functionGap"),
    )
    .option("--time <t>", "flow time at which it is measured (default: the convergence time of each d)", readNumber)
    .addOption(number("--step <eta>", "step of the Runge-Kutta integrator of the networks", 0.05))
    .option("--seeds <n>", "networks a width, each with a start of its own", readNumber, 16)
    .option("--seed <n>", "seed of all random numbers, 0 to 4294967295", readNumber, 1)
    .addOption(number("--resolution <x>", "how well the width is resolved, relative", 0.02))
    .addOption(number("--largest-width <m>", "no wider network is tried", 16384));
  addOutputOptions(command, FILE_WORDS)
    .addHelpText("after", WIDTH_HELP)
    .action(async (names: string[], flags: WidthFlags) => {
      const { families, title } = familiesOf(names, flags);
      const { d: dimensions, gap, statistic, time, step, seeds, seed, resolution, largestWidth, workers } = flags;
      const options = { dimensions, gap, statistic, time, step, seeds, seed, resolution, largestWidth, workers };
      done(
        await runSession<ScalingReport>({
          ...RESULTS,
          title: `width, ${title}`,
          flags,
          heading: ({ backend }) => [
            `Required width of ${title}, ${dimensionsText(dimensions)}`,
            `${widthSettingsLine(flags)}, ${backend} backend`,
            "",
          ],
          compute: (engine, control) => widthScaling(engine, families, { ...options, ...control }),
        }),
      );
    });
}

function addGapLaw(group: Command, done: (code: number) => void): void {
  const command = group
    .command("gap")
    .summary("E|Delta| and the function gap against m")
    .description(
      "Measures how E|Delta| and the function gap fall with the width m at the last recorded time: slopes weighted by the spread over seeds. Theory has -1/2 and -1.",
    )
    .argument("<problem>", 'name of a problem; see "propchaos problems"');
  addRunOptions(command, 1)
    .addOption(list("--widths <list>", "widths m", [64, 128, 256, 512]))
    .option("--seeds <n>", "networks a width, each with a start of its own", readNumber, 64)
    .option("--seed <n>", "seed of all random numbers, 0 to 4294967295", readNumber, 1);
  addDryRun(addOutputOptions(addTrainingOptions(command), FILE_WORDS))
    .addHelpText("after", GAP_HELP)
    .action(async (problem: string, flags: GapFlags) => {
      const { d, ...training } = trainingOptions(command, problem, flags);
      const { time, step, dynamics, gradient, tolerance, record, workers, widths, seeds, seed } = flags;
      const run = { time, step, dynamics, gradient, tolerance, record, workers };
      const options = { widths, seeds, seed, ...training, ...run };
      done(
        await runJob<ScalingReport>({
          ...RESULTS,
          problem,
          flags: { ...flags, d },
          settings: settingsLine(flags),
          predict: (engine, model) => predictGap(engine, model, options),
          compute: (engine, model, control) => gapScaling(engine, model, { ...options, ...control }),
        }),
      );
    });
}

function addSamples(group: Command, done: (code: number) => void): void {
  const command = group
    .command("samples")
    .summary("sample gap against n")
    .description(
      "Measures how far networks trained on n samples are from those trained on the population, from the same first particles, as n grows. Theory has a slope of -1 for large n.",
    )
    .argument("<problem>", 'name of a problem; see "propchaos problems"');
  addNetworkOptions(addTimeOptions(command, 0.4), [32])
    .addOption(list("--samples <list>", "numbers of samples n", [1024, 4096, 16384, 65536]))
    .option("--batch <n>", "samples a step (default: all)", readNumber)
    .addOption(
      new Option("--gradient <name>", "gradient of a step: tangent, or Euclidean")
        .choices(["riemannian", "euclidean"])
        .default("riemannian"),
    )
    .addOption(precisionOption());
  addOutputOptions(addRecordOption(command), FILE_WORDS)
    .addHelpText("after", SAMPLES_HELP)
    .action(async (problem: string, flags: GapsFlags) => {
      const { widths, samples, batch, time, step, gradient, precision, seeds, seed, record, workers } = flags;
      // The reference network belongs to the width gap, which is not asked for.
      const reference = Math.max(...widths) + 1;
      const network = { widths, samples, batch, reference, precision, seeds, seed };
      const options = { ...network, time, step, gradient, record, workers };
      done(
        await runJob<ScalingReport>({
          ...RESULTS,
          problem,
          flags,
          settings: gapsSettingsLine(flags),
          compute: (engine, model, control) => sampleScaling(engine, model, { ...options, ...control }),
        }),
      );
    });
}

interface DecayFlags extends SessionFlags {
  d: number;
  time: number;
  from?: number;
  tolerance: number;
}

function addDecay(group: Command, done: (code: number) => void): void {
  const command = group
    .command("decay")
    .summary("decay of the risk of the limit, and the integral of its root")
    .description(
      "Follows the risk L of the infinite-width limit along gradient flow to late times: its decay exponent, and the integral of L^(1/2) over time. No network, no random numbers.",
    )
    .argument("<problem>", 'name of a problem; see "propchaos problems"')
    .addOption(number("--d <n>", "input dimension, an integer of at least 2", 32))
    .addOption(number("--time <t>", "end of the run in flow time", 1000))
    .option("--from <t>", "flow time from which on the law is fitted (default: a hundredth of --time)", readNumber)
    .addOption(number("--tolerance <x>", "relative error allowed in the risk", 1e-3, "1e-3"));
  addPlainOutputOptions(command, FILE_WORDS)
    .addHelpText("after", DECAY_HELP)
    .action(async (problem: string, flags: DecayFlags) => {
      const { time, from, tolerance } = flags;
      done(
        await runJob<ScalingReport>({
          ...RESULTS,
          problem,
          flags,
          settings: `gradient flow to flow time ${time}, relative tolerance ${tolerance}`,
          compute: (engine, model, control) => lossDecay(engine, model, { time, from, tolerance, ...control }),
        }),
      );
    });
}

/** Adds `propchaos scaling` with its subcommands. */
export function addScaling(program: Command, done: (code: number) => void): void {
  const group = program
    .command("scaling")
    .summary("scaling laws: convergence time, required width, gaps, decay of the risk")
    .description(DESCRIPTION);
  addTime(group, done);
  addWidth(group, done);
  addGapLaw(group, done);
  addSamples(group, done);
  addDecay(group, done);
}
