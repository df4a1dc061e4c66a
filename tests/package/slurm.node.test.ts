// Sweeps on a real Slurm: an array runs, one of its indices is cancelled, the process of another is killed, and what is
// submitted again computes only what is missing; the merged result is that of one process, to the bit.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SweepPlan, sweepTasks } from "propchaos";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { run, runIn } from "../support/command.ts";
import { type Slurm, startSlurm, until } from "../support/slurm.ts";

/** Twelve tasks of some tenths of a second. */
const PLAN: SweepPlan = {
  problems: ["He4"],
  d: 16,
  widths: [384, 512],
  seeds: 6,
  time: 6,
  record: 3,
  interaction: "pairs",
};
const INDICES = 4;

let slurm: Slurm | string;
let root: string;
let plan: string;
beforeAll(async () => {
  slurm = await startSlurm();
  // Nothing of a path may be taken for shell or for symbols of Slurm.
  root = join(mkdtempSync(join(tmpdir(), "slurm-")), "it's 100%A $HOME");
  mkdirSync(root);
  plan = join(root, "plan.json");
  writeFileSync(plan, JSON.stringify(PLAN));
}, 300_000);
afterAll(async () => {
  if (typeof slurm === "object") await slurm.stop();
  rmSync(join(root, ".."), { recursive: true, force: true });
}, 60_000);

/** The running Slurm; without one the test is skipped, and says why. */
function running(context: TestContext): Slurm {
  return typeof slurm === "string" ? context.skip(slurm) : slurm;
}

/** Read by Node before the program: indices 1 and 2 stop when they have finished a task, until a signal comes, however busy the machine is. */
const STOPS = `
const files = require("node:fs/promises");
const { rename } = files;
let stops = ["1", "2"].includes(process.env.SLURM_ARRAY_TASK_ID);
if (stops)
  files.rename = async (from, to) => {
    await rename(from, to);
    if (!stops || !/tasks.[0-9a-f]+\\.json$/.test(to)) return;
    stops = false;
    process.kill(process.pid, "SIGSTOP");
  };
require("node:module").syncBuiltinESMExports();
`;

/** Waits until nothing waits or runs. */
function queueEmpty({ run }: Slurm): Promise<true> {
  return until("the queue is empty", 100, () => run("squeue", "--noheader").stdout.trim() === "");
}

/** The process of one index, from the arguments of all. */
function processOf(directory: string, part: string): number | undefined {
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    let words: string[] = [];
    try {
      words = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
    } catch {
      // It ended in between.
    }
    if (words.includes(directory) && words.includes(part)) return Number(name);
  }
  return undefined;
}

/** What tells a file from another that was written in its place. */
function identities(directory: string): Record<string, string> {
  const names = readdirSync(join(directory, "tasks")).filter((name) => name.endsWith(".json"));
  return Object.fromEntries(
    names.map((name) => {
      const { ino, mtimeMs } = statSync(join(directory, "tasks", name));
      return [name, `${ino} ${mtimeMs}`];
    }),
  );
}

describe("a sweep on Slurm", () => {
  it("survives a cancelled index and a killed task, computes only what is missing, and gives the same bits", async (context) => {
    const cluster = running(context);
    const directory = join(root, "on the cluster");
    const tool = (...args: string[]) => runIn(cluster.env, "sweep", ...args);
    const stops = join(root, "..", "stops.cjs");
    writeFileSync(stops, STOPS);
    const parts = ["--indices", String(INDICES), "--at-once", "2"];
    const submitted = await runIn(
      { ...cluster.env, NODE_OPTIONS: `--require=${stops}` },
      ...["sweep", plan, "--out", directory, "--submit", "--json", ...parts],
    );
    expect(submitted).toMatchObject({ code: 0, stderr: "" });
    const first = JSON.parse(submitted.stdout);
    expect(first).toMatchObject({ indices: INDICES, array: "1-4%2", cpus: 1, minutes: 10 });
    expect(first.job).toMatch(/^\d+$/);

    const hashes = sweepTasks(PLAN).map(({ hash }) => `${hash}.json`);
    const own = (index: number) => hashes.filter((_, task) => task % INDICES === index - 1);
    const finished = () => Object.keys(identities(directory));
    for (const index of [1, 2])
      await until(`index ${index} has finished a task`, 60, () => own(index).some((name) => finished().includes(name)));
    // They hold both places, so that this one waits.
    expect(cluster.run("scancel", `${first.job}_4`)).toMatchObject({ code: 0 });
    const status = JSON.parse((await tool(directory, "--status", "--json")).stdout);
    expect(status.indices.running).toEqual([1, 2]);
    expect(status.indices.missing).toEqual([4]);
    expect(status.jobs).toEqual([{ id: first.job, array: "1-4%2" }]);
    const signal = (index: number, name: NodeJS.Signals) => {
      const id = processOf(directory, `${index}/${INDICES}`);
      if (id === undefined) throw new Error(`index ${index} has no process`);
      process.kill(id, name);
    };
    signal(1, "SIGKILL");
    signal(2, "SIGCONT");
    await queueEmpty(cluster);

    const missing = await tool("missing", directory);
    expect(missing).toEqual({ code: 0, stdout: "1,4%2\n", stderr: "" });
    const before = identities(directory);
    for (const name of [...own(2), ...own(3)]) expect(before).toHaveProperty(name);
    expect(own(1).filter((name) => name in before)).toHaveLength(1);
    for (const name of own(4)) expect(before).not.toHaveProperty(name);

    const serial = run("sweep", plan, "--out", join(root, "serial"), "--quiet");
    const again = JSON.parse((await tool(plan, "--out", directory, "--submit", "--json")).stdout);
    expect(again).toMatchObject({ indices: INDICES, array: "1,4%2" });
    await queueEmpty(cluster);
    const after = identities(directory);
    expect(Object.keys(after).sort()).toEqual([...hashes].sort());
    expect(after).toMatchObject(before);
    const logs = readdirSync(join(directory, "logs"));
    expect(logs.filter((name) => name.startsWith(`${again.job}_`)).sort()).toEqual(
      [1, 4].map((i) => `${again.job}_${i}.out`),
    );

    expect(await serial).toMatchObject({ code: 0 });
    expect(await tool(plan, "--out", directory, "--merge", "--quiet")).toMatchObject({ code: 0, stderr: "" });
    const merged = (folder: string) => readFileSync(join(root, folder, "sweep.json"), "utf8");
    expect(merged("on the cluster")).toBe(merged("serial"));

    const nothing = await tool(plan, "--out", directory, "--submit");
    expect(nothing.stdout).toContain("All tasks are done");
    expect(await tool("missing", directory)).toMatchObject({ code: 0, stdout: "" });
    expect(cluster.run("squeue", "--noheader").stdout).toBe("");
  }, 300_000);

  it("says what sbatch said where it refuses, and that the array is too long", async (context) => {
    const { env } = running(context);
    const tool = (...args: string[]) => runIn(env, "sweep", plan, "--out", join(root, "refused"), ...args);
    const refused = await tool("--submit", "--sbatch", "--partition=nowhere");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/sbatch refused the job array: .*[Ii]nvalid partition/);
    const wide = join(root, "wide.json");
    writeFileSync(wide, JSON.stringify({ ...PLAN, widths: [4], seeds: 1001 }));
    const long = await runIn(env, "sweep", wide, "--out", join(root, "wide"), "--slurm", "--indices", "1001");
    expect(long.code).toBe(2);
    expect(long.stderr).toContain("MaxArraySize of this cluster is 1001");
  });
});
