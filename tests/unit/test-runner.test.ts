import { expect, test } from "vitest";
import { kernelTests, summarise } from "../../scripts/test.ts";

test("the number of kernel tests is read through the colours of the terminal", () => {
  const output = "  [Summary]\n    [Tests]: \u001b[32m12\u001b[39m / 13\n   [Groups]: 2 / 2";
  expect(kernelTests(output)).toEqual({ passed: 12, failed: 1 });
  expect(kernelTests("[Tests]: 0 / 0\n[Result]: Pass!")).toEqual({ passed: 0, failed: 0 });
  expect(kernelTests("Segmentation fault")).toEqual({ passed: 0, failed: 0 });
});

test("a suite in which no test ran, or whose tool is not content, fails the run", () => {
  const good = { suite: "simd", passed: 12, failed: 0, fine: true };
  const empty = { suite: "scalar", passed: 0, failed: 0, fine: true };
  expect(summarise([good]).fine).toBe(true);
  expect(summarise([good, empty]).fine).toBe(false);
  expect(summarise([good, { suite: "unit", passed: 3, failed: 0, fine: false }]).fine).toBe(false);
  expect(summarise([]).fine).toBe(false);
  expect(summarise([good, empty]).lines[1]).toContain("no test ran");
});

test("the last line counts tests; what fails without a test counts as one", () => {
  const last = (...outcomes: Parameters<typeof summarise>[0]) => summarise(outcomes).lines.at(-1);
  const good = { suite: "simd", passed: 12, failed: 0, fine: true };
  expect(last(good, { ...good, passed: 30 })).toBe("42 passed, 0 failed");
  expect(last(good, { ...good, failed: 3, fine: false })).toBe("24 passed, 3 failed");
  expect(last(good, { ...good, fine: false })).toBe("24 passed, 1 failed");
  expect(last(good, { ...good, passed: 0 })).toBe("12 passed, 1 failed");
});

test("what was skipped is named, with the reason, and is neither passed nor failed", () => {
  const { lines, fine } = summarise([
    { suite: "package", passed: 2, failed: 0, skipped: ["sweeps > run on Slurm (it is not installed)"], fine: true },
  ]);
  expect(fine).toBe(true);
  expect(lines).toContain("skipped in package: sweeps > run on Slurm (it is not installed)");
  expect(lines.at(-1)).toBe("2 passed, 0 failed");
});

test("what failed is named, with the first line of the reason", () => {
  const failures = ["tests/package/a.test.ts > gap > is 0: expected 1 to be 0"];
  const { lines } = summarise([{ suite: "package", passed: 2, failed: 1, failures, fine: false }]);
  expect(lines.slice(1)).toEqual([`failed in package: ${failures[0]}`, "", "2 passed, 1 failed"]);
});
