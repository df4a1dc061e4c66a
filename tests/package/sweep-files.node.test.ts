// propchaos sweep on disk: killed at any moment, split, resumed, broken, locked, full. What is finished is never lost, no file
// is ever half there, and the merged document is the same to the bit.

import { type ChildProcess, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createEngine, loadSweep, readReport, type SweepPlan, sweepTasks, toCSV, version } from "propchaos/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ended, run, start } from "../support/command.ts";

const PLAN: SweepPlan = {
  title: "small",
  problems: ["He4", { name: "XOR_4", samples: 256, gradient: "euclidean" }],
  d: [6, 8],
  widths: [32, 64],
  seeds: 3,
  time: 2,
  record: 5,
};
const TASKS = 2 * 6 + 2 * 3;

let folder: string;
let plan: string;
/** The sweep.json of a run without workers that nothing disturbed. */
let expected: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sweep-"));
  plan = join(folder, "plan.json");
  writeFileSync(plan, JSON.stringify(PLAN));
  const { code, stderr } = await sweep("whole", "--workers", "0");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expected = merged("whole");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const merged = (name: string) => readFileSync(join(folder, name, "sweep.json"), "utf8");
const sweep = (name: string, ...options: string[]) => run("sweep", plan, "--out", at(name), ...options);
const files = (name: string) => readdirSync(join(folder, name, "tasks"));

/** A directory that has everything but sweep.json and sweep.csv. */
function copy(name: string): string[] {
  cpSync(at("whole"), at(name), { recursive: true });
  for (const file of ["sweep.json", "sweep.csv"]) rmSync(join(at(name), file));
  return files(name).map((file) => join(at(name), "tasks", file));
}

/** Waits until so many results are there, or the process has ended. */
async function until(name: string, count: number, child: ChildProcess): Promise<void> {
  const results = () =>
    existsSync(join(at(name), "tasks")) ? files(name).filter((file) => !file.startsWith(".")) : [];
  while (results().length < count && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe("a sweep", () => {
  it("has one file a task, the plan with its version, the document and its table", () => {
    expect(files("whole").sort()).toEqual(
      sweepTasks(PLAN)
        .map(({ hash }) => `${hash}.json`)
        .sort(),
    );
    expect(readdirSync(at("whole")).sort()).toEqual(["plan.json", "sweep.csv", "sweep.json", "tasks"]);
    expect(JSON.parse(readFileSync(join(at("whole"), "plan.json"), "utf8"))).toEqual({
      ...PLAN,
      schema: "propchaos/plan@1",
      version,
    });
    const report = readReport(expected);
    if (report.schema !== "propchaos/sweep@1") throw new Error("another kind of report");
    expect(report.status).toBe("completed");
    expect(report.results.map(({ problem, d }) => [problem, d])).toEqual([
      ["He4", 6],
      ["He4", 8],
      ["XOR_4", 6],
      ["XOR_4", 8],
    ]);
    const rows = toCSV(report)
      .replace(/^#.*\n/gm, "")
      .trim()
      .split("\n");
    expect(rows).toHaveLength(1 + 4 * 2 * 5);
    expect(rows[0]).toMatch(/^problem,d,samples,batch,.*,runTime,m,seeds,time,meanFieldLoss,/);
    for (const row of rows) expect(row.split(",")).toHaveLength(rows[0].split(",").length);
    expect(readFileSync(join(at("whole"), "sweep.csv"), "utf8")).toBe(toCSV(report));
  });

  it("gives the same bits on workers, and in parts by several processes at once", async () => {
    const workers = sweep("workers", "--workers", "2");
    const parts = [1, 2, 3].map((part) => sweep("parts", "--task", `${part}/3`, "--workers", "1"));
    expect((await workers).code).toBe(0);
    expect(merged("workers")).toBe(expected);
    for (const { code, stderr } of await Promise.all(parts)) expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(existsSync(join(at("parts"), "sweep.json"))).toBe(false);
    expect((await sweep("parts", "--merge", "--quiet")).code).toBe(0);
    expect(merged("parts")).toBe(expected);
  });

  it("survives kill -9 at any moment: no bad file, nothing finished computed again, the same bits", async () => {
    let finished = 0;
    for (let kill = 0; kill < 4; kill++) {
      const child = start(["sweep", plan, "--out", at("killed"), "--workers", kill % 2 === 0 ? "1" : "2"]);
      const end = ended(child);
      await until("killed", Math.min(finished + 1 + kill, TASKS), child);
      // Between two tasks, in the middle of one, while a file is being written.
      await new Promise((resolve) => setTimeout(resolve, 7 * kill * Math.random()));
      child.kill("SIGKILL");
      await end;
      const names = files("killed").filter((name) => !name.startsWith("."));
      expect(names.length).toBeGreaterThanOrEqual(Math.min(finished + 1, TASKS));
      // Each is equal to that of the run that nothing disturbed: whole, and right.
      for (const name of names)
        expect(readFileSync(join(at("killed"), "tasks", name), "utf8")).toBe(
          readFileSync(join(at("whole"), "tasks", name), "utf8"),
        );
      finished = names.length;
    }
    writeFileSync(join(at("killed"), "tasks", `.${sweepTasks(PLAN)[0].hash}.json.x.tmp`), "half");
    const last = await sweep("killed");
    expect(last.stdout).toContain(`${TASKS} tasks: ${TASKS - finished} computed now, ${finished} found, 0 left\n`);
    expect(last).toMatchObject({ code: 0, stderr: "" });
    expect(merged("killed")).toBe(expected);
    expect(
      readdirSync(at("killed"))
        .concat(files("killed"))
        .filter((name) => name.startsWith(".")),
    ).toEqual([]);
  });

  it("keeps what is finished at an interrupt, and says how to go on", async () => {
    const child = start(["sweep", plan, "--out", at("interrupted"), "--workers", "0"]);
    const end = ended(child);
    await until("interrupted", 3, child);
    child.kill("SIGINT");
    const { code, stderr } = await end;
    expect(code).toBe(130);
    expect(stderr).toContain("finished tasks are kept, and the same command goes on where this one was");
    const before = files("interrupted").length;
    expect(before).toBeLessThan(TASKS);
    const partial = await sweep("interrupted", "--merge", "--json");
    expect(partial.code).toBe(1);
    expect(JSON.parse(partial.stdout).missing).toHaveLength(TASKS - before);
    expect((await sweep("interrupted")).stdout).toContain(`${before} found`);
    expect(merged("interrupted")).toBe(expected);
  });
});

describe("files that are not what they should be", () => {
  it("are moved aside with a sentence and computed again, each for its own reason", async () => {
    const paths = copy("damaged");
    const texts = paths.map((path) => readFileSync(path, "utf8"));
    const damages: [string, string][] = [
      [texts[0].slice(0, texts[0].length / 2), "it is no JSON, or only the beginning of it"],
      ["", "it is no JSON, or only the beginning of it"],
      [texts[2].replace(/(?<="loss":\[)\d/, "7"), "its checksum does not agree with its numbers"],
      ['{"a": 1}', "it is no result of a task"],
      [
        texts[4].replace(`"version":"${version}"`, '"version":"0.0.1"'),
        "it was computed by version 0.0.1, and this is",
      ],
      [texts[0], "it is the result of another task, "],
      [texts[6].replace(/(?<="seed":)\d/, "7"), "what it says of its task does not agree with its name"],
    ];
    for (const [i, [damaged]] of damages.entries()) {
      expect(damaged).not.toBe(texts[i]);
      writeFileSync(paths[i], damaged);
    }
    const { code, stderr, stdout } = await sweep("damaged");
    expect(code).toBe(0);
    expect(stdout).toContain(`${damages.length} computed now, ${TASKS - damages.length} found`);
    for (const [i, [damaged, reason]] of damages.entries()) {
      const line = stderr.split("\n").find((sentence) => sentence.includes(`${basename(paths[i])} is not the result`));
      expect(line).toContain(reason);
      expect(readFileSync(paths[i], "utf8")).toBe(texts[i]);
      expect(readFileSync(`${paths[i]}.broken`, "utf8")).toBe(damaged);
    }
    expect(merged("damaged")).toBe(expected);
  });
});

describe("a directory", () => {
  it("that was begun with another plan is refused, and taken over with --update, what is common being kept", async () => {
    copy("other");
    const wider = at("wider.json");
    writeFileSync(wider, JSON.stringify({ ...PLAN, problems: ["He4"], widths: [32, 64, 128] }));
    const refused = await run("sweep", wider, "--out", at("other"));
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /was begun with another plan, .* \(different: problems, widths\); take another directory/,
    );
    const taken = await run("sweep", wider, "--out", at("other"), "--update");
    expect(taken.code).toBe(0);
    expect(taken.stdout).toContain("18 tasks: 6 computed now, 12 found, 0 left");
    expect(taken.stderr).toContain("6 files in ");
    expect(files("other")).toHaveLength(TASKS + 6);
    // Another spelling of the same plan is the same plan.
    writeFileSync(
      wider,
      JSON.stringify({
        ...PLAN,
        title: "again",
        problems: [{ name: "He4" }],
        widths: [32, 64, 128],
        dynamics: ["pgd"],
      }),
    );
    expect((await run("sweep", wider, "--out", at("other"), "--quiet")).code).toBe(0);
  });

  it("of another version is refused", async () => {
    copy("early");
    writeFileSync(join(at("early"), "plan.json"), JSON.stringify({ ...PLAN, version: "0.0.1" }));
    const { code, stderr } = await sweep("early");
    expect(code).toBe(2);
    expect(stderr).toMatch(/was begun by version 0\.0\.1 of propchaos and this is .*; use that version, take another/);
  });

  it("whose plan is damaged says so, and loses nothing", async () => {
    copy("garbled");
    writeFileSync(join(at("garbled"), "plan.json"), "{");
    const refused = await sweep("garbled");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("is no plan any more");
    expect((await sweep("garbled", "--update")).stdout).toContain(`${TASKS} found`);
    expect(merged("garbled")).toBe(expected);
  });

  it("without a plan cannot be merged or loaded", async () => {
    const { code, stderr } = await sweep("nowhere", "--merge");
    expect(code).toBe(2);
    expect(stderr).toMatch(/holds no plan\.json; begin a sweep there with: propchaos sweep PLAN\.json --out /);
    using engine = await createEngine();
    await expect(loadSweep(engine, at("nowhere"))).rejects.toThrow("holds no plan.json");
  });

  it("is loaded as far as it is complete, and not changed by that", async () => {
    const [path] = copy("loaded");
    writeFileSync(path, "{");
    using engine = await createEngine();
    const report = await loadSweep(engine, at("loaded"));
    expect(report.status).toBe("incomplete");
    expect(report.missing.map(({ hash }) => path.includes(hash))).toEqual([true]);
    expect(report.results.filter((result) => result.report?.status === "aborted")).toHaveLength(1);
    expect(readFileSync(path, "utf8")).toBe("{");
    rmSync(path);
    expect(JSON.stringify(await loadSweep(engine, at("loaded")))).toBe(JSON.stringify(report));
  });
});

describe("the lock of a directory", () => {
  const held = (name: string, lock: string, holder: object) => {
    mkdirSync(at(name), { recursive: true });
    writeFileSync(join(at(name), lock), JSON.stringify({ id: "x", pid: process.pid, host: hostname(), ...holder }));
  };

  it("keeps a second sweep out while the first is at work, and says what to do", async () => {
    copy("locked");
    held("locked", ".lock", {});
    for (const options of [[], ["--task", "1/2"]]) {
      const { code, stderr } = await sweep("locked", ...options);
      expect(code).toBe(1);
      expect(stderr).toContain(`is in use by process ${process.pid} on this machine`);
      expect(stderr).toContain("share the tasks with --task I/N");
    }
    rmSync(join(at("locked"), ".lock"));
    held("locked", ".lock-1-of-2", {});
    expect((await sweep("locked")).code).toBe(1);
    expect((await sweep("locked", "--task", "1/2")).code).toBe(1);
    expect((await sweep("locked", "--task", "2/2")).code).toBe(0);
    // Who only reads needs no lock.
    expect((await sweep("locked", "--merge")).code).toBe(0);
  });

  it("of a process that is gone, or of another machine that is silent, is void", async () => {
    copy("stale");
    const { pid } = spawnSync(process.execPath, ["--version"]);
    held("stale", ".lock", { pid });
    expect((await sweep("stale", "--quiet")).code).toBe(0);
    expect(readdirSync(at("stale"))).not.toContain(".lock");
    held("stale", ".lock", { pid, host: "elsewhere" });
    expect((await sweep("stale")).stderr).toContain(`is in use by process ${pid} on elsewhere`);
    utimesSync(join(at("stale"), ".lock"), 1e9, 1e9);
    expect((await sweep("stale", "--quiet")).code).toBe(0);
    // A process that was killed while it wrote its lock has left it empty.
    writeFileSync(join(at("stale"), ".lock"), "");
    utimesSync(join(at("stale"), ".lock"), 1e9, 1e9);
    expect((await sweep("stale", "--quiet")).code).toBe(0);
  });
});

describe("the command line", () => {
  it("refuses a plan with every mistake, and a part that does not exist, before a directory is made", async () => {
    const wrong = at("wrong.json");
    writeFileSync(wrong, '{"problems": [{"name": "He4", "seeed": 1}], "widths": [8, 0], "tiem": 4}');
    const refused = await run("sweep", wrong, "--out", at("never"));
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr.replaceAll(wrong, "FILE")).toBe(
      [
        'propchaos: FILE: /problems/0 has no key "seeed"; did you mean "seed"?',
        "FILE: /widths/1 must be an integer of at least 1; got 0",
        'FILE: the plan has no key "tiem"; did you mean "time"?\n',
      ].join("\n"),
    );
    for (const options of [
      ["--task", "3/2"],
      ["--task", "1/2", "--merge"],
    ])
      expect((await sweep("never", ...options)).code).toBe(2);
    expect(existsSync(at("never"))).toBe(false);
  });
});

/** A file system of 256 KiB; null where this user may not mount one. */
function tinyDisk(name: string): (() => void) | null {
  mkdirSync(at(name), { recursive: true });
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", at(name)]);
  return status === 0 ? () => void spawnSync("umount", [at(name)]) : null;
}

describe("a disk", () => {
  it("that is full ends a sweep with a sentence; what is finished is kept", async (context) => {
    const unmount = tinyDisk("disk");
    if (!unmount) return context.skip("this user may not mount a small disk");
    try {
      writeFileSync(join(at("disk"), "ballast"), new Uint8Array(200_000));
      const { code, stderr } = await sweep("disk");
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /there is no space left for .*; make room: what is finished is kept, and the same command goes on/,
      );
      const kept = files("disk");
      expect(kept.length).toBeGreaterThan(0);
      for (const name of kept)
        expect(readFileSync(join(at("disk"), "tasks", name), "utf8")).toBe(
          readFileSync(join(at("whole"), "tasks", name), "utf8"),
        );
      rmSync(join(at("disk"), "ballast"));
      const again = await sweep("disk", "--task", "1/1");
      expect(again.stdout).toContain(`${kept.length} found`);
      expect(again.code).toBe(0);
    } finally {
      unmount();
    }
  });

  it("that is read-only is refused with a sentence before anything is computed", async (context) => {
    const unmount = tinyDisk("readonly");
    if (!unmount) return context.skip("this user may not mount a disk");
    try {
      spawnSync("mount", ["-o", "remount,ro", at("readonly")]);
      const { code, stderr, stdout } = await sweep("readonly");
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(/readonly cannot be written \(EROFS\); make it writable/);
    } finally {
      unmount();
    }
  });
});
