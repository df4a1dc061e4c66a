// Command lines of any shape: those that people write, with near misses and hostile values put in. Commands and options are the
// program's own, so that a new one is in the grammar on the day it is made.

import type { Command } from "commander";
import fc from "fast-check";
import { createProgram } from "../../src/cli/program.ts";

/** A command that does something, with its options. */
interface Leaf {
  path: string[];
  options: { flag: string; takes: boolean; choices: readonly string[] }[];
}

function leavesOf(command: Command, path: string[]): Leaf[] {
  const inside = command.commands.flatMap((child) => leavesOf(child, [...path, child.name()]));
  if (command.registeredArguments.length === 0 && command.commands.length > 0) return inside;
  const options = command.options.map((option) => ({
    flag: option.long as string,
    takes: option.required || option.optional,
    choices: option.argChoices ?? [],
  }));
  return [...inside, { path, options }];
}

const LEAVES = leavesOf(
  createProgram(() => undefined),
  [],
).filter(({ path }) => path.length > 0);

const RUN = ["--d", "3", "--time", "0.04", "--step", "0.02", "--record", "2"];

/** What makes a command end within milliseconds, unless the fuzz has it otherwise. */
const SMALL: Record<string, string[]> = {
  gap: ["He4", ...RUN, "--widths", "2,3", "--seeds", "1", "--tolerance", "1e-3", "--workers", "0"],
  gaps: ["He4", ...RUN, "--widths", "2", "--samples", "4", "--seeds", "1", "--workers", "0"],
  limit: ["He4", ...RUN, "--tolerance", "1e-3", "--workers", "0"],
  train: ["He4", ...RUN, "--width", "2", "--workers", "0"],
  theory: ["He4", ...RUN, "--width", "2", "--tolerance", "1e-3"],
  constants: ["He4", "--d", "3", "--time", "0.1", "--tolerance", "0.5", "--record", "2"],
  sweep: ["plan.json", "--out", "out", "--workers", "0"],
  "sweep missing": ["sweep"],
  plot: ["drawn", "--format", "svg", "--out", "out"],
  "scaling time": ["--k", "3", "--d", "3", "--tolerance", "0.1", "--horizon", "9", "--workers", "0"],
  "scaling width": ["--k", "3", "--d", "3", "--gap", "0.5", "--time", "0.1", "--largest-width", "8", "--workers", "0"],
  "scaling gap": ["He4", ...RUN, "--widths", "2,3", "--seeds", "2", "--tolerance", "1e-3", "--workers", "0"],
  "scaling samples": ["He4", ...RUN, "--widths", "2", "--samples", "4,5", "--seeds", "2", "--workers", "0"],
  "scaling decay": ["He4", "--d", "3", "--time", "1", "--tolerance", "0.1"],
  problems: [],
};

/** No number, or none that means anything here. */
const NUMBERS = [
  ...["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "-0", "0", "", " ", ",", "1,", "0x10", "１２", "1e-320", "-1"],
  ...["0.5", "1.5", "1e300", "1e308", "9007199254740993", "1e18", "+3", "1_000", "2,2", "3,2,1", "1e9", "2e-2,", "1/2"],
  ...[
    "..",
    "1..",
    "1..1e300",
    "5..3",
    "1..9:2",
    "1..9:1e9",
    "1..1e300:1000",
    "4294967296",
    "null",
    "undefined",
    "auto",
  ],
];
/** Sizes that some option takes, all of them small. */
const SIZES = [
  "1",
  "2",
  "3",
  "4",
  "5",
  "7",
  "8",
  "0.02",
  "0.04",
  "0.1",
  "2,3",
  "3,4,5",
  "1e-3",
  "2GiB",
  "64MiB",
  "1/2",
];
/** Names of files: those of the playground, and others. */
const PATHS = [
  ...[
    "out",
    "./out",
    "out/a/b",
    "out/..",
    "out/../out",
    "file",
    "file/below",
    "locked",
    "results",
    "sweep",
    "drawn",
    ".",
    "plan.json",
  ],
  ...[
    "wrong.json",
    "list.json",
    "binary.json",
    "lost.json",
    "particles.npy",
    "short.npy",
    "half.npy",
    "nan.npy",
    "huge.npy",
  ],
  ...[
    "link",
    "dangling",
    "loop",
    "inputs.npy",
    "labels.npy",
    "/dev/null",
    "/dev/null/out",
    "/dev/full",
    "/proc/out",
    "",
    " ",
  ],
  ...[
    "-",
    "--",
    "~",
    "out\0x",
    "ünï/côdé",
    "🦀",
    "a".repeat(300),
    `${"b/".repeat(50)}c`,
    "x\ny",
    "con",
    "out\\..\\x",
    "$(id)",
    "%s",
  ],
];
const WORDS = [
  "He4",
  "He3",
  "Ge4",
  "NP_mis",
  "XOR_2",
  "Zero",
  "he4",
  "He44",
  "__proto__",
  "constructor",
  "toString",
  "-",
  "—",
];

const hostileText = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.double().map(String),
  fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 5 }).map(String),
);
const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 6, arbitrary: fc.constantFrom(...SIZES) },
  { weight: 3, arbitrary: fc.constantFrom(...PATHS) },
  { weight: 1, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 1, arbitrary: hostileText },
);

/** An option with one letter changed, lost or doubled. */
function misspelt(flag: string): fc.Arbitrary<string> {
  return fc.tuple(fc.nat(flag.length), fc.constantFrom("", "s", "-", "=", "X")).map(([place, letter]) => {
    return flag.slice(0, place) + letter + flag.slice(place + 1);
  });
}

const EVERY = [...new Set(LEAVES.flatMap(({ options }) => options.map(({ flag }) => flag)))];

function changeOf({ options }: Leaf): fc.Arbitrary<string[]> {
  const own = fc.constantFrom(...options).chain(({ flag, takes, choices }): fc.Arbitrary<string[]> => {
    if (!takes) return fc.constant<string[]>([flag]);
    const some = /out|data|labels|initial/.test(flag) ? fc.constantFrom(...PATHS) : value;
    const given = choices.length > 0 ? fc.oneof(fc.constantFrom(...choices), fc.constantFrom(...choices), some) : some;
    return given.chain((text) => fc.constantFrom<string[]>([flag, text], [flag, text], [`${flag}=${text}`]));
  });
  return fc.oneof<fc.MaybeWeightedArbitrary<string[]>[]>(
    { weight: 14, arbitrary: own },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(...EVERY)
        .chain(misspelt)
        .map((flag) => [flag]),
    },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...EVERY), value).map((pair) => [...pair]) },
    { weight: 1, arbitrary: value.map((text) => [text]) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(["--json"], ["--quiet"], ["--"], ["-h"], ["--help"], ["-V"], ["-"], ["-d", "3"]),
    },
  );
}

/** Commands that take a tenth of a second and more even so are rarer. */
const RARE = /^(theory|constants|gaps|scaling .*)$/;

function weightOf({ path }: Leaf): number {
  if (path[0] === "plot") return 1;
  return RARE.test(path.join(" ")) ? 2 : 12;
}

const leaf = fc.oneof(...LEAVES.map((leaf) => ({ weight: weightOf(leaf), arbitrary: fc.constant(leaf) })));

/** A command line: the small one of a command, with changes after it, and now and then before it or without it. */
export const commandLines: fc.Arbitrary<string[]> = leaf.chain((leaf) => {
  const small = SMALL[leaf.path.join(" ")];
  if (!small) throw new Error(`tests/support/command-lines.ts has no small line of ${leaf.path.join(" ")}`);
  return fc
    .record({
      subject: fc.oneof(
        { weight: 12, arbitrary: fc.constant(small.slice(0, 1)) },
        { weight: 2, arbitrary: fc.constantFrom(...WORDS, ...PATHS).map((word) => [word]) },
        { weight: 1, arbitrary: fc.constant([]) },
      ),
      changes: fc.array(changeOf(leaf), { minLength: 1, maxLength: 5 }),
      json: fc.boolean(),
      place: fc.nat(40),
    })
    .map(({ subject, changes, json, place }) => {
      const fixed = small.length > 0 && !small[0].startsWith("--") ? [...subject, ...small.slice(1)] : small;
      const line = [...leaf.path, ...fixed, ...(json ? ["--json"] : []), ...changes.flat()];
      // Few are cut off in the middle, or have a part of another place.
      return place === 0 ? line.slice(0, line.length >> 1) : place === 1 ? [...changes.flat(), ...line] : line;
    });
});
