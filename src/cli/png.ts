// Draws a figure as PNG: its SVG, rendered by resvg (WebAssembly) with a font that is shipped with the package. No font of the
// system takes part, so that the picture is the same everywhere. Loaded only when there is something to draw.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { ASSETS } from "./assets.ts";

/** Pixels of the picture for one of the figure: sharp in print and on dense screens. */
const SCALE = 2;

/** The family of the fonts below: DejaVu Sans Condensed is about as wide as Helvetica, which the figures ask for first. */
const FAMILY = "DejaVu Sans Condensed";

/** The bytes of an asset: beside the built command line, or for the sources in its package. */
function asset(name: keyof typeof ASSETS): Uint8Array {
  const beside = fileURLToPath(new URL(name, import.meta.url));
  return readFileSync(existsSync(beside) ? beside : createRequire(import.meta.url).resolve(ASSETS[name]));
}

type Renderer = (svg: string) => Uint8Array;

async function loadRenderer(): Promise<Renderer> {
  const { initWasm, Resvg } = await import("@resvg/resvg-wasm");
  await initWasm(asset("resvg.wasm"));
  const fontBuffers = [asset("DejaVuSansCondensed.ttf"), asset("DejaVuSansCondensed-Bold.ttf")];
  const font = { fontBuffers, loadSystemFonts: false, defaultFontFamily: FAMILY, sansSerifFamily: FAMILY };
  return (svg) => {
    const image = new Resvg(svg, { fitTo: { mode: "zoom", value: SCALE }, font });
    try {
      const rendered = image.render();
      try {
        return rendered.asPng();
      } finally {
        rendered.free();
      }
    } finally {
      image.free();
    }
  };
}

let renderer: Promise<Renderer> | undefined;

/** An SVG document as a PNG file at twice its size; the same bytes every time. */
export async function renderPNG(svg: string): Promise<Uint8Array> {
  // It can be initialised once in a process.
  renderer ??= loadRenderer();
  return (await renderer)(svg);
}
