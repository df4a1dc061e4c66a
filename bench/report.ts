// What a benchmark found: lines for a reader, and records for a program, of which `--json` prints one document.

export interface Entry {
  /** Section and table. */
  section: string;
  work: string;
  /** Who did it. */
  name: string;
  /** Median milliseconds, or the best of the runs where said so. */
  milliseconds?: number;
  gflops?: number;
  /** Rate of the median over the peak of the same run. */
  share?: number;
  /** Rate of the best run over that peak. */
  bestShare?: number;
  /** Times the first contender's milliseconds. */
  ratio?: number;
  [key: string]: string | number | null | undefined;
}

const entries: Entry[] = [];
let quiet = false;
let current = "";

/** Prints nothing but the document from now on. */
export function beQuiet(): void {
  quiet = true;
}

export function say(line: string): void {
  if (!quiet) console.log(line);
}

/** The section that the next records belong to. */
export function enter(section: string): void {
  current = section;
}

export function record(entry: Omit<Entry, "section">): void {
  entries.push({ section: current, ...entry } as Entry);
}

export function recorded(): readonly Entry[] {
  return entries;
}
