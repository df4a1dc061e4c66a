// A sum over many samples in an order that does not depend on who computes which part of it. The samples are cut into
// leaves; the sum of more than one leaf is that of its left part, the largest power of two of leaves below their number,
// plus that of the rest. So a thread that has a row of leaves hands over few sums, of whole parts, and whoever adds them up
// gets the same bits as a thread that has them all.

import type { Slot } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";

/** What stands from `first` up to and without `last`. */
export interface Range {
  first: number;
  last: number;
}

/** Terms of a range cut into leaves of `size` terms; the last may have fewer. */
export interface Leaves extends Range {
  size: number;
  count: number;
}

/** Fewest terms of a leaf: adding two sums up is then nothing beside them. A multiple of the blocks of all kernels. */
const LEAST = 1024;

/** Most leaves: as many threads can take part. */
const MOST = 16;

/** Sums that are kept beside the result at most: log2 of that. */
export const MOST_DEPTH = 4;

/** The leaves of a range; of the number of its terms alone. */
export function leavesOf({ first, last }: Range): Leaves {
  const terms = last - first;
  const even = 64 * Math.ceil(terms / (64 * MOST));
  const size = Math.max(LEAST, even);
  return { first, last, size, count: Math.max(1, Math.ceil(terms / size)) };
}

/** Terms of a range of leaves. */
export function termsOf({ first, last, size }: Leaves, leaves: Range): Range {
  return { first: first + leaves.first * size, last: Math.min(last, first + leaves.last * size) };
}

/** Where a range of at least two leaves is cut in two. */
export function middleOf({ first, last }: Range): number {
  let half = 1;
  while (2 * half < last - first) half *= 2;
  return first + half;
}

/** A part of the tree with its sum. */
export interface Piece extends Range {
  values: Float64Array;
}

/** How one thread makes sums of the tree. */
export interface TreeSum {
  leaves: Leaves;
  /** Where the result is made (0), and what else is kept, up to `depthOf`. */
  at(depth: number): Slot;
  /** Sum over the terms of one leaf. */
  leaf(terms: Range, out: Slot): Promise<void>;
}

/** Makes the sum of a part at this depth; where one of the pieces is that part, it is there already. */
export async function sumPart(
  engine: Engine,
  tree: TreeSum,
  part: Range,
  pieces: readonly Piece[] = [],
  depth = 0,
): Promise<void> {
  const out = tree.at(depth);
  const piece = pieces.find(({ first, last }) => first === part.first && last === part.last);
  if (piece) {
    out.view.set(piece.values);
  } else if (part.last - part.first > 1) {
    const middle = middleOf(part);
    await sumPart(engine, tree, { first: part.first, last: middle }, pieces, depth);
    await sumPart(engine, tree, { first: middle, last: part.last }, pieces, depth + 1);
    engine.kernels.addScaled(out.address, out.address, 1, tree.at(depth + 1).address, out.length);
  } else {
    await tree.leaf(termsOf(tree.leaves, part), out);
  }
}

/** Makes the sum of the whole tree. */
export function sumAll(engine: Engine, tree: TreeSum, pieces: readonly Piece[] = []): Promise<void> {
  return sumPart(engine, tree, { first: 0, last: tree.leaves.count }, pieces);
}

/** The largest parts of the tree that lie in a range of its leaves. */
export async function piecesOf(engine: Engine, tree: TreeSum, range: Range): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for (const part of partsWithin(tree.leaves.count, range)) {
    await sumPart(engine, tree, part);
    pieces.push({ ...part, values: tree.at(0).view.slice() });
  }
  return pieces;
}

/** Sums that are kept at a time, besides the result, while a sum over so many terms is made on one thread. */
export function depthOf(terms: number): number {
  const { count } = leavesOf({ first: 0, last: terms });
  let depth = 0;
  for (let width = 1; width < count; width *= 2) depth++;
  return depth;
}

/** The largest parts of the tree of `count` leaves that lie in a range of them, ascending. */
export function partsWithin(count: number, range: Range): Range[] {
  const parts: Range[] = [];
  const visit = (part: Range) => {
    if (part.last <= range.first || part.first >= range.last) return;
    if (part.first >= range.first && part.last <= range.last) {
      parts.push(part);
      return;
    }
    const middle = middleOf(part);
    visit({ first: part.first, last: middle });
    visit({ first: middle, last: part.last });
  };
  visit({ first: 0, last: count });
  return parts;
}
