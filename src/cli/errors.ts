// A mistake of the user, as opposed to a failure of the program: shown as one sentence, exit code 2.

/** The message is a sentence that names the option, what came and what is allowed. */
export class UsageError extends Error {}

/** What the file system says of a path, without the path, which the sentence around it names. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === "ERR_INVALID_ARG_VALUE") return "no path has a null character";
  return syscall === undefined ? error.message : error.message.replace(/, \w+( '.*)?$/s, "");
}

/** Arguments of the library whose option has another name; all others are called alike. */
const OPTIONS: Record<string, string> = {
  alphaPaths: "paths",
  "data.batch": "batch",
  "data.inputs": "data",
  "data.labels": "labels",
  "data.samples": "samples",
  "data.test": "test-samples",
  "data.testInputs": "test-data",
  "data.testLabels": "test-labels",
  dimensions: "d",
  largestWidth: "largest-width",
  objective: "loss",
  pathNorm: "path-norm",
  "trajectory.particles": "first",
  "trajectory.records": "particles",
};

/** What a sentence of the library may begin with that is no option. */
const NO_OPTIONS = ["engine", "problem", "plan", "report", "the", "module"];

/** A sentence of the library about its arguments, as one about options. */
export function aboutOptions(sentence: string): string {
  return sentence
    .replace(/^([\w.]+)(?=(\[\d+\])? must )/, (name) =>
      NO_OPTIONS.includes(name) ? name : `--${OPTIONS[name] ?? name}`,
    )
    .replace(/(--)?\bmemoryLimitBytes\b/g, "--memory-limit (in bytes)");
}

/** Waits for a library call; what it says about its arguments is said `about` the user's options. */
export async function asUsage<T>(call: () => T | Promise<T>, about = aboutOptions): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new UsageError(about(error.message), { cause: error });
  }
}
