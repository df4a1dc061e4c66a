// Hostile text on the command line: each value is finite or refused in a sentence.

import { InvalidArgumentError } from "commander";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readBytes, readNumber, readNumbers, readRecord, readWorkers } from "../../src/cli/options.ts";

describe("values on the command line", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.stringMatching(/^[-+]?[0-9.,eE]{0,10}$/),
    fc.stringMatching(/^[0-9.]{0,6} ?[KMGkmg]?i?[Bb]?$/),
  );

  test.each([
    ["a number", readNumber],
    ["numbers", readNumbers],
    ["record times", readRecord],
    ["workers", readWorkers],
    ["bytes", readBytes],
  ])("%s: finite or refused", (_, read: (value: string) => unknown) => {
    fc.assert(
      fc.property(text, (value) => {
        try {
          for (const number of [read(value)].flat()) expect(number === "auto" || Number.isFinite(number)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidArgumentError);
        }
      }),
      { numRuns: 8000, seed: 1 },
    );
  });
});
