// src/network/particles.ts: rows go in and come out with padding and without.

import { expect, test } from "vitest";
import { createEngine } from "../../src/engine/index.ts";
import { Particles } from "../../src/network/particles.ts";

test.each([3, 4])("a copy of particles in dimension %d stays what it is when they move", async (dimension) => {
  using engine = await createEngine();
  const particles = new Particles(engine, { width: 3, dimension, lanes: 4, signs: null, rungeKutta: false });
  const rows = Float64Array.from({ length: 3 * dimension }, (_, i) => i + 1);
  particles.set(rows);
  const copy = particles.copy();
  particles.set(new Float64Array(3 * dimension));
  expect(copy).toEqual(rows);
  expect([...particles.copy()]).toEqual(new Array(3 * dimension).fill(0));
});
