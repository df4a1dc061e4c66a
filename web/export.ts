// Files of a run: data and figures, made when they are asked for.

import { figures, type StoredTheory, toCSV, toNPY } from "propchaos";
import type { RunData } from "./run-data.ts";

/** What can be had of a run, by the names of the buttons. */
export type ExportName = "json" | "csv" | "npy" | "theory-json" | "svg" | "png" | "theory-svg" | "theory-png";

/** A file that waits to be asked for. */
interface ExportFile {
  name: string;
  make(): Blob | Promise<Blob>;
}

function text(content: string, type: string): Blob {
  return new Blob([content], { type });
}

async function figure(specification: ReturnType<typeof figures.gap>, kind: "svg" | "png"): Promise<Blob> {
  let chunk: typeof import("./figure.ts");
  try {
    chunk = await import("./figure.ts");
  } catch (cause) {
    throw new Error("The part of the page that draws figures could not be loaded: is it offline?", { cause });
  }
  return chunk.drawFigure(specification, kind);
}

/** Whether any figure can be drawn from a theory. */
function hasCurves(theory: StoredTheory): boolean {
  return theory.gapEquation !== null || theory.constants !== null;
}

/** The files that a run has by now; `m` is the width whose particles are wanted. */
export function filesOf(data: RunData | null, m: number): Partial<Record<ExportName, ExportFile>> {
  if (!data) return {};
  const { report, theory, settings } = data;
  const particles = data.particles.get(m);
  const stem = `propchaos-${settings.problem === "Hermite" ? `He${settings.exponent}` : settings.problem}-d${settings.d}`;
  const files: Partial<Record<ExportName, ExportFile>> = {};
  if (report) {
    files.json = { name: `${stem}.json`, make: () => text(JSON.stringify(report), "application/json") };
    files.csv = { name: `${stem}.csv`, make: () => text(toCSV(report), "text/csv") };
    files.svg = { name: `${stem}.svg`, make: () => figure(figures.gap(report), "svg") };
    files.png = { name: `${stem}.png`, make: () => figure(figures.gap(report), "png") };
  }
  if (particles)
    files.npy = {
      name: `${stem}-m${m}.npy`,
      make: () =>
        new Blob([toNPY(particles, [m, settings.d]) as Uint8Array<ArrayBuffer>], { type: "application/octet-stream" }),
    };
  if (theory) {
    files["theory-json"] = {
      name: `${stem}-theory.json`,
      make: () => text(JSON.stringify(theory), "application/json"),
    };
    if (hasCurves(theory)) {
      files["theory-svg"] = { name: `${stem}-theory.svg`, make: () => figure(figures.theory(theory), "svg") };
      files["theory-png"] = { name: `${stem}-theory.png`, make: () => figure(figures.theory(theory), "png") };
    }
  }
  return files;
}

/** Hands a file to the user. */
export async function save({ name, make }: ExportFile): Promise<void> {
  const url = URL.createObjectURL(await make());
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
