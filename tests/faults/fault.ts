// Faults that somebody might make in a kernel, as data: one change of the text each, whose place is found by its text.
// `npm run faults` plants them one by one and says which test catches each; tests/unit/faults.test.ts sees that the list
// goes with the code.

/** What a slip does. */
export const KINDS = [
  /** Plus for minus. */
  "sign",
  /** An element, a particle or a coefficient beside the right one; an offset that is ignored. */
  "index",
  /** The dimension for the padded one, rows for columns. */
  "stride",
  /** Vectors: the other lane, the other half, one number for two. */
  "lane",
  /** A term of a sum or a factor of a product is not there. */
  "term",
  /** The end of a loop: dropped, or done once too often. */
  "remainder",
  /** A sum starts from what was there before, or from nothing where it should go on. */
  "start",
  /** A mean over the wrong number, a 2 that is lost, a weight that is ignored. */
  "factor",
  /** One function or coefficient in place of another: sigma' for sigma, cos for sin. */
  "function",
  /** The mirrored half is left out or counted twice. */
  "symmetry",
  /** A digit of a constant. */
  "constant",
  /** One word, operand or argument in the place of another. */
  "swap",
  /** What an option says is not done, or done unasked. */
  "branch",
  /** A number that is not finite, or out of range, goes through. */
  "guard",
  /** Single where double precision is promised, or a sum that runs on in it. */
  "precision",
  /** A view or an address that was kept too long, a region that is somebody else's. */
  "stale",
] as const;

export type Kind = (typeof KINDS)[number];

export interface Fault {
  /** Path from the root of the project, with slashes. */
  file: string;
  kind: Kind;
  /** What is wrong once it is planted, in words. */
  what: string;
  /** The text in whose place `replace` comes; it is in the file exactly once. */
  find: string;
  replace: string;
  /** Tests of the sources that see the file, where it is no kernel; the kernels' own tests are found by their imports. */
  tests?: readonly string[];
}

/** kind, what, find, replace */
export type Row = readonly [kind: Kind, what: string, find: string, replace: string];

/** The faults of one file. */
export function faultsOf(file: string, rows: readonly Row[], tests?: readonly string[]): Fault[] {
  return rows.map(([kind, what, find, replace]) => ({ file, kind, what, find, replace, ...(tests ? { tests } : {}) }));
}
