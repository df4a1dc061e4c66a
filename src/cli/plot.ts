// propchaos plot: figures and one page of all that a directory of results holds.

import { readdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import type { Specification } from "../index.ts";
import { reasonOf, UsageError } from "./errors.ts";
import { alignmentOf, figuresOf } from "./figure-table.ts";
import { type Claim, claimDirectory } from "./files.ts";
import { EXIT, print, warn } from "./output.ts";
import { foreignFiles, writeOwn } from "./own-files.ts";
import { type Found, readDirectory } from "./plot-directory.ts";
import { type DrawnFigure, reportPage, type Section } from "./report-page.ts";
import { plural } from "./summary.ts";

const DESCRIPTION = `Draws every document in a directory of results: each figure that it allows as SVG and PNG, and one self-contained HTML report with figures, tables, settings, provenance and citation.`;

const HELP = `
All *.json files of DIR are read: gap, gaps, limit, network, constants,
self-concordance, theory and sweep documents. Where a sweep was begun in DIR and
is not complete, the results there are put together, and the report says which
tasks are missing. A network and a limit with the same starts of particle paths
(--paths) are also drawn together.

Written are DIR/report.html and DIR/figures/NAME-FIGURE.svg and .png (twice as
large). Only files that an earlier call wrote, and nobody has changed since, are
replaced. --out writes all of it into another directory.

Exit codes: 0 done, 1 nothing to draw or a file is in the way, 2 wrong usage.
Files that are no documents are named on stderr and in the report.

Examples:
  $ propchaos plot results/he4
  $ propchaos plot results/sweep --format svg
  $ propchaos plot results/he4 --out ~/report --json
`;

const FORMATS = ["svg", "png"] as const;
type Format = (typeof FORMATS)[number];
const PAGE = "report.html";

interface PlotFlags {
  out?: string;
  format: Format[];
  json?: boolean;
  quiet?: boolean;
}

function readFormats(text: string): Format[] {
  const formats = [...new Set(text.replace(/,$/, "").split(","))];
  if (!formats.every((format): format is Format => FORMATS.includes(format as Format)))
    throw new InvalidArgumentError("Allowed are svg, png, or both with a comma between them.");
  return formats;
}

function checkReadable(directory: string): void {
  try {
    readdirSync(directory);
  } catch (error) {
    throw new UsageError(`DIR must be a directory that can be read; got "${directory}" (${reasonOf(error)})`, {
      cause: error,
    });
  }
}

function titleOf({ title }: Specification): string {
  return (title as { text: string }).text;
}

async function draw(name: string, specification: Specification): Promise<DrawnFigure> {
  const { renderSVG } = await import("./svg.ts");
  return { name, title: titleOf(specification), svg: await renderSVG(specification) };
}

/** Every document with its figures; one that cannot be drawn is skipped, with the reason. */
async function drawAll(found: Found): Promise<Section[]> {
  const sections: Section[] = [];
  for (const document of found.documents) {
    const { stem } = document;
    try {
      const figures: DrawnFigure[] = [];
      for (const [name, specification] of Object.entries(figuresOf(document.report)))
        figures.push(await draw(`${name}-`.startsWith(`${stem}-`) ? name : `${stem}-${name}`, specification));
      sections.push({ ...document, figures });
    } catch (error) {
      found.skipped.push({ file: document.file, reason: `it could not be drawn: ${(error as Error).message}` });
    }
  }
  return sections;
}

/** The files of figures: two documents may lead to one name, such as those of a.json and a-b.json. */
async function figureFiles(
  figures: readonly DrawnFigure[],
  formats: readonly Format[],
): Promise<Record<string, string | Uint8Array>> {
  const files: Record<string, string | Uint8Array> = {};
  for (const { name, svg } of figures) {
    let free = name;
    for (let i = 2; FORMATS.some((format) => `figures/${free}.${format}` in files); i++) free = `${name}-${i}`;
    if (formats.includes("svg")) files[`figures/${free}.svg`] = svg;
    if (formats.includes("png")) {
      const { renderPNG } = await import("./png.ts");
      files[`figures/${free}.png`] = await renderPNG(svg);
    }
  }
  return files;
}

function claim(directory: string): Claim {
  try {
    return claimDirectory(directory, [PAGE]);
  } catch (error) {
    throw new UsageError(
      `the figures need a directory that can be written; got "${directory}" (${reasonOf(error)}); name another with --out`,
      { cause: error },
    );
  }
}

async function plot(directory: string, flags: PlotFlags): Promise<number> {
  const { format, json, quiet } = flags;
  const out = flags.out ?? directory;
  if (out === "") throw new UsageError("--out must be the path of a directory; got an empty one");
  checkReadable(directory);
  const found = await readDirectory(directory);
  const sections = await drawAll(found);
  for (const { file, reason } of found.skipped) warn(`${file} was left out: ${reason}`);
  const missing = sections.flatMap(({ report }) => (report.schema === "propchaos/sweep@1" ? report.missing : []));
  if (missing.length > 0)
    warn(
      `the sweep is not complete: ${plural(missing.length, "task")} missing (${missing
        .slice(0, 20)
        .map(({ index }) => index)
        .join(", ")}${missing.length > 20 ? ", ..." : ""})`,
    );
  if (sections.length === 0) {
    warn(`nothing to draw in ${directory}: it holds no document of propchaos`);
    return EXIT.failed;
  }
  const alignment = alignmentOf(sections.map(({ report }) => report));
  const more = alignment ? [await draw("alignment", alignment)] : [];
  const files = {
    ...(await figureFiles([...sections.flatMap(({ figures }) => figures), ...more], format)),
    [PAGE]: reportPage(basename(resolve(directory)), sections, more, found),
  };
  const claimed = claim(out);
  const foreign = foreignFiles(out, Object.keys(files));
  if (foreign.length > 0) {
    warn(
      `nothing was written to ${out}: ${foreign.join(", ")} ${foreign.length === 1 ? "is" : "are"} in the way and not (or no longer) what propchaos plot wrote; move ${foreign.length === 1 ? "it" : "them"} or name another directory with --out`,
    );
    return EXIT.failed;
  }
  let written: string[];
  try {
    written = writeOwn(out, files);
  } catch (error) {
    claimed.release();
    warn(`the figures could not be written to ${out} (${reasonOf(error)})`);
    return EXIT.failed;
  }
  const documents = sections.map(({ file, report, figures }) => ({
    file,
    schema: report.schema,
    status: report.status,
    figures: figures.map(({ name }) => name),
  }));
  if (json) print([JSON.stringify({ directory, documents, skipped: found.skipped, missing, written })]);
  else if (!quiet) {
    print([
      ...documents.map(({ file, status, figures }) => `${file} (${status}): ${figures.join(", ")}`),
      ...(alignment ? ["network and limit together: alignment"] : []),
      "",
      `Wrote ${plural(written.length - 1, "figure file")} and ${written.find((path) => path.endsWith(PAGE))}`,
    ]);
  }
  return EXIT.ok;
}

/** Adds `propchaos plot`. */
export function addPlot(program: Command, done: (code: number) => void): void {
  program
    .command("plot")
    .summary("figures and a report of a directory of results")
    .description(DESCRIPTION)
    .argument("<dir>", "a directory of results")
    .option("--out <dir>", "write into this directory instead; created where it is missing")
    .option("--format <list>", "svg, png or both", readFormats, [...FORMATS])
    .option("--json", "write one JSON document to stdout, nothing else")
    .option("--quiet", "say nothing but what went wrong")
    .addHelpText("after", HELP)
    .action(async (directory: string, flags: PlotFlags) => {
      done(await plot(directory, flags));
    });
}
