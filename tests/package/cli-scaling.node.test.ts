// propchaos scaling: its tables, its files, its documents, its exit codes.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  convergenceTime,
  createEngine,
  gapScaling,
  hermite,
  lossDecay,
  problems,
  readReport,
  sampleScaling,
  toCSV,
  widthScaling,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ended, run, start } from "../support/command.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "cli-"));
});
afterAll(() => rmSync(root, { recursive: true }));

describe("propchaos scaling", () => {
  it("prints convergence times, their slope, theory, and what lies beyond the horizon", async () => {
    const { code, stdout, stderr } = await run("scaling", "time", "--k", "2,3", "--d", "64..256");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.split("\n");
    expect(lines[0]).toBe("Convergence time of h_2, h_3, d = 64 to 256 (3)");
    expect(lines[1]).toBe("gradient flow until the risk is 0.5 of its start, relative tolerance 0.0001, simd backend");
    expect(stdout).toMatch(/\nh_2:\n\n +d +T +error +∫ √L dt\n +64 /);
    expect(stdout).toMatch(/\nSlope against log x, of y itself: 0\.25\d \(.*\); theory 0\.25\. Between neighbours: /);
    expect(stdout).toMatch(/\nSlope: 0\.50\d \(.*\); theory 0\.5\. Between neighbours: /);
    const far = await run("scaling", "time", "He4", "--d", "4,8,1000", "--horizon", "20");
    expect(far.stdout).toContain("d = 1000: the expected time lies beyond the horizon of 20.");
  });

  it("gives the document of the library with --json, every option handed on, for each kind", async () => {
    using engine = await createEngine({ backend: "scalar" });
    const He4 = problems.He4({ d: 4 });
    const cases: [string, unknown][] = [
      [
        "time He3 --k 2 --d 4,9 --share 0.6 --tolerance 1e-3 --horizon 99",
        await convergenceTime(engine, ["He3", hermite({ 2: 1 })], {
          dimensions: [4, 9],
          share: 0.6,
          tolerance: 1e-3,
          horizon: 99,
          workers: 0,
        }),
      ],
      [
        "width He4 --d 3,4 --gap 0.2 --statistic meanDelta --time 0.5 --step 0.1 --seeds 2 --seed 3 --resolution 0.3 --largest-width 99",
        await widthScaling(engine, "He4", {
          dimensions: [3, 4],
          gap: 0.2,
          statistic: "meanDelta",
          time: 0.5,
          step: 0.1,
          seeds: 2,
          seed: 3,
          resolution: 0.3,
          largestWidth: 99,
          workers: 0,
        }),
      ],
      [
        "gap He4 --d 4 --widths 8..32 --seeds 2 --seed 5 --time 0.4 --step 0.1 --record 2 --dynamics flow",
        await gapScaling(engine, He4, {
          widths: [8, 16, 32],
          seeds: 2,
          seed: 5,
          time: 0.4,
          step: 0.1,
          record: 2,
          dynamics: "flow",
          workers: 0,
        }),
      ],
      [
        "samples He4 --d 4 --widths 4 --samples 16,32 --batch 8 --time 0.2 --step 0.1 --seeds 2 --seed 7 --record 2",
        await sampleScaling(engine, He4, {
          widths: [4],
          samples: [16, 32],
          batch: 8,
          reference: 5,
          time: 0.2,
          step: 0.1,
          seeds: 2,
          seed: 7,
          record: 2,
          workers: 0,
        }),
      ],
      [
        "decay He4 --d 4 --time 3 --from 1 --tolerance 1e-2",
        await lossDecay(engine, He4, { time: 3, from: 1, tolerance: 1e-2 }),
      ],
    ];
    const workers = (kind: string) => (kind === "decay" ? [] : ["--workers", "0"]);
    const runs = await Promise.all(
      cases.map(([line]) => {
        const words = line.split(" ");
        return run("scaling", ...words, ...workers(words[0]), "--backend", "scalar", "--json");
      }),
    );
    runs.forEach(({ code, stdout, stderr }, i) => {
      expect({ code, stderr }, cases[i][0]).toEqual({ code: 0, stderr: "" });
      expect(stdout).toBe(`${JSON.stringify(cases[i][1])}\n`);
    });
  });

  it("writes scaling.json, scaling.csv and scaling.svg", async () => {
    const out = join(root, "a", "b");
    const { code, stdout } = await run(
      "scaling",
      "gap",
      "He4",
      "--d",
      "4",
      "--widths",
      "8,16",
      "--seeds",
      "2",
      "--out",
      out,
    );
    expect(code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(["scaling.csv", "scaling.json", "scaling.svg"]);
    expect(stdout).toContain(`Wrote ${join(out, "scaling.svg")}`);
    const report = readReport(readFileSync(join(out, "scaling.json"), "utf8"));
    if (report.schema !== "propchaos/scaling@1") throw new Error("another kind of report");
    expect(readFileSync(join(out, "scaling.csv"), "utf8")).toBe(toCSV(report));
    expect(readFileSync(join(out, "scaling.svg"), "utf8")).toContain("slope");
  });

  it("predicts the measurement with --dry-run", async () => {
    const { code, stdout } = await run("scaling", "gap", "He4", "--d", "4", "--dry-run");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Memory: .*\nTime: /);
  });

  it("keeps what is finished when it is interrupted", async () => {
    const out = join(root, "stopped");
    const child = start(["scaling", "time", "--k", "4", "--d", "4,8,100000", "--horizon", "1e6", "--out", out]);
    const end = ended(child);
    // The directory is made before anything is computed, when the signal is already listened to.
    await expect.poll(() => existsSync(out), { timeout: 20_000 }).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill("SIGINT");
    const { code, stderr } = await end;
    expect(code).toBe(130);
    expect(stderr).toContain("interrupted; the results hold what was finished");
    const { status, series } = JSON.parse(readFileSync(join(out, "scaling.json"), "utf8"));
    expect(status).toBe("aborted");
    expect(series[0].missing).toContainEqual({ x: 100000, reason: "not computed" });
  });

  it.each([
    [["time", "--k", "0"], "--k must be a list of integers from 1 to 12; got 0"],
    [["time", "--k", "2.5"], "--k must be a list of integers from 1 to 12; got 2.5"],
    [["time", "--d", "9..3"], "Allowed is a range a..b"],
    [["time", "--d", "3..9:x"], "Allowed is one finite decimal number"],
    [["time", "--d", "1"], "--d[0] must be"],
    [["time", "He5"], 'there is no problem "He5"; did you mean He3'],
    [["time", "XOR_2"], "problem must be a single- or multi-index problem"],
    [["width", "--gap", "0"], "gap must be"],
    [["gap"], "missing required argument"],
    [["decay", "He4", "--time", "0"], "time must be"],
    [["speed"], "unknown command"],
  ])("refuses %j with exit code 2", async (args, sentence) => {
    const { code, stdout, stderr } = await run("scaling", ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
  });
});
