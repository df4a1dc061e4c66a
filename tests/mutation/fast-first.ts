// The order in which test files meet a mutant: short ones first, because the first failure ends the run.

import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

export default class FastFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const duration = ({ project, moduleId }: TestSpecification) =>
      this.ctx.cache.getFileTestResults(`${project.name}:${relative(this.ctx.config.root, moduleId)}`)?.duration ?? 0;
    // The base class keeps the projects apart, which is needed; within one its order is the opposite of ours.
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => {
      if (a.project !== b.project) return 0;
      return duration(a) - duration(b);
    });
  }
}
