// Exit codes, and writing to stdout and stderr so that a reader who leaves early (`| head`) is no error.

/** What the process ends with. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Lines for stdout. */
export function print(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
}

/** Control characters of names and values that came from outside, spelt out: a terminal would obey them. */
export function harmless(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** A sentence for stderr. */
export function warn(sentence: string): void {
  process.stderr.write(harmless(`propchaos: ${sentence}\n`));
}

/** Keeps a closed pipe from ending the run, and lets any other failure to write be one. */
export function guardStreams(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    warn(`stdout could not be written: ${error.message}`);
    process.exitCode = EXIT.failed;
  });
  // Nobody is left to tell.
  process.stderr.on("error", () => undefined);
}
