// The house in one picture, docs/figures/house.svg: the rooms of src as scripts/rooms.ts lays them over each other, with what each is for.
// `npx tsx scripts/house.ts` writes it; a test sees that it is the present one.

import { writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { LEVELS } from "./rooms.ts";

/** What each room is for, in a few words. */
const PURPOSE: Record<string, string> = {
  core: "argument checks, record times, progress and abort",
  engine: "WebAssembly: memory, kernels, random numbers",
  numeric: "quadrature, recurrences, statistics",
  pool: "tasks on workers, and what these keep between tasks",
  problem: "activations, targets, the 26 problems",
  network: "finite width: training",
  limit: "infinite width: the law of the neurons",
  gap: "the distance between the two",
  theory: "Hessians, stability, bounds, constants",
  experiment: "reports, scaling laws, sweeps",
  plot: "figures",
  io: "JSON, CSV, NPY",
  "index.ts": "the public API",
  "worker.ts": "a worker of the pool",
  element: "<prop-chaos>",
  cli: "the command line",
  "node.ts": "the API with files",
};

const WIDTH = 720;
const ROW = 46;
const GAP = 8;

function inXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function room(name: string, x: number, y: number, width: number, fill: string): string {
  const purpose = PURPOSE[name];
  if (purpose === undefined) throw new Error(`scripts/house.ts does not say what the room ${name} is for`);
  return `<rect x="${x}" y="${y}" width="${width}" height="${ROW}" rx="5" fill="${fill}"/>
<text x="${x + 14}" y="${y + 20}" font-weight="600">${inXml(name)}</text>
<text x="${x + 14}" y="${y + 36}" font-size="12" fill="#444">${inXml(purpose)}</text>`;
}

/** The picture: the kernels at the bottom, what users touch at the top. */
export function drawHouse(): string {
  const floors = [...LEVELS].reverse();
  const height = (floors.length + 1) * (ROW + GAP) + 34;
  const boxes = floors.flatMap((rooms, floor) => {
    const width = (WIDTH - (rooms.length - 1) * GAP) / rooms.length;
    const fill = floor < 3 ? "#d5e8f5" : floor < 8 ? "#e8f1e4" : "#f3efe2";
    return rooms.map((name, i) => room(name, i * (width + GAP), floor * (ROW + GAP), width, fill));
  });
  const ground = floors.length * (ROW + GAP);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 -10 ${WIDTH + 20} ${height}" font-family="Helvetica, Arial, sans-serif" font-size="14" fill="#222">
<title>The rooms of src: each knows only what lies below it</title>
<rect x="-10" y="-10" width="${WIDTH + 20}" height="${height}" fill="white"/>
${boxes.join("\n")}
<rect x="0" y="${ground}" width="${WIDTH}" height="${ROW}" rx="5" fill="#e3dff0"/>
<text x="14" y="${ground + 20}" font-weight="600">assembly/</text>
<text x="14" y="${ground + 36}" font-size="12" fill="#444">the kernels, compiled twice: SIMD and scalar, with the same bits; only engine reaches them</text>
<text x="0" y="${ground + ROW + 20}" font-size="12" fill="#444">A room of src knows only rooms below it. Rooms side by side do not know each other.</text>
</svg>
`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(fileURLToPath(new URL("../docs/figures/house.svg", import.meta.url)), drawHouse());
