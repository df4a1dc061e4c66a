import { expect, test } from "vitest";
import { passedKernelTests, summarise } from "../../scripts/test.ts";

test("the number of kernel tests is read through the colours of the terminal", () => {
  expect(passedKernelTests("  [Summary]\n    [Tests]: \u001b[32m12\u001b[39m / 13\n   [Groups]: 2 / 2")).toBe(12);
  expect(passedKernelTests("[Tests]: 0 / 0\n[Result]: Pass!")).toBe(0);
  expect(passedKernelTests("Segmentation fault")).toBe(0);
});

test("a suite in which no test ran fails the run", () => {
  const good = { suite: "simd", tests: 12, fine: true };
  expect(summarise([good]).fine).toBe(true);
  expect(summarise([good, { suite: "scalar", tests: 0, fine: true }]).fine).toBe(false);
  expect(summarise([good, { suite: "unit", tests: 3, fine: false }]).fine).toBe(false);
  expect(summarise([]).fine).toBe(false);
  expect(summarise([good, { suite: "scalar", tests: 0, fine: true }]).lines[1]).toContain("no test ran");
});
