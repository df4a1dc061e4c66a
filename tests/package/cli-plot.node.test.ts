// propchaos plot: what a directory holds as figures and one page; what is missing, broken or in the way.

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
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import {
  approximationGap,
  createEngine,
  gapLimitConstants,
  gapReport,
  meanFieldLimit,
  problems,
  selfConcordance,
  separateGaps,
  theoryReport,
  trainNetwork,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../support/command.ts";

const SHORT = { time: 0.4, step: 0.1, record: 5 };
const He4 = problems.He4({ d: 4 });
/** A name that would run in a page that forgot to escape it. */
const NASTY = `<script>alert("&x")</script>`;

let root: string;
let made: Record<string, string>;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "plot-"));
  using engine = await createEngine();
  const network = await trainNetwork(engine, He4, { ...SHORT, width: 5, alphaPaths: 3 });
  const nasty = { ...(await approximationGap(engine, He4, { ...SHORT, widths: [4, 9], seeds: 2 })) };
  const reports = {
    gap: await gapReport(engine, He4, { ...SHORT, widths: [4, 9], seeds: 2, distribution: true }),
    nasty: { ...nasty, problem: { ...nasty.problem, name: NASTY } },
    gaps: await separateGaps(engine, He4, { ...SHORT, widths: [4, 6], samples: [8, 16], seeds: 2 }),
    limit: await meanFieldLimit(engine, He4, { ...SHORT, alphaPaths: network.alphaPaths?.start }),
    network,
    constants: await gapLimitConstants(engine, He4, { time: 0.5, record: 3, tolerance: 0.01 }),
    "self-concordance": await selfConcordance(engine, He4, SHORT),
    theory: await theoryReport(engine, He4, { ...SHORT, width: 5 }),
    aborted: await approximationGap(engine, He4, { ...SHORT, widths: [4], signal: AbortSignal.abort() }),
  };
  made = Object.fromEntries(Object.entries(reports).map(([name, report]) => [name, JSON.stringify(report)]));
});
afterAll(() => rmSync(root, { recursive: true }));

/** A directory with these documents, and other files. */
function directory(name: string, documents: readonly string[], others: Record<string, string> = {}): string {
  const folder = join(root, name);
  mkdirSync(folder);
  for (const document of documents) writeFileSync(join(folder, `${document}.json`), made[document]);
  for (const [file, text] of Object.entries(others)) writeFileSync(join(folder, file), text);
  return folder;
}

const figuresIn = (folder: string) => readdirSync(join(folder, "figures")).sort();

/** Width, height and the samples of a PNG of 8 bits, without its filters, which text and emptiness differ in. */
function png(bytes: Uint8Array): { width: number; height: number; data: Buffer } {
  const view = Buffer.from(bytes);
  const parts: Buffer[] = [];
  for (let at = 8; at < view.length; ) {
    const length = view.readUInt32BE(at);
    if (view.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(view.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return { width: view.readUInt32BE(16), height: view.readUInt32BE(20), data: inflateSync(Buffer.concat(parts)) };
}

describe("propchaos plot", () => {
  it("draws every kind of document as SVG and PNG, and writes one page", async () => {
    const names = ["gap", "gaps", "limit", "network", "constants", "self-concordance", "theory", "aborted"];
    const folder = directory("all", names);
    const { code, stdout, stderr } = await run("plot", folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(
      "gap.json (completed): gap, gap-risk, gap-delta, gap-function-gap, gap-distribution, gap-theory\n",
    );
    expect(stdout).toContain("network and limit together: alignment\n");
    const stems = [
      "aborted-delta aborted-function-gap aborted-gap aborted-risk alignment constants",
      "gap gap-delta gap-distribution gap-function-gap gap-risk gap-theory gaps gaps-delta limit network",
      "self-concordance theory theory-self-concordance-limit theory-self-concordance-network",
    ];
    const expected = stems
      .join(" ")
      .split(" ")
      .flatMap((stem) => [`${stem}.png`, `${stem}.svg`]);
    expect(figuresIn(folder)).toEqual([...expected, "written.json"].sort());
    const page = readFileSync(join(folder, "report.html"), "utf8");
    expect(page.match(/<svg /g)).toHaveLength(expected.length / 2);
    for (const text of [
      "Approximation gap of He4, d = 4",
      "Settings and provenance",
      "@article{glasgow2025propagation",
    ])
      expect(page).toContain(text);
    // Every definition has one place, and every reference leads to one.
    const ids = [...page.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/(?:url\(#|href="#)([^)"]+)/g)) expect(ids).toContain(id);

    // Again, without pictures: the same figures, and the pictures that are out of date are gone.
    const drawings = expected.filter((name) => name.endsWith(".svg"));
    const before = drawings.map((name) => readFileSync(join(folder, "figures", name), "utf8"));
    expect((await run("plot", folder, "--format", "svg")).code).toBe(0);
    expect(drawings.map((name) => readFileSync(join(folder, "figures", name), "utf8"))).toEqual(before);
    expect(figuresIn(folder)).toEqual([...drawings, "written.json"].sort());
  });

  it("escapes what comes from outside, and refers to nothing outside", async () => {
    const folder = directory("nasty", ["nasty"], { "<i>.json": "{}" });
    const { code, stderr } = await run("plot", folder, "--format", "svg");
    expect(code).toBe(0);
    expect(stderr).toContain("<i>.json was left out: ");
    const page = readFileSync(join(folder, "report.html"), "utf8");
    expect(page).not.toMatch(/<script|<i>|<img|<link|<iframe|javascript:| on\w+=/i);
    expect(page).toContain("&lt;script&gt;");
    expect(page).not.toMatch(/(?:src|href)="(?!#)|url\((?!#)|@import/);
    expect(page).toContain("default-src 'none'");
    expect(readFileSync(join(folder, "figures/nasty-gap.svg"), "utf8")).not.toContain("<script");
  });

  it("draws text into the PNG, at twice the size, without a font of the system", async () => {
    const folder = directory("text", ["constants"]);
    expect((await run("plot", folder)).code).toBe(0);
    const svg = readFileSync(join(folder, "figures/constants.svg"), "utf8");
    const [, width, height] = /<svg [^>]*width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
    const picture = png(readFileSync(join(folder, "figures/constants.png")));
    expect([picture.width, picture.height]).toEqual([2 * Number(width), 2 * Number(height)]);
    // The title stands alone in the first lines: without a font these would be white, equal bytes row after row.
    const stride = picture.data.length / picture.height;
    const rows = Array.from({ length: 90 }, (_, y) => picture.data.subarray(y * stride + 1, (y + 1) * stride));
    expect(rows.filter((row) => new Set(row).size > 8).length).toBeGreaterThan(20);
  });

  it("says in JSON what it did", async () => {
    const folder = directory("json", ["limit"], { "notes.json": "[]", "broken.json": made.gap.slice(0, 400) });
    const { code, stdout } = await run("plot", folder, "--json", "--format", "svg");
    expect(code).toBe(0);
    const { documents, skipped, missing, written } = JSON.parse(stdout);
    expect(documents).toEqual([
      { file: "limit.json", schema: "propchaos/limit@1", status: "completed", figures: ["limit"] },
    ]);
    expect(skipped.map(({ file }: { file: string }) => file)).toEqual(["broken.json", "notes.json"]);
    expect(missing).toEqual([]);
    expect(written).toEqual([join(folder, "figures/limit.svg"), join(folder, "report.html")]);
  });

  it("replaces its own files only, and removes those that are out of date", async () => {
    const folder = directory("own", ["limit", "constants"], { "report.html": "mine" });
    const refused = await run("plot", folder);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("report.html is in the way");
    expect(existsSync(join(folder, "figures"))).toBe(false);
    expect(readFileSync(join(folder, "report.html"), "utf8")).toBe("mine");

    rmSync(join(folder, "report.html"));
    expect((await run("plot", folder)).code).toBe(0);
    rmSync(join(folder, "constants.json"));
    expect((await run("plot", folder, "--format", "svg", "--quiet")).code).toBe(0);
    expect(figuresIn(folder)).toEqual(["limit.svg", "written.json"]);

    writeFileSync(join(folder, "figures/limit.svg"), "improved by hand");
    const changed = await run("plot", folder);
    expect(changed.code).toBe(1);
    expect(changed.stderr).toContain("figures/limit.svg is in the way");
    expect(readFileSync(join(folder, "figures/limit.svg"), "utf8")).toBe("improved by hand");
  });

  it("ends with 1 where there is nothing to draw, and writes nothing", async () => {
    for (const [name, others] of [
      ["empty", {}],
      ["garbage", { "a.json": "nonsense", "b.txt": "text" }],
    ] as const) {
      const folder = directory(name, [], others);
      const { code, stdout, stderr } = await run("plot", folder);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain("nothing to draw");
      expect(readdirSync(folder)).toEqual(Object.keys(others));
    }
  });

  it("ends with 2 for a directory that cannot be read or written, and for another format", async () => {
    const none = await run("plot", join(root, "none"));
    expect(none.code).toBe(2);
    expect(none.stderr).toContain("DIR must be a directory that can be read");
    expect((await run("plot", root, "--format", "pdf")).code).toBe(2);
    const folder = directory("closed", ["limit"], { file: "" });
    const taken = await run("plot", folder, "--out", join(folder, "file"));
    expect(taken.code).toBe(2);
    expect(taken.stderr).toContain("name another with --out");
    if (process.getuid?.() === 0) return;
    chmodSync(folder, 0o555);
    expect((await run("plot", folder)).code).toBe(2);
    chmodSync(folder, 0o755);
  });

  it("writes elsewhere with --out", async () => {
    const folder = directory("source", ["limit"]);
    const out = join(root, "new/report");
    expect((await run("plot", folder, "--out", out, "--format", "svg")).code).toBe(0);
    expect(readdirSync(folder)).toEqual(["limit.json"]);
    expect(readdirSync(out).sort()).toEqual(["figures", "report.html"]);
  });

  it("puts a sweep together that is not complete, and says which tasks are missing", async () => {
    const folder = join(root, "sweep");
    const plan = join(root, "plan.json");
    const text = { problems: ["He4"], d: [4, 5], widths: [4, 8], seeds: 2, time: 0.4, step: 0.1, record: 3 };
    writeFileSync(plan, JSON.stringify(text));
    expect((await run("sweep", plan, "--out", folder, "--task", "1/2", "--quiet", "--workers", "0")).code).toBe(0);
    const half = await run("plot", folder, "--json", "--format", "svg");
    expect(half.code).toBe(0);
    expect(half.stderr).toContain("the sweep is not complete: 4 tasks missing");
    const { documents, missing } = JSON.parse(half.stdout);
    expect(documents[0].figures).toEqual(["sweep-risk", "sweep-delta", "sweep-function-gap"]);
    expect(missing.map(({ index }: { index: number }) => index)).toEqual([1, 3, 5, 7]);
    expect(readFileSync(join(folder, "report.html"), "utf8")).toContain("Missing tasks");

    expect((await run("sweep", plan, "--out", folder, "--quiet", "--workers", "0")).code).toBe(0);
    const whole = await run("plot", folder, "--json", "--format", "svg");
    expect({ code: whole.code, stderr: whole.stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(whole.stdout).missing).toEqual([]);
    expect(readFileSync(join(folder, "figures/sweep-delta.svg"), "utf8")).toContain("He4, d = 5");
  });
});
