// What goes wrong around a command: a disk that takes no more, a stdout that nobody reads or that is full, signals at any moment. Nothing
// that was computed is lost, what is on the disk is whole, a sentence says what happened, and the exit code is right.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readReport } from "propchaos";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, ended, PROGRAM, run, start } from "../support/command.ts";

let root: string;
const at = (name: string) => join(root, name);
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "faults-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const RUN = ["--d", "3", "--time", "0.2", "--step", "0.1", "--record", "2"];
/** Every command that computes and writes, and its document. */
const COMMANDS: [string, string[]][] = [
  ["gap", ["gap", "He4", ...RUN, "--widths", "4,8", "--seeds", "2", "--tolerance", "1e-4"]],
  ["gaps", ["gaps", "He4", ...RUN, "--widths", "4", "--samples", "16,32", "--seeds", "2"]],
  ["limit", ["limit", "He4", ...RUN, "--tolerance", "1e-4"]],
  ["network", ["train", "He4", ...RUN, "--width", "8", "--particles", "2"]],
  ["theory", ["theory", "He4", ...RUN, "--width", "4", "--tolerance", "1e-4"]],
  ["constants", ["constants", "He4", "--d", "3", "--time", "0.2", "--tolerance", "0.1", "--record", "2"]],
  ["scaling", ["scaling", "time", "--k", "3", "--d", "4,8", "--tolerance", "0.1"]],
];

/** Runs a command in a shell that lets no file grow beyond so many blocks of 512 bytes: the disk is full, for any user. */
function runLimited(blocks: number, args: readonly string[]): Promise<Ended> {
  const line = `ulimit -f ${blocks} && exec "$0" "$@"`;
  return ended(spawn("sh", ["-c", line, process.execPath, PROGRAM, ...args], { stdio: ["ignore", "pipe", "pipe"] }));
}

/** All paths below a directory that are no directories. */
function files(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name);
}

describe.skipIf(process.platform === "win32")("a disk that takes no more", () => {
  it.each(COMMANDS)(
    "ends %s with 1 and a sentence; the document is on stdout, and no half of a file is left",
    async (name, args) => {
      const out = at(`full-${name}`);
      const { code, stdout, stderr } = await runLimited(1, [...args, "--out", out]);
      expect(stderr).toBe(
        `propchaos: the results could not be written to ${out} (EFBIG: file too large); their JSON document is on stdout\n`,
      );
      expect(code).toBe(1);
      const document = stdout.slice(stdout.lastIndexOf('\n{"schema"') + 1).trim();
      expect(readReport(document).schema).toBe(`propchaos/${name}@1`);
      expect(existsSync(out)).toBe(false);
    },
  );

  it("with --json writes the document once", async () => {
    const out = at("full-json");
    const { code, stdout, stderr } = await runLimited(1, [...COMMANDS[0][1], "--out", out, "--json"]);
    expect(code).toBe(1);
    expect(stderr).toContain("their JSON document is on stdout");
    expect(JSON.parse(stdout).schema).toBe("propchaos/gap@1");
  });

  it("while the figures are written leaves the data, and says so", async () => {
    const out = at("full-figures");
    // The figure is larger than the data.
    const { code, stderr } = await runLimited(16, [...COMMANDS[0][1], "--out", out]);
    expect(stderr).toBe(`propchaos: all results but the data could not be written to ${out} (EFBIG: file too large)\n`);
    expect(code).toBe(1);
    expect(files(out).sort()).toEqual(["gap.csv", "gap.json"]);
    readReport(readFileSync(join(out, "gap.json"), "utf8"));
  });

  it("ends plot with 1 and a sentence, and leaves what it draws as it was", async () => {
    const from = at("drawn");
    expect((await run(...COMMANDS[2][1], "--out", from, "--quiet")).code).toBe(0);
    const { code, stdout, stderr } = await runLimited(1, ["plot", from, "--out", at("full-plot"), "--format", "svg"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(`propchaos: the figures could not be written to ${at("full-plot")} (EFBIG: file too large)\n`);
    expect(files(from).sort()).toEqual(["limit.csv", "limit.json"]);
    expect(existsSync(at("full-plot")) ? files(at("full-plot")) : []).toEqual([]);
  });

  it("ends a sweep with 1 and a sentence, and leaves no half of a result", async () => {
    const plan = at("plan.json");
    writeFileSync(
      plan,
      JSON.stringify({ problems: ["He4"], d: 3, widths: [4, 8], seeds: 1, time: 0.2, step: 0.1, record: 3 }),
    );
    const { code, stderr } = await runLimited(2, ["sweep", plan, "--out", at("full-sweep"), "--workers", "0"]);
    expect(code).toBe(1);
    expect(stderr).toContain("EFBIG: file too large; what is finished is kept, and the same command goes on there");
    const left = files(at("full-sweep")).filter((name) => name !== "plan.json");
    for (const name of left) expect(name).toMatch(/^[0-9a-f]{64}\.json$/);
    expect((await run("sweep", plan, "--out", at("full-sweep"), "--quiet")).code).toBe(0);
  });

  it("of a real file system ends gap alike", async (context) => {
    const disk = at("disk");
    mkdirSync(disk);
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]).status !== 0)
      return context.skip("this user may not mount a small disk");
    try {
      writeFileSync(join(disk, "ballast"), new Uint8Array(60_000));
      const { code, stdout, stderr } = await run(...COMMANDS[0][1], "--out", join(disk, "out"), "--json");
      expect(code).toBe(1);
      expect(stderr).toContain("(ENOSPC: no space left on device); their JSON document is on stdout");
      expect(readReport(stdout).status).toBe("completed");
      expect(readdirSync(disk)).toEqual(["ballast"]);
    } finally {
      spawnSync("umount", [disk]);
    }
  });
});

describe.skipIf(process.platform === "win32")("a stdout", () => {
  it.skipIf(!existsSync("/dev/full")).each([
    ["problems", ["problems"]],
    ["help", ["gap", "--help"]],
    ["gap", COMMANDS[0][1]],
  ])("that is full ends %s with 1 and a sentence", async (_, args) => {
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", full, "pipe"] });
    const { code, stderr } = await ended(child);
    closeSync(full);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^(propchaos: stdout could not be written: ENOSPC: .*\n)+$/);
  });

  it("that is full loses no file", async (context) => {
    if (!existsSync("/dev/full")) return context.skip("this system has no /dev/full");
    const out = at("stdout-full");
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [PROGRAM, ...COMMANDS[0][1], "--out", out], {
      stdio: ["ignore", full, "pipe"],
    });
    expect((await ended(child)).code).toBe(1);
    closeSync(full);
    expect(files(out).sort()).toEqual(["gap.csv", "gap.json", "gap.svg"]);
  });

  it("whose reader leaves after a line, as head does, is no failure, and loses no file", async () => {
    const out = at("head");
    const line = '"$0" "$@" | head -n 1; exit $PIPESTATUS';
    const child = spawn("bash", ["-c", line, process.execPath, PROGRAM, ...COMMANDS[0][1], "--out", out], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { code, stdout, stderr } = await ended(child);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n")).toHaveLength(2);
    expect(files(out).sort()).toEqual(["gap.csv", "gap.json", "gap.svg"]);
  });
});

describe.skipIf(process.platform === "win32")("a signal at any moment", () => {
  const LONG = ["gap", "He4", "--d", "6", "--widths", "16,512", "--seeds", "2", "--time", "8", "--tolerance", "1e-5"];

  /** What a command leaves that is sent a signal so many milliseconds after its directory is there. */
  async function signalled(
    name: string,
    signal: NodeJS.Signals,
    after: number,
  ): Promise<Ended & { left: string[]; out: string }> {
    const out = at(name);
    const child: ChildProcess = start([...LONG, "--out", out, "--workers", after % 2 === 0 ? "0" : "2"]);
    const end = ended(child);
    while (!existsSync(out) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 2));
    await new Promise((resolve) => setTimeout(resolve, after));
    child.kill(signal);
    const result = await end;
    return { ...result, out, left: existsSync(out) ? files(out) : [] };
  }

  it.each<[NodeJS.Signals, number]>([
    ["SIGINT", 0],
    ["SIGINT", 60],
    ["SIGTERM", 25],
    ["SIGTERM", 150],
  ])("%s after %d ms ends with 130, whole files and a sentence", async (signal, after) => {
    const { code, stderr, left, out } = await signalled(`${signal}-${after}`, signal, after);
    expect(left.sort()).toEqual(["gap.csv", "gap.json", "gap.svg"]);
    const report = readReport(readFileSync(join(out, "gap.json"), "utf8"));
    // On a machine that is fast enough it had come to its end.
    expect([code, report.status]).toEqual(code === 0 ? [0, "completed"] : [130, "aborted"]);
    if (code === 130) expect(stderr).toContain("interrupted; the results hold what was finished");
  });

  it("SIGKILL leaves whole files or none", async () => {
    for (const after of [0, 90]) {
      const { left, out } = await signalled(`kill-${after}`, "SIGKILL", after);
      for (const name of left.filter((name) => name === "gap.json")) readReport(readFileSync(join(out, name), "utf8"));
      for (const name of left) expect(name).toMatch(/^(gap\.(json|csv|svg)|\..*\.tmp)$/);
      // What was left over is in nobody's way.
      const again = await run("limit", "He4", ...RUN, "--tolerance", "1e-4", "--out", out, "--quiet");
      expect(again).toEqual({ code: 0, stdout: "", stderr: "" });
    }
  });
});
