// A small language for the shape of a document that comes from outside: each reader checks one value and returns it,
// with series turned into Float64Array. What is wrong is said with the JSON path, such as $.widths[0].loss.mean[3].

import { checkInteger, checkNumber, checkOneOf, wrongKind, wrongValue } from "../core/check.ts";

/** What a reader knows of the document it is in. */
export interface Context {
  /** Number of recorded times: the length of every series. */
  records: number;
}

/** Checks the value at `path` and returns what stands for it in memory. */
export type Read = (path: string, value: unknown, context: Context) => unknown;

/** A number, finite as everything in a report. */
export function number(range: { min?: number; above?: boolean } = {}): Read {
  return (path, value) => checkNumber(path, value, range);
}

export function integer(min: number, max?: number): Read {
  return (path, value) => checkInteger(path, value, min, max);
}

export function oneOf(...choices: string[]): Read {
  return (path, value) => checkOneOf(path, value, choices);
}

export const text: Read = (path, value) => (typeof value === "string" ? value : wrongKind(path, "a string", value));

export const flag: Read = (path, value) =>
  typeof value === "boolean" ? value : wrongKind(path, "true or false", value);

/** The value, or null. */
export function nullable(read: Read): Read {
  return (path, value, context) => (value === null ? null : read(path, value, context));
}

/** A list of `length` items, or of any length. */
export function list(item: Read, length?: number): Read {
  const allowed = `a list of ${length === undefined ? "" : `${length} `}values`;
  return (path, value, context) => {
    if (!Array.isArray(value)) wrongKind(path, allowed, value);
    if (length !== undefined && value.length !== length) wrongValue(path, allowed, value);
    // Array.from also visits the holes of a sparse list, which map passes over.
    return Array.from(value, (entry, index) => item(`${path}[${index}]`, entry, context));
  };
}

/** One list entry a recorded time. */
export function perRecord(item: Read): Read {
  return (path, value, context) => {
    if (Array.isArray(value) && value.length !== context.records)
      throw new RangeError(`${path} must have ${context.records} values, one a recorded time; got ${value.length}`);
    return list(item)(path, value, context);
  };
}

/** One number a recorded time, as a Float64Array. */
export const series: Read = (path, value, context) =>
  Float64Array.from(perRecord(number())(path, value, context) as number[]);

/** Ascending flow times, as a Float64Array. */
export const times: Read = (path, value, context) => {
  const read = list(number({ min: 0 }))(path, value, context) as number[];
  for (let k = 1; k < read.length; k++)
    if (read[k] <= read[k - 1]) wrongValue(`${path}[${k}]`, `above ${path}[${k - 1}] = ${read[k - 1]}`, read[k]);
  return Float64Array.from(read);
};

/** An object whose field `kind`, or another, says which of the readers is for it. */
export function byKind(readers: Record<string, Read>, field = "kind"): Read {
  return (path, value, context) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) wrongKind(path, "an object", value);
    const kind = checkOneOf(`${path}.${field}`, (value as Record<string, unknown>)[field], Object.keys(readers));
    return readers[kind](path, value, context);
  };
}

/** A document inside another: its series are as long as its own list of times. */
export function inner(read: Read): Read {
  return (path, value) => {
    const time = (value as { time?: unknown } | null | undefined)?.time;
    return read(path, value, { records: Array.isArray(time) ? time.length : 0 });
  };
}

/**
 * An object with these fields. Others are kept as they are: a later version may add some. The fields stay in the order
 * of the document, so that it is written again as it was.
 */
export function fields(required: Record<string, Read>, optional: Record<string, Read> = {}): Read {
  const known = new Map(Object.entries({ ...required, ...optional }));
  return (path, value, context) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) wrongKind(path, "an object", value);
    for (const name of Object.keys(required)) {
      if (!Object.hasOwn(value, name))
        throw new TypeError(`${path}.${name} is missing; ${path} must have ${Object.keys(required).join(", ")}`);
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, entry]) => {
        const read = known.get(name);
        return [name, read ? read(`${path}.${name}`, entry, context) : entry];
      }),
    );
  };
}
