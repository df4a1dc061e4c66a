// Makes the runs of documentation small enough for a test: the program stays as it is written, but what it asks to compute is a few
// neurons over a few steps. Sizes that the text does not give stay at their defaults.

/** Largest values in a test. */
const MOST: Record<string, number> = { seeds: 2, samples: 256, batch: 128, test: 128, width: 16, particles: 4 };
const STEP = 0.02;
const MOST_STEPS = 40;

function widthsOf(widths: readonly number[]): number[] {
  return widths.map((m, i) => Math.min(m, 8 * (i + 1)));
}

function timeOf(time: number, step: number): number {
  return Math.min(time, MOST_STEPS * step);
}

/** Record times shrunk with the run, each on a step and none twice. */
function recordOf(record: readonly number[], time: number, step: number): number[] {
  const last = record.at(-1) ?? 0;
  if (last <= timeOf(time, step)) return [...record];
  const steps = record.map((t) => Math.round((t / time) * Math.round(timeOf(time, step) / step)));
  return [...new Set(steps)].map((n) => n * step);
}

/** Options of a computing function, made small. */
export function smallOptions(options: Record<string, unknown>): Record<string, unknown> {
  const small = { ...options };
  const step = typeof options.step === "number" ? options.step : STEP;
  for (const [name, most] of Object.entries(MOST))
    if (typeof options[name] === "number") small[name] = Math.min(options[name], most);
  if (typeof options.time === "number") {
    small.time = timeOf(options.time, step);
    if (Array.isArray(options.record)) small.record = recordOf(options.record, options.time, step);
    if (typeof options.record === "number") small.record = Math.min(options.record, 5);
  }
  if (Array.isArray(options.samples)) small.samples = options.samples.map((_, i) => MOST.samples * (i + 1));
  if (Array.isArray(options.widths)) small.widths = widthsOf(options.widths);
  if (typeof options.reference === "number") small.reference = 64;
  if (typeof options.data === "object" && options.data !== null && !("inputs" in options.data))
    small.data = smallOptions(options.data as Record<string, unknown>);
  return small;
}

/** Flags of the command line whose values are numbers or lists of them, by the option that they set. */
const FLAGS: Record<string, string> = {
  "--seeds": "seeds",
  "--samples": "samples",
  "--batch": "batch",
  "--test-samples": "test",
  "--width": "width",
  "--particles": "particles",
  "--first": "width",
};

/** Arguments of a command, made small in the same way. */
export function smallArguments(args: readonly string[]): string[] {
  const valueAfter = (flag: string) => args[args.indexOf(flag) + 1];
  const given = (flag: string) => args.includes(flag);
  const step = given("--step") ? Number(valueAfter("--step")) : STEP;
  return args.map((value, i) => {
    const flag = args[i - 1] ?? "";
    const numbers = value.split(",").map(Number);
    if (flag in FLAGS) return [...new Set(numbers.map((n, j) => Math.min(n, MOST[FLAGS[flag]] * (j + 1))))].join(",");
    if (flag === "--d" && /\.\.|,/.test(value)) return "8,12";
    if (flag === "--k") return value.split(",").slice(0, 2).join(",");
    if (flag === "--gap") return "0.3";
    if (flag === "--from")
      return String((Number(value) / Number(valueAfter("--time"))) * timeOf(Number.POSITIVE_INFINITY, step));
    if (flag === "--widths") return value.includes("..") ? "8..16" : widthsOf(numbers).join(",");
    if (flag === "--time") return String(timeOf(numbers[0], step));
    if (flag === "--record" && numbers.length > 1)
      return recordOf(numbers, Number(valueAfter("--time")), step).join(",");
    if (flag === "--record") return String(Math.min(numbers[0], 5));
    if (flag === "--reference") return "64";
    return value;
  });
}
