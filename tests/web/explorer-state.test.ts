// Settings from URLs and forms: whatever comes in can be run, and a sentence says what was changed.

import fc from "fast-check";
import { problemNames } from "propchaos";
import { describe, expect, test } from "vitest";
import { problemOf } from "../../web/experiment.ts";
import { commandLine, nodeScript } from "../../web/script.ts";
import {
  DEFAULTS,
  NAMES,
  RANGES,
  readSettings,
  recordCount,
  type Settings,
  workOf,
  writeSettings,
} from "../../web/settings.ts";
import { TOUR } from "../../web/tour.ts";
import { readUrl, writeUrl } from "../../web/url.ts";

/** What the library asks of a run. Plain comparisons: tens of thousands of settings are looked at. */
function expectRunnable(settings: Settings): void {
  const { d, widths, time, step, samples, seeds, seed } = settings;
  const within = (name: keyof typeof RANGES, value: number) => value >= RANGES[name][0] && value <= RANGES[name][1];
  const steps = Math.round(time / step);
  const mistakes = {
    problem: problemOf(settings).d !== d,
    d: !within("d", d),
    seeds: !within("seeds", seeds),
    seed: !within("seed", seed) || Object.is(seed, -0),
    width: widths.length === 0 || !widths.every((m) => within("width", m)),
    order: widths.some((m, i) => i > 0 && !(m > widths[i - 1])),
    samples: samples !== null && !(1.5 * samples * d <= 2 ** 25),
    steps: !(steps >= 1 && steps <= 50_000),
    time: !(Math.abs(steps * step - time) <= 1e-9 * time),
    records: !(recordCount(settings) >= 2),
    work: !(workOf(settings) <= 1e13),
  };
  const found = Object.entries(mistakes).filter(([, wrong]) => wrong);
  if (found.length > 0) throw new Error(`${JSON.stringify(settings)} cannot be run: ${found.map(([name]) => name)}`);
}

const value = fc.oneof(
  fc.string(),
  fc.double().map(String),
  fc.integer({ min: -10, max: 10_000_000 }).map(String),
  fc.array(fc.integer({ min: -3, max: 9000 })).map(String),
  fc.constantFrom(
    "NaN",
    "Infinity",
    "1e309",
    "-0",
    "0x10",
    "<script>alert(1)</script>",
    "population",
    "pgd",
    "flow",
    "euclidean",
  ),
  fc.constantFrom("Hermite", ...problemNames),
);

/** More by FUZZ_RUNS, a factor. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 1);

describe("whatever stands in a URL", () => {
  test("becomes settings that can be run", () => {
    const entries = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...NAMES, "tour"), fc.string()), value), {
      maxLength: 14,
    });
    fc.assert(
      fc.property(entries, (pairs) => {
        const { settings, tour } = readUrl(`#${new URLSearchParams(pairs)}`, TOUR.length);
        expectRunnable(settings);
        if (tour !== null && !TOUR[tour]) throw new Error(`there is no step ${tour}`);
      }),
      { numRuns: 5000 * RUNS, seed: 14 },
    );
  });

  test("and any text that is no list of parameters too, and one that this page has written, damaged", () => {
    const written = fc
      .array(fc.tuple(fc.constantFrom(...NAMES), value))
      .map((pairs) => writeUrl(readSettings(Object.fromEntries(pairs)).settings, 1));
    const part = fc.oneof(
      fc.string({ unit: "binary", maxLength: 6 }),
      fc.constantFrom("%", "%00", "%FF", "%E2%82", "&", "&&=", "=", "#", "+", "\0", "\ud800", "=1e999", "__proto__=1&"),
      fc.constantFrom(
        "&toString=x",
        "&constructor[prototype]=1",
        "&d=4",
        "&d=1e9",
        "&seeds=-0",
        "&tour=99",
        "&tour=__proto__",
      ),
    );
    const damaged = fc
      .tuple(written, fc.array(fc.tuple(fc.nat(250), fc.nat(9), part), { minLength: 1, maxLength: 4 }))
      .map(([hash, changes]) =>
        changes.reduce((text, [place, lost, put]) => text.slice(0, place) + put + text.slice(place + lost), hash),
      );
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 3000 }), damaged, damaged, damaged), (text) => {
        const { settings, notices, tour } = readUrl(text, TOUR.length);
        expectRunnable(settings);
        if (tour !== null && !TOUR[tour]) throw new Error(`there is no step ${tour}`);
        // Sentences are shown as text; none repeats more of the address than a few characters of a line.
        const strange = notices.filter((notice) => !/^\P{Cc}{1,240}$/u.test(notice));
        expect([...strange, ...readUrl(writeUrl(settings, tour), TOUR.length).notices]).toEqual([]);
      }),
      { numRuns: 7000 * RUNS, seed: 14 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test("settings come back as they were written", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...NAMES), value)),
        fc.option(fc.nat(TOUR.length - 1)),
        (pairs, tour) => {
          const { settings } = readSettings(Object.fromEntries(pairs));
          const back = readUrl(writeUrl(settings, tour), TOUR.length);
          const { exponent, ...others } = settings;
          expect(back.settings).toMatchObject(settings.problem === "Hermite" ? settings : others);
          expect(back.tour).toBe(tour);
          expect(back.notices).toEqual([]);
          expect(readSettings(writeSettings(settings))).toEqual({ settings, notices: [] });
        },
      ),
    );
  });

  test.each([
    [
      "widths=999999999",
      /^widths must be 1 to 6 whole numbers from 1 to 4096, not “999999999”; it is 64,256,1024 again\.$/,
    ],
    ["time=NaN", /^time must be a number from 0.001 to 100000, not “NaN”; it is 8 again\.$/],
    [
      "problem=%3Cscript%3Ealert(1)%3C/script%3E",
      /^problem must be one of the list, not “<script>alert\(1\)<\/script…”; it is He4 again\.$/,
    ],
    ["seed=-1", /^seed must be a whole number/],
    ["step=0.03", /^The time is a whole number of steps: 8.01\.$/],
    ["problem=XOR_4", /^XOR_4 is trained on samples only: 16384 are taken\.$/],
    ["problem=He4_random_16_16&d=4", /^The target of He4_random_16_16 looks at 16 coordinates, so d is 16\.$/],
    ["widths=4096&time=1000&seeds=64", /^This run would take hours/],
    ["time=100000&step=0.0001", /^A run here has at most 50000 steps, so the time is 5\.$/],
    ["nonsense=1", /^One entry of the address mean/],
    ["tour=7", /^The tour has steps 1 to 6\.$/],
  ])("%s has a sentence", (hash, sentence) => {
    const { notices } = readUrl(`#${hash}`, TOUR.length);
    expect(notices.length).toBeGreaterThan(0);
    expect(notices[0]).toMatch(sentence);
  });
});

test("an address that no page has made is not read at all", () => {
  expect(readUrl(`#d=${"9".repeat(3000)}`, TOUR.length)).toMatchObject({
    settings: DEFAULTS,
    notices: [expect.stringMatching(/^The address was too long/)],
  });
});

test("what is offered to copy holds no character that a shell or a script would read otherwise", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...NAMES), value)), (pairs) => {
      const { settings } = readSettings(Object.fromEntries(pairs));
      expect(commandLine(settings) ?? "").toMatch(/^[\w ,.+-]*$/);
      expect(nodeScript(settings)).toMatch(/^[\w\s,.+"(){}[\]:;=-]*$/);
    }),
  );
});

test("the defaults and every step of the tour need no correction", () => {
  for (const settings of [DEFAULTS, ...TOUR.map((step) => step.settings)])
    expect(readSettings(writeSettings(settings))).toEqual({ settings, notices: [] });
});
