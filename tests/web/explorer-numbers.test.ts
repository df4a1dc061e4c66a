// The numbers of the page against those of Node: the script and the command line that the page itself offers.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { fromNPY, readReport, type StoredGapReport, toCSV } from "propchaos";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { download, Explorer, numbers, run, SMALL } from "./explorer.ts";

const dist = fileURLToPath(new URL("../../dist", import.meta.url));

let explorer: Explorer;
let folder: string;
beforeAll(async () => {
  explorer = await Explorer.start();
  folder = mkdtempSync(join(tmpdir(), "propchaos-"));
});
afterEach(() => explorer.clear());
afterAll(async () => {
  await explorer.close();
  rmSync(folder, { recursive: true });
});

/** The documents that a script prints, one a line. */
function runScript(script: string): string[] {
  const file = join(folder, "script.mjs");
  writeFileSync(file, script.replace('"propchaos"', JSON.stringify(pathToFileURL(join(dist, "index.js")).href)));
  return execFileSync(process.execPath, [file], { encoding: "utf8" }).trim().split("\n");
}

function runLine(line: string): string {
  const [npx, name, ...args] = line.split(" ");
  expect([npx, name]).toEqual(["npx", "propchaos"]);
  return execFileSync(process.execPath, [join(dist, "cli/propchaos.js"), ...args], { encoding: "utf8" });
}

test("report, theory, script and command line agree to the bit, and the files hold them", async () => {
  const page = await explorer.open(SMALL);
  await run(page, { theory: true });
  const report = (await download(page, "json")).bytes.toString();
  const theory = (await download(page, "theory-json")).bytes.toString();
  const [scripted, scriptedTheory] = runScript(await page.inputValue("#node-script"));
  expect(numbers(report)).toEqual(numbers(scripted));
  expect(theory).toBe(scriptedTheory);
  expect(numbers(report)).toEqual(numbers(runLine(await page.inputValue("#cli-line"))));

  const read = readReport(report) as StoredGapReport;
  expect(read.status).toBe("completed");
  expect(read.settings).toMatchObject({ widths: [8, 20], seeds: 2, seed: 7, time: 1, step: 0.05 });
  expect((await download(page, "csv")).bytes.toString()).toBe(toCSV(read));

  await page.selectOption("#network", "8");
  const npy = await download(page, "npy");
  expect(npy.name).toBe("propchaos-He4-d6-m8.npy");
  const { data, shape } = fromNPY(npy.bytes);
  expect(shape).toEqual([8, 6]);
  for (let i = 0; i < 8; i++) {
    const squares = [...data.subarray(6 * i, 6 * i + 6)].map((w) => Number(w) * Number(w));
    expect(squares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  }
  expect(explorer.errors).toEqual([]);
});

test.each([
  [
    "samples, by the Euclidean gradient",
    "#problem=XOR_2&d=4&widths=4,9&time=2&step=0.5&samples=64&gradient=euclidean&seeds=1",
  ],
  ["gradient flow with several teachers", "#problem=Man_2&d=5&widths=6&time=0.2&dynamics=flow&seeds=1"],
])("with %s too", async (_, hash) => {
  const page = await explorer.open(hash);
  await run(page);
  const report = (await download(page, "json")).bytes.toString();
  expect(numbers(report)).toEqual(numbers(runLine(await page.inputValue("#cli-line"))));
  expect(await page.textContent("#view-theory .note")).toMatch(/./);
  expect(explorer.errors).toEqual([]);
});

test("a Hermite polynomial that has no name has a script, and no command line", async () => {
  const page = await explorer.open("#problem=Hermite&exponent=5&d=5&widths=7&time=0.5&step=0.05&seeds=1");
  await run(page);
  expect(numbers((await download(page, "json")).bytes.toString())).toEqual(
    numbers(runScript(await page.inputValue("#node-script"))[0]),
  );
  expect(await page.isDisabled("#copy-cli")).toBe(true);
});

test("figures are drawn as SVG and PNG under a strict policy", async () => {
  const page = await explorer.open(SMALL);
  await run(page, { theory: true });
  for (const name of ["svg", "theory-svg"]) {
    const svg = (await download(page, name)).bytes.toString();
    expect(svg).toMatch(/^<svg /);
    expect(svg).toContain("E|Δ|");
    expect(svg).not.toContain("NaN");
  }
  const { bytes } = await download(page, "png");
  expect([...bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  expect(explorer.errors).toEqual([]);
});
