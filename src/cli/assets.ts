// Files that the command line needs beside its code.

/** What the build puts beside the command line, by name, and where it comes from. */
export const ASSETS = {
  "resvg.wasm": "@resvg/resvg-wasm/index_bg.wasm",
  "DejaVuSansCondensed.ttf": "dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf",
  "DejaVuSansCondensed-Bold.ttf": "dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf",
} as const;
