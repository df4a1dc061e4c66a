// What a run of Stryker found, for people: the mutants that survived, and the share that was killed in each room.

/** A mutant in Stryker's report; lines and columns count from 1. */
export interface Result {
  status: "Killed" | "Timeout" | "RuntimeError" | "Survived" | "NoCoverage" | "Ignored" | "CompileError";
  mutatorName: string;
  replacement: string;
  location: { start: { line: number; column: number }; end: { line: number; column: number } };
}

/** Stryker's report, as far as it is read here. */
export interface Report {
  files: Record<string, { source: string; mutants: Result[] }>;
}

/** Mutants of a room by how they ended. */
export interface Score {
  killed: number;
  survived: number;
  /** Changed where modules are loaded, in the sample or in a range of it; Stryker does not try these. */
  untried: number;
}

/** Interval of Wilson at 95% for a probability, of which `k` of `n` tries were seen. */
export function interval(k: number, n: number): [low: number, high: number] {
  const z = 1.96;
  const centre = (k + (z * z) / 2) / (n + z * z);
  const half = (z * Math.sqrt((k * (n - k)) / n + (z * z) / 4)) / (n + z * z);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** The share that was killed; 1 where nothing was tried. */
export function share({ killed, survived }: Score): number {
  return killed + survived === 0 ? 1 : killed / (killed + survived);
}

/** Counts by room. What the sampling plugin refused is an error of compilation to Stryker, and does not count. */
export function scoresOf({ files }: Report): Map<string, Score> {
  const scores = new Map<string, Score>();
  for (const [file, { mutants }] of Object.entries(files)) {
    const room = file.split("/")[1];
    for (const { status } of mutants) {
      if (status === "CompileError") continue;
      const score = scores.get(room) ?? { killed: 0, survived: 0, untried: 0 };
      scores.set(room, score);
      if (status === "Ignored") score.untried++;
      else if (status === "Survived" || status === "NoCoverage") score.survived++;
      else score.killed++;
    }
  }
  return new Map([...scores].sort());
}

/** Each survivor: its place, the line as it stands, and what stood there instead. */
export function survivors({ files }: Report): string[] {
  return Object.entries(files).flatMap(([file, { source, mutants }]) =>
    mutants
      .filter(({ status }) => status === "Survived" || status === "NoCoverage")
      .flatMap(({ status, mutatorName, replacement, location: { start } }) => [
        `${file}:${start.line}:${start.column} ${mutatorName}${status === "NoCoverage" ? ", reached by no test" : ""}`,
        `  - ${source.split("\n")[start.line - 1].trim()}`,
        `  + ${replacement.replaceAll(/\s+/g, " ").slice(0, 200)}`,
      ]),
  );
}

/** The scores as a table; the interval is that of a room from which the mutants were drawn. */
export function table(scores: ReadonlyMap<string, Score>): string[] {
  const percent = (x: number, digits = 0) => `${(100 * x).toFixed(digits)}%`;
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(10) : cell.padStart(12))).join("");
  return [
    ["room", "mutants", "killed", "score", "95%", "at loading"],
    ...[...scores].map(([room, score]) => {
      const n = score.killed + score.survived;
      const [low, high] = interval(score.killed, n);
      const range = n === 0 ? "" : `${percent(low)} to ${percent(high)}`;
      return [room, `${n}`, `${score.killed}`, percent(share(score), 1), range, `${score.untried}`];
    }),
  ].map(line);
}
