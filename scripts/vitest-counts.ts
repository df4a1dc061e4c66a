// A vitest reporter: writes for each project how many tests passed and failed and whether all went well, as JSON, to the file named
// by TEST_COUNTS. vitest's own JSON report does not say which project a test belongs to.

import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

/** One entry a project. */
export type Counts = Partial<Record<string, { passed: number; failed: number; fine: boolean }>>;

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const path = process.env.TEST_COUNTS;
    if (!path) return;
    const counts: Counts = {};
    for (const module of modules) {
      const { name } = module.project;
      const { passed, failed, fine } = counts[name] ?? { passed: 0, failed: 0, fine: true };
      const count = (state: "passed" | "failed") => [...module.children.allTests(state)].length;
      counts[name] = { passed: passed + count("passed"), failed: failed + count("failed"), fine: fine && module.ok() };
    }
    writeFileSync(path, JSON.stringify(counts));
  }
}
