// A vitest reporter: writes for each project how many tests passed and failed, which failed and were skipped and why, and whether all
// went well, as JSON, to the file named by TEST_COUNTS. vitest's own JSON report does not say which project a test belongs to.

import { writeFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import type { Reporter, TestModule } from "vitest/node";

/** What one project came to; `failures` and `skipped` are sentences that begin with the name of what did not pass. */
export interface Count {
  passed: number;
  failed: number;
  failures: string[];
  skipped: string[];
  fine: boolean;
}

/** One entry a project. */
export type Counts = Partial<Record<string, Count>>;

const firstLine = (text: string) => stripVTControlCharacters(text).split("\n", 1)[0];

function count(module: TestModule, into: Count): void {
  for (const test of module.children.allTests()) {
    const { state, errors } = test.result();
    if (state === "passed") into.passed++;
    if (state === "failed") {
      into.failed++;
      const name = `${module.relativeModuleId} > ${test.fullName.replaceAll(/\s+/g, " ")}`;
      into.failures.push(`${name}: ${firstLine(errors[0]?.message ?? "")}`);
    }
    if (state === "skipped") {
      const { note } = test.result() as { note?: string };
      into.skipped.push(note ? `${test.fullName} (${note})` : test.fullName);
    }
  }
  // What belongs to no test: a file that could not be read, a hook that failed.
  for (const suite of [module, ...module.children.allSuites()]) {
    const name = module.relativeModuleId + (suite.type === "suite" ? ` > ${suite.fullName}` : "");
    for (const { message } of suite.errors()) into.failures.push(`${name}: ${firstLine(message)}`);
  }
  into.fine &&= module.ok();
}

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const path = process.env.TEST_COUNTS;
    if (!path) return;
    const counts: Counts = {};
    for (const module of modules) {
      const { name } = module.project;
      counts[name] ??= { passed: 0, failed: 0, failures: [], skipped: [], fine: true };
      count(module, counts[name]);
    }
    writeFileSync(path, JSON.stringify(counts));
  }
}
