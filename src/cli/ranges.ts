// Lists of whole numbers on the command line: 32,64,128, and ranges a..b, whose points have equal distances on a logarithmic axis.

import { InvalidArgumentError } from "commander";
import { readNumber } from "./options.ts";

/** Points of a range in a factor of ten. */
const PER_DECADE = 4;

/** Points of a range at least, and at most. */
const FEWEST = 3;
const MOST = 1000;

function rangeOf(text: string): number[] {
  const [ends, count] = text.split(":");
  const [from, to, ...more] = ends.split("..").map(readNumber);
  if (more.length > 0 || !(from >= 1 && to > from))
    throw new InvalidArgumentError("Allowed is a range a..b with 1 <= a < b, such as 32..1000 or 32..1000:9.");
  const decades = Math.log10(to / from);
  const points = count === undefined ? Math.max(FEWEST, 1 + Math.round(PER_DECADE * decades)) : readNumber(count);
  if (!Number.isInteger(points) || points < 2 || points > MOST)
    throw new InvalidArgumentError(`Allowed are 2 to ${MOST} points of a range, as in 32..1000:9.`);
  return Array.from({ length: points }, (_, i) => Math.round(from * (to / from) ** (i / (points - 1))));
}

/** Ascending numbers without repetition. */
export function readRanges(text: string): number[] {
  const values = text
    .replace(/,$/, "")
    .split(",")
    .flatMap((part) => (part.includes("..") ? rangeOf(part) : [readNumber(part)]));
  return [...new Set(values)].sort((a, b) => a - b);
}
