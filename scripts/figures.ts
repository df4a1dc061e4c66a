// The pictures of docs/figures.md: `npx tsx scripts/figures.ts` computes their documents (half a minute) and writes them to
// docs/figures. Runs are those of the commands in that page.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { renderSVG } from "../src/cli/svg.ts";
import {
  approximationGap,
  createEngine,
  figures,
  gapLimitConstants,
  meanFieldLimit,
  problems,
  runSweep,
  type Specification,
  selfConcordance,
  separateGaps,
  trainNetwork,
} from "../src/index.ts";

const FOLDER = fileURLToPath(new URL("../docs/figures/", import.meta.url));

async function write(name: string, specification: Specification): Promise<void> {
  const svg = await renderSVG(specification);
  writeFileSync(`${FOLDER}${name}.svg`, svg);
  console.log(`${name}.svg: ${Math.ceil(svg.length / 1024)} KiB`);
}

using engine = await createEngine();
const He4 = problems.He4({ d: 32 });

const gap = await approximationGap(engine, He4, { widths: [64, 128, 256, 512], time: 8, seeds: 8, distribution: true });
await write("risk", figures.risk(gap));
await write("delta", figures.delta(gap));
await write("function-gap", figures.functionGap(gap));
await write("distribution", figures.distribution(gap));

const network = await trainNetwork(engine, He4, { width: 512, time: 16, record: 65, alphaPaths: 12 });
const start = network.alphaPaths?.start;
const beside = await meanFieldLimit(engine, He4, { time: 16, record: 65, alphaPaths: start });
await write("alignment", figures.alignment(network, beside));

await write("limit", figures.limit(await meanFieldLimit(engine, He4, { time: 16, record: 65, alphaPaths: 12 })));
const boolean = { width: 256, time: 64, step: 0.5, gradient: "euclidean", data: { samples: 4096 } } as const;
await write("network", figures.network(await trainNetwork(engine, problems.XOR_2({ d: 16 }), boolean)));
await write("constants", figures.constants(await gapLimitConstants(engine, He4, { time: 8 })));
await write("self-concordance", figures.selfConcordance(await selfConcordance(engine, He4, { time: 8 })));

const sizes = { widths: [32, 64, 128], samples: [4096, 16384], time: 0.4 };
await write("gaps", figures.gaps(await separateGaps(engine, problems.He4({ d: 8 }), sizes)));

const plan = { problems: ["He3", "He4"], d: [8, 16, 32], widths: [64, 256], seeds: 4, time: 4 };
await write("sweep", figures.sweep(await runSweep(engine, plan)));
