// The pure part of sweeps on Slurm: array lists, packing of tasks into indices, the text of the script.

import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/cli/errors.ts";
import { formatArray, formatIndices, parseIndices } from "../../src/cli/slurm/array-list.ts";
import { indexOf, longestIndex, pack } from "../../src/cli/slurm/packing.ts";
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
        expect(parseIndices(formatIndices(indices))).toEqual(indices.toSorted((a, b) => a - b));
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
  const tasksTimes = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 200 });
  const limits = fc.integer({ min: 1, max: 40 });

  it("keeps to the limits, and its time is between what no order can beat and what every order keeps", () => {
    fc.assert(
      fc.property(tasksTimes, limits, fc.integer({ min: 1, max: 3000 }), (seconds, limit, goal) => {
        const packing = pack(seconds, { limit, goal });
        expect(packing.indices).toBeGreaterThanOrEqual(1);
        expect(packing.indices).toBeLessThanOrEqual(Math.min(limit, seconds.length));
        const parts = Array.from({ length: packing.indices }, () => [0, 0]);
        seconds.forEach((each, task) => {
          const part = parts[indexOf(task, packing.indices) - 1];
          part[0] += each;
          part[1] = Math.max(part[1], each);
        });
        const below = Math.max(...parts.map(([sum, longest]) => Math.max(sum / packing.cpus, longest)));
        const above = Math.max(...parts.map(([sum, longest]) => sum / packing.cpus + longest));
        expect(packing.seconds).toBeGreaterThanOrEqual(below * (1 - 1e-12));
        expect(packing.seconds).toBeLessThanOrEqual(above * (1 + 1e-12));
      }),
    );
  });

  it("gives every task to one index", () => {
    expect([0, 1, 2, 3, 4].map((task) => indexOf(task, 3))).toEqual([1, 2, 3, 1, 2]);
  });

  it("counts processors: three tasks of 10, 10 and 20 seconds on two take 30", () => {
    expect(longestIndex([10, 10, 20], 1, 1)).toBe(40);
    expect(longestIndex([10, 10, 20], 1, 2)).toBe(30);
    expect(longestIndex([10, 10, 20], 3, 2)).toBe(20);
  });

  it("fills an index up to the goal", () => {
    expect(pack(new Array(100).fill(6), { limit: 1000, goal: 60 })).toEqual({ indices: 10, cpus: 1, seconds: 60 });
    expect(pack(new Array(100).fill(6), { limit: 1000, goal: 6000 })).toEqual({ indices: 1, cpus: 1, seconds: 600 });
    expect(pack([500, 500], { limit: 1000, goal: 60 })).toEqual({ indices: 2, cpus: 1, seconds: 500 });
  });

  it("does not leave the costly tasks, every fourth, to the same indices", () => {
    const seconds = Array.from({ length: 240 }, (_, task) => (task % 4 === 3 ? 70 : 10));
    const { indices, seconds: longest } = pack(seconds, { limit: 1000, goal: 300 });
    // With the 20 indices that the goal asks for, five have nothing but costly ones.
    expect(longestIndex(seconds, 20, 1)).toBe(840);
    expect({ indices, longest }).toEqual({ indices: 21, longest: 330 });
  });

  it("takes more processors where the array may not be longer", () => {
    const { indices, cpus } = pack(new Array(1000).fill(60), { limit: 10, goal: 1500 });
    expect({ indices, cpus }).toEqual({ indices: 10, cpus: 4 });
  });

  it("takes what is given", () => {
    expect(pack([1, 1, 1, 1], { limit: 10, goal: 60, indices: 4, cpus: 3 })).toEqual({
      indices: 4,
      cpus: 3,
      seconds: 1,
    });
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
      "--signal=B:INT@60",
      "--requeue",
      "--partition=long",
      '--comment="my words"',
    ]);
    expect(text({ atOnce: null })).toContain("--array=1-24\n");
    expect(text({ directory: "/50%/x" })).toContain("--output=/50%%/x/logs/%A_%a.out");
    expect(text().indexOf("module load")).toBeGreaterThan(text().lastIndexOf("#SBATCH"));
  });

  it("hands paths to the program as they are, whatever is in them", () => {
    const words = fc
      .string({ unit: "binary", minLength: 1, maxLength: 20 })
      .filter((word) => !/[\n\r\0\\]/.test(word) && word.isWellFormed());
    fc.assert(
      fc.property(words, words, (name, other) => {
        const script = text({
          node: "/usr/bin/printf",
          program: "%s\\0",
          directory: `/${name}`,
          plan: `/${other}`,
          setup: [],
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
          "--task",
          "7/24",
          "--workers",
          "2",
          "--quiet",
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
