// Wide networks approach the limit of every problem with several indices as 1/m: up to m = 4096.

import { approximationGap, createEngine, problems } from "propchaos";
import { expect, test } from "vitest";

test.each([
  "He4_orth",
  "He4_nonorth",
  "He4_random_2_8",
  "He4_random_2_16",
  "He4_random_8_8",
  "He4_random_16_16",
  "Man_2",
  "Man_big_2",
] as const)("%s", async (name) => {
  const engine = await createEngine();
  const { status, scaling } = await approximationGap(engine, problems[name]({ d: 16 }), {
    widths: [256, 4096],
    time: 0.2,
    step: 0.1,
    seeds: 3,
    record: [0.2],
    tolerance: 1e-4,
    workers: 0,
  });
  engine.dispose();
  expect(status).toBe("completed");
  expect(Math.abs((scaling?.functionGap?.slope ?? Number.NaN) + 1)).toBeLessThan(0.1);
  expect(Math.abs((scaling?.meanSquaredDelta?.slope ?? Number.NaN) + 1)).toBeLessThan(0.1);
});
