// Argument checks. Every message names the argument, says what is allowed and what came. TypeError for the wrong kind,
// RangeError for the wrong value.

/** A value as it is shown in a message: short, and telling strings from numbers. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "number" || typeof value === "boolean" || value === undefined || value === null)
    return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${(value as Float64Array).length})`;
  return `an object of type ${value.constructor?.name ?? "Object"}`;
}

function sentence(name: string, allowed: string, value: unknown): string {
  return `${name} must be ${allowed}; got ${show(value)}`;
}

/** @throws TypeError */
export function wrongKind(name: string, allowed: string, value: unknown): never {
  throw new TypeError(sentence(name, allowed, value));
}

/** @throws RangeError */
export function wrongValue(name: string, allowed: string, value: unknown): never {
  throw new RangeError(sentence(name, allowed, value));
}

/** A finite number with `min <= value <= max`; `above` makes the lower end open. */
export function checkNumber(
  name: string,
  value: unknown,
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, above = false } = {},
): number {
  const range =
    (min > Number.NEGATIVE_INFINITY ? (above ? ` above ${min}` : ` of at least ${min}`) : "") +
    (max < Number.POSITIVE_INFINITY ? ` and at most ${max}` : "");
  const allowed = `a finite number${range}`;
  if (typeof value !== "number") wrongKind(name, allowed, value);
  if (!Number.isFinite(value) || value < min || value > max || (above && value === min))
    wrongValue(name, allowed, value);
  return value;
}

/** A whole number with `min <= value <= max`. */
export function checkInteger(name: string, value: unknown, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
  const allowed = max < Number.MAX_SAFE_INTEGER ? `an integer from ${min} to ${max}` : `an integer of at least ${min}`;
  if (typeof value !== "number") wrongKind(name, allowed, value);
  if (!Number.isInteger(value) || value < min || value > max) wrongValue(name, allowed, value);
  return value;
}

/** A seed: a whole number that fits into 32 bits. */
export function checkSeed(name: string, value: unknown): number {
  return checkInteger(name, value, 0, 4294967295);
}

/** One of a few strings. */
export function checkOneOf<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  const allowed = choices.map((choice) => JSON.stringify(choice)).join(" or ");
  if (typeof value !== "string") wrongKind(name, allowed, value);
  if (!choices.includes(value as T)) wrongValue(name, allowed, value);
  return value as T;
}

/** A function, or nothing. */
export function checkFunction<T>(name: string, value: T | undefined): T | undefined {
  if (value !== undefined && typeof value !== "function") wrongKind(name, "a function", value);
  return value;
}

/** A Float64Array of finite numbers. */
export function checkFloat64Array(name: string, value: unknown): Float64Array {
  if (!(value instanceof Float64Array)) wrongKind(name, "a Float64Array", value);
  for (let i = 0; i < value.length; i++) {
    if (!Number.isFinite(value[i])) wrongValue(`${name}[${i}]`, "a finite number", value[i]);
  }
  return value;
}

/** An object of options with no key but the ones named, so that a misspelt option is not passed over in silence. */
export function checkOptions(name: string, value: unknown, keys: readonly string[]): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) wrongKind(name, "an object", value);
  for (const key of Object.keys(value)) {
    if (!keys.includes(key)) throw new TypeError(`${name} has no option "${key}"; allowed are ${keys.join(", ")}`);
  }
}
