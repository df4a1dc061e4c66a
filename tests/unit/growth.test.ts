// Costs grow by the power that the count of operations says, and no faster: exponents of processor time over doublings of a size.

import { expect, test } from "vitest";
import { GROWTHS, type Growth, measureGrowth } from "../../bench/growth.ts";
import { createEngine } from "../../src/engine/index.ts";

/** Caches and a busy machine bend the line; an algorithm of the next power would bend it by 1. */
const SLACK = 0.4;

test.each(GROWTHS.map((growth) => [`${growth.work}, in ${growth.name}`, growth] as const))("%s", async (_, growth) => {
  using engine = await createEngine();
  expect((await measureGrowth(engine, growth, 7)).power).toBeLessThan(growth.expected + SLACK);
});

test("an algorithm that grows faster is caught", async () => {
  using engine = await createEngine();
  const pass = (n: number) => {
    let sum = 0;
    for (let i = 0; i < 2000 * n; i++) sum += Math.sqrt(i);
    return sum;
  };
  const quadratic: Growth = {
    work: "passes",
    name: "n",
    sizes: [16, 32, 64, 128],
    expected: 1,
    make: async (_, n) => ({ run: () => pass((n * n) / 16), free: () => undefined }),
  };
  expect((await measureGrowth(engine, quadratic, 7)).power).toBeGreaterThan(quadratic.expected + SLACK);
});
