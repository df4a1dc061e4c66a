// A plan from a file: read, checked, and what is wrong with it said in sentences that a person can act on.

import leven from "leven";
import { checkPlan, planMistakes, problemNames, type SweepPlan, sweepTasks } from "../index.ts";
import { asUsage, reasonOf, UsageError } from "./errors.ts";
import { readFile } from "./read-file.ts";

/** The nearest of some words to a misspelt one; undefined where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const distance = (one: string) => leven(one.toLowerCase(), word.toLowerCase());
  const best = known.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  return distance(best) <= Math.max(2, word.length / 3) ? best : undefined;
}

function parse(path: string): unknown {
  let text: string;
  try {
    text = readFile(path).toString("utf8");
  } catch (error) {
    throw new UsageError(`the plan must be a JSON file that can be read; got "${path}" (${reasonOf(error)})`, {
      cause: error,
    });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    // Node shows a part of the text, over several lines.
    const reason = (error as Error).message.replace(/\s+/g, " ");
    throw new UsageError(`the plan ${path} is no JSON: ${reason}`, { cause: error });
  }
}

/** Reads and checks a plan. @throws UsageError with every mistake in its shape, or the first in what it means. */
export async function readPlan(path: string): Promise<SweepPlan> {
  const plan = parse(path);
  const mistakes = planMistakes(plan).map(({ sentence, unknown }) => {
    const meant = unknown && nearest(unknown.key, unknown.allowed);
    return meant === undefined ? sentence : sentence.replace(/; allowed are .*$/, `; did you mean "${meant}"?`);
  });
  if (mistakes.length > 0) throw new UsageError(mistakes.map((sentence) => `${path}: ${sentence}`).join("\n"));
  try {
    return await asUsage(() => {
      const checked = checkPlan(plan);
      sweepTasks(checked);
      return checked;
    }, String);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const given = /name must be one of .*; got "(.*)"$/.exec(error.message)?.[1];
    const meant = given === undefined ? undefined : nearest(given, problemNames);
    throw new UsageError(`${path}: ${error.message}${meant === undefined ? "" : `; did you mean "${meant}"?`}`, {
      cause: error,
    });
  }
}
