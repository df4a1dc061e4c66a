// A checker for Stryker that lets through the mutants of a list, which build/mutation/sample.json holds. Stryker takes ranges of code, and
// a range has whatever lies in it; mutants that a checker refuses are not in the score.

import { readFileSync } from "node:fs";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { keyOf } from "./key.js";

class Sample {
  #chosen = new Set(JSON.parse(readFileSync(process.env.MUTATION_SAMPLE, "utf8")));

  async init() {}

  async check(mutants) {
    const verdict = (mutant) =>
      this.#chosen.has(keyOf(mutant)) ? { status: "passed" } : { status: "compileError", reason: "not in the sample" };
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, verdict(mutant)]));
  }

  async group(mutants) {
    return [mutants.map(({ id }) => id)];
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Checker, "sample", Sample)];
