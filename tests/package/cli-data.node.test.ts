// Networks on data from the command line: samples, files, reference networks, and what is said of wrong options.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toNPY } from "propchaos";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../support/command.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "cli-"));
});
afterAll(() => rmSync(root, { recursive: true }));

describe("usage errors end with 2 and one sentence", () => {
  it.each([
    [["gap", "He4", "--reference", "1024"], "reference must be above the largest width"],
    [["gap", "XOR_2", "--samples", "0"], "--samples must be"],
    [["gap", "He4", "--samples", "64", "--batch", "65"], "--batch must be"],
    [["gap", "He4", "--batch", "8"], "--batch must be left out unless --samples is given"],
    [["gap", "He4", "--shuffle"], "--shuffle must be left out unless --samples is given"],
    [["gap", "He4", "--test-samples", "8"], "--test-samples must be left out unless --samples is given"],
    [["gap", "He4", "--labels", "y.npy"], "--labels must be left out unless --data is given"],
    [["gap", "He4", "--data", "x.npy", "--samples", "8"], "--samples must be left out beside --data"],
    [["gap", "He4", "--data", "there-is-none.npy"], "--data must be a .npy file that can be read"],
    [["gap", "He4", "--precision", "float32"], 'precision must be "float64" on the population'],
    [["gap", "He4", "--precision", "float16"], "Allowed choices are float64, float32"],
    [["gap", "He4", "--loss", "absolute"], "Allowed choices are squared, correlation"],
    [["gap", "He4", "--langevin", "-1"], "langevin must be"],
    [["gap", "He4", "--path-norm", "1"], "--path-norm must be 0 on the population"],
    [["limit", "XOR_2"], "approximationGap with reference: M"],
    [["limit", "He4", "--samples", "8"], "unknown option '--samples'"],
  ])("%j", async (args, sentence) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(stderr.startsWith("propchaos: ")).toBe(true);
    expect(stderr).not.toMatch(/\n +at /);
  });
});

describe("propchaos gap on data", () => {
  const SHORT = ["--widths", "4,6", "--seeds", "2", "--time", "0.4", "--step", "0.1", "--workers", "0"];

  it("trains Boolean problems on samples beside a reference network, and says so", async () => {
    const data = ["--samples", "64", "--batch", "32", "--test-samples", "16", "--shuffle", "--resample"];
    const args = ["gap", "XOR_2", "--d", "5", ...SHORT, ...data, "--reference", "16"];
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^XOR_2, d = 5: Boolean data, activation ReLU, signed, /);
    expect(stdout).toContain("64 samples, fresh in each epoch, 32 a step, in float64; test set: 16.");
    expect(stdout).toContain("a network of width M = 16");
    expect(stdout).toMatch(/\nM = 16 +\d/);
    expect(stdout).toContain("Corrected by M / (M - m)");
    const { settings, meanField, measuredOn } = JSON.parse((await run(...args, "--json")).stdout);
    expect(settings.data).toEqual({
      samples: 64,
      test: 16,
      batch: 32,
      order: "shuffled",
      resample: true,
      given: false,
    });
    expect([settings.reference, meanField.solver]).toEqual([16, "reference-network"]);
    expect(measuredOn).toEqual({ loss: "test", functionGap: "test" });
  });

  it("has samples and a reference network by default where there is no other way", async () => {
    const { code, stdout } = await run("gap", "XOR_2", "--d", "3", ...SHORT, "--json");
    expect(code).toBe(0);
    const { settings } = JSON.parse(stdout);
    expect([settings.data.samples, settings.data.batch, settings.data.test]).toEqual([16384, 8192, 8192]);
    expect(settings.reference).toBe(24);
  });

  it("hands on precision, objective, noise and path norm", async () => {
    const others = [
      "--precision",
      "float32",
      "--loss",
      "correlation",
      "--langevin",
      "0.1",
      "--path-norm",
      "0.5",
      "--interaction",
      "pairs",
    ];
    const { code, stdout, stderr } = await run(
      "gap",
      "He4",
      "--d",
      "4",
      ...SHORT,
      "--samples",
      "32",
      ...others,
      "--json",
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout).settings).toMatchObject({
      precision: "float32",
      objective: "correlation",
      langevin: 0.1,
      pathNorm: 0.5,
      interaction: "pairs",
      gradient: "euclidean",
    });
  });

  it("takes files of inputs and labels, whose columns are the dimension", async () => {
    const file = (name: string, values: Float64Array | Int8Array, shape: number[]) => {
      const path = join(root, name);
      writeFileSync(path, toNPY(values, shape));
      return path;
    };
    const rows = Float64Array.from({ length: 24 }, (_, i) => ((7 * i) % 11) - 5);
    const inputs = file("inputs.npy", rows, [8, 3]);
    const labels = file("labels.npy", rows.subarray(0, 8), [8]);
    const test = file("test.npy", rows.subarray(0, 6), [2, 3]);
    const testLabels = file("test-labels.npy", rows.subarray(0, 2), [2, 1]);
    const args = ["gap", "He4", ...SHORT, "--data", inputs, "--labels", labels];
    const tested = ["--test-data", test, "--test-labels", testLabels];
    const { code, stdout, stderr } = await run(...args, ...tested, "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { settings, problem, measuredOn } = JSON.parse(stdout);
    expect(settings.data).toMatchObject({ samples: 8, test: 2, batch: 8, given: true });
    expect(problem.d).toBe(3);
    expect(measuredOn.loss).toBe("test");
    expect((await run(...args, "--d", "4")).stderr).toContain(
      "--d must be left out or 3, the columns of --data; got 4",
    );
    expect((await run(...args, "--test-data", labels)).stderr).toContain("--test-data must hold n x d numbers");
    expect((await run(...args, "--labels", inputs)).stderr).toContain("--labels must hold n numbers, one a sample");
  });

  it("takes the rows of a reference network, and widths of its first rows", async () => {
    const path = join(root, "reference.npy");
    writeFileSync(
      path,
      toNPY(
        Float64Array.from({ length: 24 }, (_, i) => ((7 * i) % 11) - 5),
        [8, 3],
      ),
    );
    const args = ["gap", "He4", "--time", "0.4", "--step", "0.1", "--initial", path, "--widths", "2,4"];
    const { code, stdout, stderr } = await run(...args, "--reference", "8", "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout).settings).toMatchObject({ widths: [2, 4], reference: 8, seeds: null });
    expect((await run(...args, "--reference", "9")).stderr).toContain("reference must be 8, the number of rows");
  });
});
