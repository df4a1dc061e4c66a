// The machinery of `npm run conformance`: what counts as passed, and that no engine can fail to answer unseen.

import { describe, expect, it } from "vitest";
import { engineNames } from "../../scripts/conformance.ts";
import { CASES } from "../conformance/cases.ts";
import { canonical, digest } from "../conformance/digest.ts";
import hashes from "../conformance/hashes.json" with { type: "json" };
import { key, listen, type Results } from "../conformance/listen.ts";
import { agreed, judge, type Outcome } from "../conformance/matrix.ts";

const BUILDS = ["simd", "scalar"];
const NAMES = ["words", "limit"];
const HASHES = new Map(NAMES.map((name) => [name, `hash of ${name}`]));

function heard(engine: string, change: Record<string, string> = {}, trouble: string | null = null): Outcome {
  const results: Results = new Map();
  for (const build of BUILDS) {
    for (const name of NAMES) {
      const where = key(build, name);
      if (change[where] !== "") results.set(where, { hash: change[where] ?? `hash of ${name}` });
    }
  }
  return { engine, version: "1.2", results, trouble, seconds: 1 };
}

const judged = (...outcomes: Outcome[]) => judge(outcomes, BUILDS, NAMES, HASHES);

describe("the verdict", () => {
  it("counts every engine, build and case", () => {
    const { lines, passed, failed } = judged(heard("node"), heard("firefox"));
    expect([passed, failed]).toEqual([8, 0]);
    expect(lines.slice(0, 4)).toEqual([
      "       node 1.2        firefox 1.2",
      "       simd   scalar   simd   scalar",
      "words  =      =        =      =",
      "limit  =      =        =      =",
    ]);
  });

  it("fails for another hash, and says where and which", () => {
    const { lines, passed, failed } = judged(heard("node"), heard("bun", { "scalar, limit": "another" }));
    expect([passed, failed]).toEqual([7, 1]);
    expect(lines).toContain("bun, scalar, limit: another instead of hash of limit");
  });

  it("fails for an engine that is missing, unless it was named", () => {
    const missing = judged(heard("node"), { engine: "webkit", missing: "install it" });
    expect([missing.passed, missing.failed]).toEqual([4, 4]);
    expect(missing.lines.join("\n")).toMatch(/webkit is missing, and --without does not name it: install it/);
    const named = judged(heard("node"), { engine: "webkit", without: true });
    expect([named.passed, named.failed]).toEqual([4, 0]);
    expect(named.lines).toContain("left out by name: webkit");
  });

  it("fails for an engine that stopped in the middle", () => {
    const { passed, failed, lines } = judged(
      heard("deno", { "scalar, limit": "" }, "ended with 1 after scalar, words"),
    );
    expect([passed, failed]).toEqual([3, 1]);
    expect(lines).toContain("deno ended with 1 after scalar, words");
  });

  it("fails for a case without a hash, a hash without a case, and where nothing was compared", () => {
    const outcomes = [heard("node")];
    expect(judge(outcomes, BUILDS, NAMES, new Map([["words", "hash of words"]]))).toMatchObject({
      passed: 2,
      failed: 2,
    });
    expect(judge(outcomes, BUILDS, ["words"], HASHES)).toMatchObject({ passed: 2, failed: 1 });
    expect(judged({ engine: "node", without: true }).failed).toBe(1);
  });

  it("takes new hashes only where everybody agrees", () => {
    expect(agreed([heard("node"), { engine: "bun", without: true }], BUILDS, NAMES)).toEqual(HASHES);
    expect(() => agreed([heard("node"), heard("bun", { "simd, words": "x" })], BUILDS, NAMES)).toThrow(/bun disagrees/);
    expect(() => agreed([heard("node", { "simd, words": "" })], BUILDS, NAMES)).toThrow(/node has no hash/);
    expect(() => agreed([{ engine: "webkit", missing: "no" }], BUILDS, NAMES)).toThrow(/webkit is missing/);
  });

  it("refuses names that no engine has", () => {
    expect(engineNames(["webkit,firefox", "bun"])).toEqual(["webkit", "firefox", "bun"]);
    expect(() => engineNames(["webkti"])).toThrow(/^no engine is called webkti; there are node, newest-node, bun/);
  });
});

describe("an engine", () => {
  const start = (program: string, silence = 20_000) =>
    listen({ engine: "test", command: [process.execPath, "-e", program], silence });
  const say = (message: object) => `console.log(${JSON.stringify(JSON.stringify(message))});`;
  const hello = say({ kind: "engine", version: "9" });
  const result = say({ kind: "result", build: "simd", name: "words", hash: "h" });

  it("is heard to its end, whatever else it prints, and need not end by itself", async () => {
    const program = `${hello}console.log("noise");${result}${say({ kind: "end" })}setInterval(() => {}, 1000);`;
    const { version, results, trouble } = await start(program);
    expect([version, trouble, [...results]]).toEqual(["9", null, [["simd, words", { hash: "h" }]]]);
  });

  it("that dies gives a sentence with its last words", async () => {
    const { trouble } = await start(`${hello}${result}console.error("out of luck"); process.exitCode = 3;`);
    expect(trouble).toMatch(/^ended with 3 after simd, words\nout of luck/);
  });

  it("that falls silent is ended", async () => {
    const { trouble } = await start(
      `${hello}process.on("SIGTERM", () => process.exit()); setInterval(() => {}, 1000);`,
      700,
    );
    expect(trouble).toBe("said nothing for 0.7 s after it was started");
  });

  it("that cannot be started gives a sentence", async () => {
    const { trouble } = await listen({ engine: "test", command: ["/no/such/program"], silence: 20_000 });
    expect(trouble).toMatch(/ENOENT/);
  });
});

describe("the digest", () => {
  it("tells every bit apart, also those that JSON does not know", async () => {
    const results = [
      0,
      -0,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      null,
      "0",
      [0],
      Float64Array.of(0),
      Float64Array.of(-0),
    ];
    const more = [Float32Array.of(0), Uint32Array.of(0), { a: 1, b: 2 }, { a: 1 }, 0.1 + 0.2, 0.3];
    const hashes = await Promise.all([...results, ...more].map(digest));
    expect(new Set(hashes).size).toBe(hashes.length);
    // printf '[1,"Int8Array 01ff"]' | sha256sum
    expect(canonical([1, Int8Array.of(1, -1)])).toBe('[1,"Int8Array 01ff"]');
    expect(await digest("abc")).toBe("6cc43f858fbb763301637b5af970e2a46b46f461f27e5a0f41e009c59b827b25");
  });
});

it("the table has a hash for every case, and workers change none", () => {
  expect(Object.keys(hashes)).toEqual(CASES.map(({ name }) => name));
  expect(hashes["gap reports on two workers"]).toBe(hashes["gap reports"]);
});
