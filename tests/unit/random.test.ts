// src/engine/random.ts against a second implementation of the numbers (tests/support/philox.ts).

import { expect, test } from "vitest";
import { createEngine } from "../../src/engine/index.ts";
import { fillSphere, STREAM, uniforms } from "../../src/engine/random.ts";
import * as reference from "../support/philox.ts";

test("particles are the normals of their counters over their norm, in one call or in slices", async () => {
  using engine = await createEngine();
  const [m, d, dp, seed, replica] = [9, 3, 4, 5, 2];
  const { slots, free } = engine.arena.reserve("a test", { whole: m * dp, sliced: m * dp });
  fillSphere(engine, slots.whole, { m, d, dp, seed, replica });
  for (const [first, last] of [
    [4, 9],
    [0, 4],
  ])
    fillSphere(engine, slots.sliced, { m: last, d, dp, seed, replica, first });
  expect(slots.sliced.view).toEqual(slots.whole.view);
  for (let i = 0; i < m; i++) {
    const row = Array.from({ length: d }, (_, c) => reference.normal([seed, replica], [STREAM.particles, i, c, 0]));
    const norm = Math.hypot(...row);
    for (let c = 0; c < d; c++) expect(slots.whole.view[i * dp + c]).toBeCloseTo(row[c] / norm, 14);
  }
  free();
});

test("uniforms are those of their counters, and nobody's memory", async () => {
  using engine = await createEngine();
  const drawn = uniforms(engine, 20, 7, STREAM.bootstrap, 3);
  uniforms(engine, 20, 8, STREAM.bootstrap, 3);
  expect([...drawn]).toEqual(
    Array.from({ length: 20 }, (_, i) => reference.uniforms([7, 0], [STREAM.bootstrap, 3, i, 0])[0]),
  );
});
