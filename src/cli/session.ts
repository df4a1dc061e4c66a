// What the computing commands have in common: check the place of the results, start the core, compute with a progress bar, stop on
// an interrupt, write files, print, and choose the exit code.

import type {
  Engine,
  GapLimitConstants,
  GapsReport,
  MeanFieldLimit,
  Prediction,
  Problem,
  ProblemName,
  RunOptions,
  ScalingReport,
  StoredGapWithTheory,
  TheoryReport,
  TrainedNetwork,
} from "../index.ts";
import { createEngine, describeProblem, problems } from "../index.ts";
import { dryRun } from "./dry-run.ts";
import { asUsage, reasonOf, UsageError } from "./errors.ts";
import { type Claim, claimDirectory, saveReport, writeWhole } from "./files.ts";
import type { SharedFlags } from "./options.ts";
import { EXIT, print, warn } from "./output.ts";
import { problemName } from "./problems.ts";
import { progressBar } from "./progress.ts";
import { heading } from "./summary.ts";

type AnyReport =
  | StoredGapWithTheory
  | GapsReport
  | MeanFieldLimit
  | GapLimitConstants
  | TheoryReport
  | TrainedNetwork
  | ScalingReport;

/** A command that computes one report, of one problem. */
export interface Job<Report> extends Omit<Session<Report>, "title" | "heading" | "compute"> {
  problem: string;
  flags: SessionFlags & { d: number; seed?: number; dryRun?: boolean };
  /** How the problem is run, in words. */
  settings: string;
  /** What `compute` will need; only where there is --dry-run. */
  predict?(engine: Engine, problem: Problem): Promise<Prediction>;
  compute(engine: Engine, problem: Problem, control: RunOptions): Promise<Report>;
}

/** Flags of every command that computes. */
export type SessionFlags = Pick<SharedFlags, "out" | "json" | "quiet" | "backend" | "memoryLimit">;

/** A computation from its flags to its files. */
export interface Session<Report> {
  /** Before the progress bar. */
  title: string;
  flags: SessionFlags;
  /** First lines, with what is known once the core has started. */
  heading(engine: Engine): string[];
  /** Every file that may be written, to be checked beforehand. */
  files: readonly string[];
  compute(engine: Engine, control: RunOptions): Promise<Report>;
  summary(report: Report): string[];
  /** Further files, drawn after the data are safe. */
  figures?(report: Report): Promise<Record<string, string | Uint8Array>>;
}

function claimOut(directory: string | undefined, files: readonly string[]): Claim {
  if (directory === undefined) return { release: () => undefined };
  if (directory === "") throw new UsageError("--out must be the path of a directory; got an empty one");
  try {
    return claimDirectory(directory, files);
  } catch (error) {
    throw new UsageError(
      `--out must be a directory that can be created and written; got "${directory}" (${reasonOf(error)})`,
      { cause: error },
    );
  }
}

/** A signal that an interrupt gives, and the end of listening for one. */
export function interruptible(bar: { stop(): void }): { signal: AbortSignal; forget(): void } {
  const controller = new AbortController();
  const forget = onInterrupt(
    () => {
      controller.abort();
      bar.stop();
      warn("stopping; interrupt once more to quit at once");
    },
    () => bar.stop(),
  );
  return { signal: controller.signal, forget };
}

/**
 * Calls `stop` on the first interrupt, or on the SIGTERM by which schedulers end jobs; the second ends the process. Returns the
 * function that takes this back.
 */
function onInterrupt(stop: () => void, quit: () => void): () => void {
  let seen = false;
  const listener = () => {
    if (seen) {
      quit();
      process.exit(EXIT.interrupted);
    }
    seen = true;
    stop();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

/** Which computation diverged. */
function placeOf(report: AnyReport): string {
  const { divergence } = report;
  if (report.schema === "propchaos/network@1") return "the network";
  if (!divergence || !("where" in divergence) || divergence.where !== "network") return "the infinite-width limit";
  const { m } = divergence;
  const replica = "replica" in divergence ? `, replica ${divergence.replica}` : "";
  const learned =
    "n" in divergence ? (divergence.n === null ? " on the population" : ` on ${divergence.n} samples`) : "";
  const flow = "dynamics" in divergence && divergence.dynamics === "flow" ? " along gradient flow" : "";
  return `the network of width ${m}${learned}${flow}${replica},`;
}

function sayHowItEnded(report: AnyReport): number {
  const { status, divergence } = report;
  if (status === "completed") return EXIT.ok;
  if (status === "aborted") {
    warn("interrupted; the results hold what was finished");
    return EXIT.interrupted;
  }
  if (status === "failed") {
    const reason = "failure" in report ? report.failure : undefined;
    warn(`failed: ${reason ?? "a part of the run could not be computed"}; the results hold what was finished`);
    return EXIT.failed;
  }
  const when = divergence ? ` at step ${divergence.step}, flow time ${divergence.time}` : "";
  warn(`diverged: ${placeOf(report)} had a number that is not finite${when}; try a smaller --step`);
  return EXIT.failed;
}

/** What became of the files: those that are there, and what is to be said where it is not all of them. */
interface Written {
  files: string[];
  failure: string | null;
}

/** Writes the data first, so that they are safe before a figure is drawn. */
async function writeResults<Report extends AnyReport>(
  { flags: { out }, figures }: Session<Report>,
  report: Report,
): Promise<Written> {
  const files: string[] = [];
  if (out === undefined) return { files, failure: null };
  try {
    files.push(...saveReport(report, out));
    files.push(...writeWhole(out, (await figures?.(report)) ?? {}));
    return { files, failure: null };
  } catch (error) {
    const what = files.length === 0 ? "the results" : "all results but the data";
    return { files, failure: `${what} could not be written to ${out} (${reasonOf(error)})` };
  }
}

/** The problem of that name; random teachers come from the seed of the run. */
function makeProblem(name: ProblemName, { d, seed }: { d: number; seed?: number }): Problem {
  const make: (options: { d: number; seed?: number }) => Problem = problems[name];
  return make(name.startsWith("He4_random_") && seed !== undefined ? { d, seed } : { d });
}

/** The core, with the options of the flags. */
function startEngine({ backend, memoryLimit }: SessionFlags): Promise<Engine> {
  return asUsage(() =>
    createEngine({ backend, ...(memoryLimit === undefined ? {} : { memoryLimitBytes: memoryLimit }) }),
  );
}

/** Runs a job from its flags to its exit code. */
export async function runJob<Report extends AnyReport>(job: Job<Report>): Promise<number> {
  const { flags, predict } = job;
  const name: ProblemName = problemName(job.problem);
  const problem = await asUsage(() => makeProblem(name, flags));
  if (flags.dryRun && predict) {
    using engine = await startEngine(flags);
    return dryRun(await asUsage(() => predict(engine, problem)), engine.memoryLimitBytes, flags);
  }
  const described = { ...describeProblem(name), informationExponent: problem.informationExponent };
  return runSession<Report>({
    ...job,
    title: `${name}, d = ${flags.d}`,
    heading: ({ backend }) => heading(described, flags.d, `${job.settings}, ${backend} backend`),
    compute: (engine, control) => job.compute(engine, problem, control),
  });
}

/** Runs a computation: checks where its files go, starts the core, computes, writes, prints. Returns the exit code. */
export async function runSession<Report extends AnyReport>(session: Session<Report>): Promise<number> {
  const { flags } = session;
  const talk = !flags.quiet && !flags.json;
  const bar = progressBar(session.title, !flags.quiet);
  // From here on: an interrupt must not leave the directory of the claim behind.
  const { signal, forget } = interruptible(bar);
  let claim: Claim | undefined;
  try {
    claim = claimOut(flags.out, session.files);
    using engine = await startEngine(flags);
    // Said with the first report of progress: by then the library has accepted all options.
    let head = talk ? session.heading(engine) : [];
    const announce = () => {
      print(head);
      head = [];
    };
    const report = await asUsage(() =>
      session.compute(engine, {
        signal,
        onProgress: (progress) => {
          announce();
          bar.update(progress);
        },
      }),
    );
    bar.stop();
    announce();
    const { files, failure } = await writeResults(session, report);
    const document = [JSON.stringify(report)];
    if (flags.json) print(document);
    else if (talk) print(session.summary(report));
    const code = sayHowItEnded(report);
    if (talk && files.length > 0) print(["", ...files.map((path) => `Wrote ${path}`)]);
    if (failure === null) return code;
    // What took hours to compute is not lost with the disk.
    if (files.length > 0) warn(failure);
    else {
      if (!flags.json) print(document);
      warn(`${failure}; their JSON document is on stdout`);
      claim.release();
    }
    return EXIT.failed;
  } catch (error) {
    bar.stop();
    claim?.release();
    throw error;
  } finally {
    forget();
  }
}
