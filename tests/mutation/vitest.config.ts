// What mutants of the sources meet: tests of the sources and of the package, all on the sources and in Node. Left out are
// suites on the repository itself, and, where only the four rooms of scripts/mutation.ts change, suites on the other rooms: they
// would cost hours and kill nothing that the others let live.

import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import FastFirst from "./fast-first.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Replaces modules, and would do so for the files after it. */
const ISOLATED = ["tests/unit/engine.test.ts"];

const REPOSITORY = [
  "tests/unit/{canaries,conformance,contributing,docs-links,faults,fuzz,fuzz-cli,growth,licences,lint,mutation}.test.ts",
  "tests/unit/{philox,release,rooms,test-runner}.test.ts",
];
const OTHER_ROOMS = [
  "tests/unit/{cli,io,plot,pool,problem,slurm,sweep}*.test.ts",
  "tests/unit/{convergence-time,required-width,scaling-*,shares}.test.ts",
  "tests/package/{read,scaling,sweep}.test.ts",
];

const shared = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  root,
  test: {
    sequence: { sequencer: FastFirst },
    projects: [
      { root, test: { ...shared, name: "isolated", include: ISOLATED } },
      {
        root,
        resolve: {
          alias: [{ find: /^propchaos$/, replacement: fileURLToPath(new URL("src/index.ts", `file://${root}/`)) }],
        },
        test: {
          ...shared,
          name: "together",
          include: ["tests/unit/**/*.test.ts", "tests/package/**/*.test.ts"],
          exclude: [
            ...ISOLATED,
            "**/*.node.test.ts",
            ...REPOSITORY,
            ...(process.env.MUTATION_SUITES === "all" ? [] : OTHER_ROOMS),
          ],
          isolate: false,
          pool: "threads",
          maxWorkers: 1,
        },
      },
    ],
  },
});
