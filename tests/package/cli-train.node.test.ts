// propchaos train: its table, its files, and that numpy reads them.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine, fromNPY, problems, readReport, toNPY, trainNetwork } from "propchaos";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../support/command.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "train-"));
});
afterAll(() => rmSync(root, { recursive: true }));

const SHORT = ["--d", "4", "--width", "6", "--time", "0.4", "--step", "0.1", "--record", "5"];
const OPTIONS = { width: 6, time: 0.4, step: 0.1, record: 5 };

/** What Python prints; null where there is no python3 with numpy. */
function numpy(script: string): string | null {
  const found = spawnSync("python3", ["-c", "import numpy"]).status === 0;
  if (!found) return null;
  const { status, stdout, stderr } = spawnSync("python3", ["-c", script], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

describe("propchaos train", () => {
  it("prints the risk over time", async () => {
    const { code, stdout, stderr } = await run("train", "He4", ...SHORT);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.split("\n");
    expect(lines[1]).toBe(
      "projected gradient descent (riemannian gradient, step 0.1) to flow time 0.4, width 6 (seed 1), simd backend",
    );
    expect(lines[3]).toMatch(/^ *t +risk$/);
    expect(lines[8]).toMatch(/^ *0\.4 +\d\.\d+$/);
  });

  it("writes the document, its table and thinned trajectories, equal to those of the library", async () => {
    const out = join(root, "network");
    const kept = ["--particles", "3", "--first", "2", "--paths", "2", "--npy", "float32"];
    const { code, stdout } = await run("train", "He4", ...SHORT, ...kept, "--out", out);
    expect(code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(["network.csv", "network.json", "particles-time.npy", "particles.npy"]);
    expect(stdout).toContain(`Wrote ${join(out, "particles.npy")}`);
    using engine = await createEngine();
    const network = await trainNetwork(engine, problems.He4({ d: 4 }), {
      ...OPTIONS,
      trajectory: { records: 3, particles: 2 },
      alphaPaths: 2,
    });
    expect(JSON.stringify(readReport(readFileSync(join(out, "network.json"), "utf8")))).toBe(JSON.stringify(network));
    const { data, shape } = fromNPY(readFileSync(join(out, "particles.npy")));
    expect({ data, shape }).toEqual({ data: Float32Array.from(network.trajectory().data), shape: [3, 2, 4] });
    expect(fromNPY(readFileSync(join(out, "particles-time.npy"))).data).toEqual(network.trajectory().time);
    expect(readFileSync(join(out, "network.csv"), "utf8")).toContain("# units: time is flow time");
  });

  it("hands every option on", async () => {
    const more = ["--samples", "32", "--batch", "16", "--gradient", "euclidean", "--seed", "7", "--backend", "scalar"];
    const { code, stdout } = await run("train", "XOR_2", ...SHORT, ...more, "--json");
    expect(code).toBe(0);
    using engine = await createEngine({ backend: "scalar" });
    const options = { ...OPTIONS, data: { samples: 32, batch: 16 }, gradient: "euclidean", seed: 7 } as const;
    expect(stdout).toBe(`${JSON.stringify(await trainNetwork(engine, problems.XOR_2({ d: 4 }), options))}\n`);
  });

  it.each([
    [["--particles", "3"], /--particles must be left out without --out/],
    [["--first", "3"], /--first must be left out without --particles/],
    [["--paths", "7"], /--paths must be an integer from 1 to 6; got 7/],
    [["--width", "0"], /width must be an integer of at least 1/],
    [["--reference", "7"], /unknown option/],
  ])("refuses %j", async (flags, sentence) => {
    const { code, stderr } = await run("train", "He4", ...SHORT, ...flags);
    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
  });

  it("refuses a trajectory that does not fit, and leaves no directory behind", async () => {
    const flags = [
      "--width",
      "2000",
      "--record",
      "2001",
      "--time",
      "200",
      "--particles",
      "2001",
      "--memory-limit",
      "64MiB",
    ];
    const { code, stderr } = await run("train", "He4", ...SHORT, ...flags, "--out", join(root, "large"));
    expect(code).toBe(2);
    expect(stderr).toContain("--memory-limit (in bytes) must be at least ");
    expect(readdirSync(root)).not.toContain("large");
  });

  it("writes what numpy reads: both number formats, three axes, C order", ({ skip }) => {
    const out = join(root, "network");
    const found = numpy(
      `import numpy
W, t = numpy.load("${out}/particles.npy"), numpy.load("${out}/particles-time.npy")
print(W.dtype, W.shape, W.flags.c_contiguous, t.dtype, t.tolist(), W[1, 0, 2] == W.ravel()[10])
numpy.save("big.npy", W.astype(">f8"))
numpy.save("cube.npy", numpy.arange(24, dtype="<f4").reshape(2, 3, 4))`,
    );
    if (found === null) return skip("python3 has no numpy here");
    expect(found.trim()).toBe("float32 (3, 2, 4) True float64 [0.0, 0.2, 0.4] True");
    const ours = fromNPY(readFileSync(join(out, "particles.npy")));
    expect(fromNPY(readFileSync(join(root, "big.npy")))).toEqual({ ...ours, data: Float64Array.from(ours.data) });
    const cube = readFileSync(join(root, "cube.npy"));
    expect(fromNPY(cube)).toEqual({ data: Float32Array.from({ length: 24 }, (_, i) => i), shape: [2, 3, 4] });
    expect(
      Buffer.from(
        toNPY(
          Float32Array.from({ length: 24 }, (_, i) => i),
          [2, 3, 4],
        ),
      ).equals(cube),
    ).toBe(true);
  });
});
