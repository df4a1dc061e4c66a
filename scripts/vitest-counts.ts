// A vitest reporter: writes for each project how many tests passed and failed, which were skipped and why, and whether all went
// well, as JSON, to the file named by TEST_COUNTS. vitest's own JSON report does not say which project a test belongs to.

import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

/** One entry a project. */
export type Counts = Partial<Record<string, { passed: number; failed: number; skipped: string[]; fine: boolean }>>;

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const path = process.env.TEST_COUNTS;
    if (!path) return;
    const counts: Counts = {};
    for (const module of modules) {
      const { name } = module.project;
      const { passed, failed, skipped, fine } = counts[name] ?? { passed: 0, failed: 0, skipped: [], fine: true };
      const count = (state: "passed" | "failed") => [...module.children.allTests(state)].length;
      for (const test of module.children.allTests("skipped")) {
        const { note } = test.result() as { note?: string };
        skipped.push(note ? `${test.fullName} (${note})` : test.fullName);
      }
      counts[name] = {
        passed: passed + count("passed"),
        failed: failed + count("failed"),
        skipped,
        fine: fine && module.ok(),
      };
    }
    writeFileSync(path, JSON.stringify(counts));
  }
}
