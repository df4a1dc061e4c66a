// The pure part of sweeps on Slurm: array lists, packing of tasks into indices, the text of the script.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UsageError } from "../../src/cli/errors.ts";
import { formatArray, formatIndices, parseIndices } from "../../src/cli/slurm/array-list.ts";
import { memoryFor, minutesFor } from "../../src/cli/slurm/needs.ts";
import { indexOf, longestIndex, pack, type TaskCosts } from "../../src/cli/slurm/packing.ts";
import { indexStates, stateLine } from "../../src/cli/slurm/progress.ts";
import { readRecord, writeRecord } from "../../src/cli/slurm/record.ts";
import { formatMinutes, quote, type ScriptOptions, scriptText } from "../../src/cli/slurm/script.ts";

describe("array lists", () => {
  it.each([
    [[], ""],
    [[3], "3"],
    [[9, 7, 3, 8], "3,7-9"],
    [[1, 2], "1-2"],
    [[0, 2, 4, 4], "0,2,4"],
  ])("%j is %j", (indices, text) => {
    expect(formatIndices(indices)).toBe(text);
  });

  it("come back as they were", () => {
    const sets = fc.uniqueArray(fc.nat(2000), { maxLength: 300 });
    fc.assert(
      fc.property(sets, (indices) => {
        expect(parseIndices(formatIndices(indices))).toEqual([...indices].sort((a, b) => a - b));
      }),
    );
  });

  it("are as short as ranges make them: no two touch", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60), { minLength: 1 }), (indices) => {
        const ranges = formatIndices(indices)
          .split(",")
          .map((range) => range.split("-").map(Number));
        for (let k = 1; k < ranges.length; k++) expect(ranges[k][0]).toBeGreaterThan((ranges[k - 1].at(-1) ?? 0) + 1);
      }),
    );
  });

  it("are read with steps, overlaps and what may run at once", () => {
    expect(parseIndices("1-9:4,2,5-6%3")).toEqual([1, 2, 5, 6, 9]);
    expect(parseIndices("")).toEqual([]);
    expect(formatArray([4, 5], 2)).toBe("4-5%2");
    expect(formatArray([], 2)).toBe("");
    expect(formatArray([7], null)).toBe("7");
  });

  it.each(["a", "3-", "5-3", "1,,2", "1-9:0", "-1", "1 2", "%3", "1-99999999999"])("%j is refused", (text) => {
    expect(() => parseIndices(text)).toThrow(RangeError);
  });
});

describe("packing", () => {
  /** Tasks that share nothing. */
  const alone = (seconds: number[]): TaskCosts => ({ seconds, combination: seconds.map(() => 0), shared: [0] });
  const limits = fc.integer({ min: 1, max: 40 });
  const plans = fc
    .record({ groups: fc.integer({ min: 1, max: 6 }), size: fc.integer({ min: 1, max: 30 }) })
    .chain(({ groups, size }) =>
      fc.record({
        seconds: fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: groups * size, maxLength: groups * size }),
        combination: fc.constant(Array.from({ length: groups * size }, (_, task) => Math.floor(task / size))),
        shared: fc.array(fc.nat(2000), { minLength: groups, maxLength: groups }),
      }),
    );

  it("keeps to the limits, and its time is between what no order can beat and what every order keeps", () => {
    fc.assert(
      fc.property(plans, limits, fc.integer({ min: 1, max: 3000 }), (costs, limit, goal) => {
        const { indices, cpus, seconds } = pack(costs, { limit, goal });
        expect(indices).toBeGreaterThanOrEqual(1);
        expect(indices).toBeLessThanOrEqual(Math.min(limit, costs.seconds.length));
        const parts = Array.from({ length: indices }, () => ({ sum: 0, longest: 0, groups: new Set<number>() }));
        costs.seconds.forEach((each, task) => {
          const part = parts[indexOf(task, indices) - 1];
          part.sum += each;
          part.longest = Math.max(part.longest, each);
          part.groups.add(costs.combination[task]);
        });
        const once = (groups: Set<number>) => [...groups].reduce((sum, group) => sum + costs.shared[group], 0);
        const below = parts.map(({ sum, longest, groups }) => once(groups) + Math.max(sum / cpus, longest));
        const above = parts.map(({ sum, longest, groups }) => once(groups) + sum / cpus + longest);
        expect(seconds).toBeGreaterThanOrEqual(Math.max(...below) * (1 - 1e-12));
        expect(seconds).toBeLessThanOrEqual(Math.max(...above) * (1 + 1e-12));
      }),
    );
  });

  it("gives every task to one index", () => {
    expect([0, 1, 2, 3, 4].map((task) => indexOf(task, 3))).toEqual([1, 2, 3, 1, 2]);
  });

  it("counts processors: tasks of 10, 10 and 20 seconds on two take 30", () => {
    expect(longestIndex(alone([10, 10, 20]), 1, 1)).toBe(40);
    expect(longestIndex(alone([10, 10, 20]), 1, 2)).toBe(30);
    expect(longestIndex(alone([10, 10, 20]), 3, 2)).toBe(20);
  });

  it("counts what tasks share once an index", () => {
    const costs = { seconds: [1, 1, 1, 1], combination: [0, 0, 1, 1], shared: [100, 50] };
    expect(longestIndex(costs, 1, 1)).toBe(154);
    expect(longestIndex(costs, 2, 1)).toBe(152);
    expect(longestIndex(costs, 4, 1)).toBe(101);
    expect(longestIndex({ ...costs, seconds: [0, 1, 1, 0] }, 2, 1)).toBe(101);
  });

  it("fills an index up to the goal", () => {
    const even = alone(new Array(100).fill(6));
    expect(pack(even, { limit: 1000, goal: 60 })).toEqual({ indices: 10, cpus: 1, seconds: 60 });
    expect(pack(even, { limit: 1000, goal: 6000 })).toEqual({ indices: 1, cpus: 1, seconds: 600 });
    expect(pack(alone([500, 500]), { limit: 1000, goal: 60 })).toEqual({ indices: 2, cpus: 1, seconds: 500 });
  });

  it("does not leave the costly tasks, every fourth, to the same indices", () => {
    const costs = alone(Array.from({ length: 240 }, (_, task) => (task % 4 === 3 ? 70 : 10)));
    // With the 20 indices that the goal asks for, five have nothing but costly ones.
    expect(longestIndex(costs, 20, 1)).toBe(840);
    const { indices, seconds } = pack(costs, { limit: 1000, goal: 300 });
    expect(indices).toBeGreaterThan(20);
    expect(indices).toBeLessThan(28);
    expect(seconds).toBeLessThanOrEqual(300);
  });

  it("takes more processors where the array may not be longer", () => {
    const { indices, cpus } = pack(alone(new Array(1000).fill(60)), { limit: 10, goal: 1500 });
    expect({ indices, cpus }).toEqual({ indices: 10, cpus: 4 });
    expect(pack(alone(new Array(1000).fill(60)), { limit: 10, goal: 1500, node: 2 }).cpus).toBe(2);
    // A task has one processor, so more would not help here.
    expect(pack(alone([5000, 5000]), { limit: 10, goal: 60 }).cpus).toBe(1);
  });

  it("takes what is given", () => {
    const given = { limit: 10, goal: 60, indices: 4, cpus: 3 };
    expect(pack(alone([1, 1, 1, 1]), given)).toEqual({ indices: 4, cpus: 3, seconds: 1 });
  });
});

describe("what an index asks for", () => {
  it("is three times the estimate in steps that a person would take, and ten minutes at least", () => {
    expect([0, 1, 200, 600, 700, 3600, 13_000].map(minutesFor)).toEqual([10, 10, 10, 30, 35, 180, 660]);
  });

  it("is memory for the program and for each task at once, in steps of 256 MiB", () => {
    const mib = 1024 * 1024;
    expect(memoryFor(0, 1)).toBe(256);
    expect(memoryFor(5 * mib, 2)).toBe(512);
    expect(memoryFor(1024 * mib, 4)).toBe(8704);
  });
});

describe("the script", () => {
  const OPTIONS: ScriptOptions = {
    version: "1.2.3",
    directory: "/data/my sweep",
    plan: "/data/my sweep/plan.json",
    script: "/data/my sweep/slurm.sh",
    tasks: 240,
    indices: 24,
    atOnce: 8,
    cpus: 2,
    memoryMiB: 768,
    minutes: 95,
    sbatch: ["--partition=long", '--comment="my words"'],
    setup: ["module load nodejs/20"],
    node: "node",
    program: "/opt/it's here/propchaos.js",
    passed: ["--backend", "scalar"],
  };
  const text = (changes: Partial<ScriptOptions> = {}) => scriptText({ ...OPTIONS, ...changes });

  it("asks for what an index needs", () => {
    const lines = text()
      .split("\n")
      .filter((line) => line.startsWith("#SBATCH "));
    expect(lines.map((line) => line.slice(8))).toEqual([
      "--job-name=propchaos-my-sweep",
      "--array=1-24%8",
      "--nodes=1",
      "--ntasks=1",
      "--cpus-per-task=2",
      "--mem=768M",
      "--time=01:35:00",
      "--output='/data/my sweep/logs/'%A_%a.out",
      "--open-mode=append",
      "--signal=B:INT@10",
      "--requeue",
      "--partition=long",
      '--comment="my words"',
    ]);
    expect(text({ atOnce: null })).toContain("--array=1-24\n");
    expect(text({ directory: "/50%/x" })).toContain("--output=/50%%/x/logs/%A_%a.out");
    expect(text().indexOf("module load")).toBeGreaterThan(text().lastIndexOf("#SBATCH"));
  });

  it("hands paths to the program as they are, whatever is in them", () => {
    const words = fc.string({ unit: "binary", minLength: 1, maxLength: 20 }).filter((word) => !/[\n\r\0\\]/.test(word));
    fc.assert(
      fc.property(words, words, (name, other) => {
        const script = text({
          node: "/usr/bin/printf",
          program: "%s\\0",
          directory: `/${name}`,
          plan: `/${other}`,
          setup: [],
          passed: ["--memory-limit", "5"],
        });
        const { stdout } = spawnSync("bash", ["-s"], {
          input: script,
          env: { SLURM_ARRAY_TASK_ID: "7" },
          encoding: "utf8",
        });
        expect(stdout.split("\0")).toEqual([
          "sweep",
          `/${other}`,
          "--out",
          `/${name}`,
          "--memory-limit",
          "5",
          "--wait",
          "240",
          "--workers",
          "2",
          "--task",
          "7/24",
          "",
        ]);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    [{ directory: "/a\nb" }, "no line breaks"],
    [{ directory: "/a\\b" }, "no backslash"],
    [{ sbatch: ["partition=x"] }, "must be one option of sbatch"],
    [{ sbatch: ["--partition=x\n#SBATCH --time=1"] }, "must be one option of sbatch"],
    [{ sbatch: ["--array=1-3"] }, "must not set the array"],
    [{ sbatch: ["-a1-3"] }, "must not set the array"],
    [{ setup: ["a\nb"] }, "must be one line"],
  ])("%j is refused", (changes, sentence) => {
    expect(() => text(changes)).toThrow(UsageError);
    expect(() => text(changes)).toThrow(sentence);
  });

  it("writes minutes as Slurm reads them, and quotes only what needs it", () => {
    expect([1, 59, 60, 1439, 1440, 4321].map(formatMinutes)).toEqual([
      "00:01:00",
      "00:59:00",
      "01:00:00",
      "23:59:00",
      "1-00:00:00",
      "3-00:01:00",
    ]);
    expect(["plain/path-1.sh", "a b", "it's", ""].map(quote)).toEqual(["plain/path-1.sh", "'a b'", `'it'"'"'s'`, "''"]);
  });
});

describe("what indices are at", () => {
  const job = (index: number, state: string, reason = "None") => ({ job: "5", index, state, reason });

  it("follows from the tasks first and from the queue second", () => {
    // Six tasks in four indices: 1 has tasks 0 and 4, 2 has 1 and 5, 3 has 2, 4 has 3.
    const done = [true, true, false, false, true, false];
    const queue = [job(1, "RUNNING"), job(2, "COMPLETING"), job(3, "PENDING", "Resources")];
    expect(indexStates(done, 4, queue)).toEqual({
      done: [1],
      running: [2],
      waiting: [3],
      missing: [4],
      reasons: ["Resources"],
    });
    expect(stateLine(indexStates(done, 4, queue))).toBe("1 done, 1 running, 1 waiting (Resources), 1 missing (4)");
  });

  it("without a queue: what is not done is missing", () => {
    expect(indexStates([false, true, false, false], 3, []).missing).toEqual([1, 3]);
    expect(stateLine(indexStates([true], 1, []))).toBe("1 done, 0 running, 0 waiting, 0 missing");
  });

  it("puts every index into one list, and resubmission covers every task that is not done", () => {
    const states = fc.constantFrom("PENDING", "RUNNING", "COMPLETING", "REQUEUED");
    const queues = fc.array(fc.record({ index: fc.integer({ min: 1, max: 12 }), state: states }));
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), queues, (done, entries) => {
        const indices = Math.min(12, done.length);
        const queue = entries.map(({ index, state }) => job(index, state));
        const { done: over, running, waiting, missing } = indexStates(done, indices, queue);
        const all = [...over, ...running, ...waiting, ...missing].sort((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: indices }, (_, i) => i + 1));
        const covered = new Set([...running, ...waiting, ...missing]);
        done.forEach((finished, task) => {
          if (!finished) expect(covered).toContain(indexOf(task, indices));
        });
      }),
    );
  });
});

describe("the record of jobs", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "slurm-record-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("comes back, and is undefined where there is none", () => {
    const settings = { atOnce: 3, cpus: null, sbatch: ["--mem=1G"], setup: [], node: "node", program: "/p.js" };
    const record = { indices: 4, tasks: 9, settings, jobs: [{ id: "12", array: "1-4%3" }] };
    expect(readRecord(directory)).toBeUndefined();
    expect(writeRecord(directory, record, "#!/bin/bash\n")).toBe(join(directory, "slurm.sh"));
    expect(readRecord(directory)).toEqual(record);
    expect(readdirSync(directory).sort()).toEqual(["slurm.json", "slurm.sh"]);
  });

  const SETTINGS = '"settings":{"atOnce":null,"cpus":null,"sbatch":[],"setup":[],"node":"n","program":"p"}';
  it.each([
    "",
    "{",
    "null",
    `{"indices":0,"tasks":1,${SETTINGS},"jobs":[]}`,
    `{"indices":2,"tasks":4,${SETTINGS},"jobs":[{"id":"1;x","array":"1"}]}`,
    `{"indices":2,"tasks":4,${SETTINGS},"jobs":[{"id":"1","array":"2-1"}]}`,
    `{"indices":2,"tasks":4,${SETTINGS.replace("[]", "[1]")},"jobs":[]}`,
  ])("%j is none that propchaos wrote", (text) => {
    writeFileSync(join(directory, "slurm.json"), text);
    expect(() => readRecord(directory)).toThrow("delete it and prepare the sweep again");
  });
});
