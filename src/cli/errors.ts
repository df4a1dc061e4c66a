// A mistake of the user, as opposed to a failure of the program: shown as one sentence, exit code 2.

/** The message is a sentence that names the option, what came and what is allowed. */
export class UsageError extends Error {}

/** Waits for a library call; what it says about its arguments was said about the user's options. */
export async function asUsage<T>(call: () => T | Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new UsageError(error.message.replace(/\bmemoryLimitBytes\b/g, "--memory-limit (in bytes)"), { cause: error });
  }
}
