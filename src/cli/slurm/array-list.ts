// The lists of sbatch --array: "3,7-9" means the indices 3, 7, 8 and 9; "1-9:4" means 1, 5 and 9; "%20" at the end that
// no more than 20 run at once.

/** Whole numbers of at least 0, in any order, as the shortest list of ranges; an empty text for none. */
export function formatIndices(indices: Iterable<number>): string {
  const sorted = [...new Set(indices)].sort((a, b) => a - b);
  const ranges: { first: number; last: number }[] = [];
  for (const index of sorted) {
    const range = ranges.at(-1);
    if (range && index === range.last + 1) range.last = index;
    else ranges.push({ first: index, last: index });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join();
}

const PART = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/;

/** Far above what any cluster allows; keeps a typo from filling the memory. */
const MOST = 10_000_000;

/**
 * The indices of a list, ascending and each once, whatever may run at once.
 *
 * @throws RangeError where `text` is no such list.
 */
export function parseIndices(text: string): number[] {
  const indices = new Set<number>();
  const wrong = () => new RangeError(`an array list must be like 3,7-9 or 1-99:2; got ${JSON.stringify(text)}`);
  const list = text.replace(/%\d+$/, "");
  for (const part of list === "" && text === "" ? [] : list.split(",")) {
    const [, first, last = first, step = "1"] = PART.exec(part) ?? [];
    if (first === undefined || Number(last) < Number(first) || Number(last) > MOST || Number(step) < 1) throw wrong();
    for (let index = Number(first); index <= Number(last); index += Number(step)) indices.add(index);
  }
  return [...indices].sort((a, b) => a - b);
}

/** A list with the number that may run at once, where there is one. */
export function formatArray(indices: Iterable<number>, atOnce: number | null): string {
  const list = formatIndices(indices);
  return list === "" || atOnce === null ? list : `${list}%${atOnce}`;
}
