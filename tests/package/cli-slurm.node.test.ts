// propchaos sweep --slurm without a cluster: what is written, what is said, and how Slurm's answers are understood. Its programs
// are scripts here; slurm.node.test.ts has the real ones.

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROGRAM, runIn } from "../support/command.ts";

const PLAN = { problems: ["He4"], d: 3, widths: [4, 6], seeds: 3, time: 0.2, step: 0.1, record: 2 };

let root: string;
let plan: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "cli-slurm-"));
  plan = join(root, "plan.json");
  writeFileSync(plan, JSON.stringify(PLAN));
});
afterAll(() => rmSync(root, { recursive: true }));

let count = 0;

/** A directory of its own, and a cluster whose programs answer so; without answers there are none on PATH. */
function cluster(programs: Record<string, string> = {}) {
  const folder = join(root, String(++count));
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  const answer = (name: string, script: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  for (const [name, script] of Object.entries(programs)) answer(name, script);
  const directory = join(folder, "sweep");
  const tool = (...args: string[]) => runIn({ ...process.env, PATH: bin }, "sweep", ...args);
  const prepare = (...args: string[]) => tool(plan, "--out", directory, ...args);
  return { folder, directory, answer, tool, prepare };
}

/** One sentence on stderr, without a stack. */
function sentence(ended: { code: number | null; stderr: string }, code: number): string {
  expect(ended.code).toBe(code);
  expect(ended.stderr).toMatch(/^propchaos: .*\n$/);
  return ended.stderr;
}

describe.skipIf(process.platform === "win32")("propchaos sweep --slurm", () => {
  it("writes a script that computes a part wherever bash runs it, and missing and --status follow", async () => {
    const { directory, tool, prepare } = cluster();
    const { code, stdout, stderr } = await prepare("--slurm", "--indices", "4", "--at-once", "2");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("6 tasks, 0 done, in 4 indices");
    expect(stdout).toContain("1 processor, 256 MiB and 00:10:00");
    const script = join(directory, "slurm.sh");
    expect(stdout).toContain(`sbatch --array=1-4%2 ${script}`);
    expect(readdirSync(directory).sort()).toEqual(["logs", "plan.json", "slurm.json", "slurm.sh", "tasks"]);

    const done = spawnSync("bash", [script], { env: { SLURM_ARRAY_TASK_ID: "2" }, encoding: "utf8" });
    expect(done).toMatchObject({ status: 0, stderr: "" });
    expect(done.stdout).toBe("2 tasks: 2 computed now, 0 found, 0 left\n");
    const missing = await tool("missing", directory);
    expect(missing).toMatchObject({ code: 0, stdout: "1,3-4%2\n" });
    expect(missing.stderr).toContain("the queue could not be asked (there is no squeue on PATH)");
    expect(JSON.parse((await tool("missing", directory, "--json")).stdout)).toEqual({
      array: "1,3-4%2",
      indices: [1, 3, 4],
      tasks: 4,
    });
    const status = await tool(directory, "--status");
    expect(status.stdout).toContain("2 of 6 tasks done (33.3%)");
    expect(status.stdout).toContain("4 indices: 1 done, 0 running, 0 waiting, 3 missing (1,3-4)");
    // Without the number of an index there is nothing to compute.
    expect(spawnSync("bash", [script], { env: {}, encoding: "utf8" }).stderr).toContain("run this with sbatch");
  });

  it("keeps what was asked for before: indices, options of sbatch, commands; new ones take their place", async () => {
    const { directory, prepare } = cluster();
    const script = () => readFileSync(join(directory, "slurm.sh"), "utf8");
    await prepare(
      "--slurm",
      "--indices",
      "2",
      "--sbatch",
      "--partition=long",
      "--setup",
      "module load x",
      "--cpus",
      "2",
    );
    await prepare("--slurm", "--setup", "echo one", "--setup", "echo two", "--node", "node22", "--backend", "scalar");
    expect(script()).toContain("#SBATCH --array=1-2\n");
    expect(script()).toContain("#SBATCH --cpus-per-task=2\n");
    expect(script()).toContain("#SBATCH --partition=long\n");
    expect(script()).toContain("\necho one\necho two\n");
    expect(script()).toContain(
      `exec node22 ${PROGRAM} sweep ${directory}/plan.json --out ${directory} --backend scalar`,
    );
    expect(script()).not.toContain("module load");
  });

  it("submits what is neither done nor in the queue, and says the id of the job", async () => {
    const { folder, directory, answer, tool, prepare } = cluster({
      sbatch: 'echo "$@" >> "$0.args"; echo "77;other"',
      squeue: ":",
      scontrol: 'echo "MaxArraySize            = 1001"',
    });
    const first = await prepare("--submit", "--indices", "3", "--at-once", "2");
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toContain("Submitted job 77, indices 1-3%2");
    // Index 2 runs, and index 3 was submitted by hand; others have jobs too.
    const others = "5|1|RUNNING|None|/other.sh\n6_1|N/A|PENDING|x|/y";
    answer("squeue", `echo "77|2|RUNNING|None|a\n78|3|PENDING|Priority|${directory}/slurm.sh\n${others}"`);
    const status = JSON.parse((await tool(directory, "--status", "--json")).stdout);
    expect(status).toEqual({
      tasks: { total: 6, done: 0, missing: 6 },
      parts: [],
      indices: { total: 3, done: [], running: [2], waiting: [3], missing: [1], reasons: ["Priority"] },
      jobs: [{ id: "77", array: "1-3%2" }],
    });
    const missing = await tool("missing", directory);
    expect(missing).toEqual({
      code: 0,
      stdout: "1%2\n",
      stderr: "propchaos: 2 indices are in the queue and left out\n",
    });
    const second = await prepare("--submit", "--json");
    expect(JSON.parse(second.stdout)).toMatchObject({ array: "1%2", job: "77" });
    const submitted = readFileSync(join(folder, "bin/sbatch.args"), "utf8");
    expect(submitted).toBe(["1-3%2", "1%2"].map((a) => `--parsable --array=${a} ${directory}/slurm.sh\n`).join(""));
    const repack = await prepare("--slurm", "--repack", "--indices", "2");
    expect(sentence(repack, 2)).toContain("scancel 77 78");
  });

  it("keeps to the array limit of the cluster, or to the one that is given", async () => {
    const { prepare } = cluster({ scontrol: 'echo "MaxArraySize            = 3"', squeue: ":" });
    const packed = await prepare("--slurm", "--index-minutes", "1e-9", "--json");
    expect(JSON.parse(packed.stdout)).toMatchObject({ indices: 2, array: "1-2" });
    const long = await prepare("--slurm", "--repack", "--indices", "3");
    expect(sentence(long, 2)).toContain(
      "an array must have 2 indices at most (MaxArraySize of this cluster is 3); got 3",
    );
    const wide = await prepare("--slurm", "--repack", "--index-minutes", "1e-9", "--max-indices", "5", "--json");
    // Four as well as five: some index has two of the six tasks either way.
    expect(JSON.parse(wide.stdout)).toMatchObject({ indices: 4 });
    const other = await prepare("--slurm", "--max-indices", "3");
    expect(sentence(other, 2)).toContain("3 indices at most (--max-indices says so)");
  });

  it("says what is wrong with a directory that cannot be written", async () => {
    const { directory, prepare } = cluster();
    await prepare("--slurm");
    // Not by permissions, which root does not need.
    rmSync(join(directory, "slurm.json"));
    mkdirSync(join(directory, "slurm.json"));
    const { code, stderr } = await prepare("--slurm");
    expect(code).toBe(1);
    expect(stderr).toContain(directory);
    expect(stderr).not.toMatch(/\n +at /);
  });

  it("says why nothing was submitted, and leaves the script", async () => {
    const { directory, answer, prepare } = cluster();
    const none = await prepare("--submit");
    expect(sentence(none, 1)).toContain("there is no sbatch on PATH: run this where jobs are submitted");
    expect(existsSync(join(directory, "slurm.sh"))).toBe(true);
    answer("sbatch", 'echo "sbatch: error: Batch job submission failed: No partition" >&2; exit 1');
    answer("squeue", ":");
    expect(sentence(await prepare("--submit"), 1)).toContain(
      "sbatch: error: Batch job submission failed: No partition",
    );
    answer("sbatch", "echo hello");
    expect(sentence(await prepare("--submit"), 1)).toContain('gave no job id, but "hello');
    expect(JSON.parse(readFileSync(join(directory, "slurm.json"), "utf8")).jobs).toEqual([]);
  });

  it("says what to do about a directory that is not begun, not parted, or parted otherwise", async () => {
    const { directory, tool, prepare } = cluster();
    for (const args of [
      ["missing", directory],
      [directory, "--status"],
    ]) {
      expect(sentence(await tool(...args), 2)).toContain("holds no plan.json; begin a sweep there");
    }
    expect(sentence(await tool(plan, "--status"), 2)).toContain("the directory of a sweep must be given");
    expect(sentence(await tool(plan, "--out", "", "--slurm"), 2)).toContain("got an empty one");
    expect(sentence(await tool(plan, "--slurm"), 2)).toContain("--out must be given");
    expect((await prepare("--quiet", "--task", "1/2")).code).toBe(0);
    expect(sentence(await tool("missing", directory), 2)).toContain("is not parted into indices; do so with");
    expect((await tool(directory, "--status")).stdout).toContain("3 of 6 tasks done (50.0%)");
    // A process that is there: this one.
    const lock = join(directory, ".lock-2-of-3");
    writeFileSync(lock, JSON.stringify({ id: "x", pid: process.pid, host: hostname() }));
    expect((await tool(directory, "--status")).stdout).toContain("At work: part 2/3");
    const waited = await prepare("--task", "2/3", "--wait", "0.2");
    expect(sentence(waited, 1)).toContain(`is in use by process ${process.pid}`);
    setTimeout(() => rmSync(lock), 500);
    expect(await prepare("--task", "2/3", "--wait", "30", "--quiet")).toMatchObject({ code: 0, stderr: "" });
    await prepare("--slurm", "--indices", "3");
    expect(sentence(await prepare("--slurm", "--indices", "2"), 2)).toContain("--indices must be 3 or left out");
    const other = join(root, "other.json");
    writeFileSync(other, JSON.stringify({ ...PLAN, seeds: 2 }));
    const changed = await tool(other, "--out", directory, "--slurm");
    expect(sentence(changed, 2)).toContain("was begun with another plan");
    const updated = await tool(other, "--out", directory, "--slurm", "--update");
    expect(sentence(updated, 2)).toContain("was parted for 6 tasks, and the plan has 4 now; say --repack");
  });

  it.concurrent.each([
    [["--indices", "2"], "--indices must be left out unless --slurm"],
    [["--sbatch", "--mem=1G"], "--sbatch must be left out unless --slurm"],
    [["--max-indices", "2"], "--max-indices must be left out unless --slurm"],
    [["--slurm", "--indices", "0"], "--indices must be an integer from 1"],
    [["--slurm", "--indices", "7"], "--indices must be 6 at most, the number of tasks"],
    [["--slurm", "--cpus", "1.5"], "--cpus must be an integer from 1 to 256"],
    [["--slurm", "--index-minutes", "0"], "--index-minutes must be a number above 0"],
    [["--slurm", "--task", "1/2"], "--task and --merge must be left out"],
    [["--submit", "--workers", "2"], "--cpus says how many processors"],
    [["--slurm", "--sbatch", "mem"], "must be one option of sbatch"],
    [["--slurm", "--memory-limit", "64KiB"], "memory"],
  ])("%j is wrong usage", async (args, words) => {
    const { prepare } = cluster();
    expect(sentence(await prepare(...args), 2)).toContain(words);
  });
});
