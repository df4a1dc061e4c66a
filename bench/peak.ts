// The most this machine does in 128-bit Wasm: independent chains of multiplications and additions that touch no memory.
// Kernels are measured against it, because shares of it belong to the code where times belong to the machine and its hour.

import asc from "assemblyscript/asc";

export type Format = "float32" | "float64";

/** Billions of operations a second, a multiplication and an addition of a lane being one each. */
export type Peak = Record<Format, number>;

/** Chains of either kind: two pipes of each with a latency of 3 or 4 are kept busy, and 14 vectors fit into registers. */
const CHAINS = 6;
function kernel(name: string, type: "f32" | "f64"): string {
  const each = (line: (k: number) => string) => Array.from({ length: CHAINS }, (_, k) => line(k)).join("\n");
  const link = each((k) => `p${k} = v128.mul<${type}>(p${k}, factor); s${k} = v128.add<${type}>(s${k}, term);`);
  return `
    export function ${name}(turns: i32, x: ${type}): ${type} {
      const factor = v128.splat<${type}>(1 + x);
      const term = v128.splat<${type}>(x);
      ${each((k) => `let p${k} = v128.splat<${type}>(1 + ${k} * x); let s${k} = v128.splat<${type}>(${k} * x);`)}
      for (let turn = 0; turn < turns; ++turn) {
        ${link}
      }
      let sum = v128.splat<${type}>(0);
      ${each((k) => `sum = v128.add<${type}>(sum, v128.add<${type}>(p${k}, s${k}));`)}
      return v128.extract_lane<${type}>(sum, 0);
    }`;
}

type Kernels = Record<Format, (turns: number, x: number) => number>;

async function compile(): Promise<Kernels> {
  const source = kernel("float32", "f32") + kernel("float64", "f64");
  const { binary, stderr, error } = await asc.compileString(source, {
    optimizeLevel: 3,
    enable: ["simd"],
    runtime: "stub",
  });
  if (!binary) throw new Error(`the kernel of the peak does not compile: ${error ?? stderr}`);
  const imports = { env: { abort() {} } };
  const { instance } = await WebAssembly.instantiate(new Uint8Array(binary), imports);
  return instance.exports as unknown as Kernels;
}

let compiled: Promise<Kernels> | undefined;

/** Turns of one run, and so about a millisecond. */
const TURNS = 300_000;

/** The rate of one run. */
function rateOf(kernels: Kernels, format: Format): number {
  const lanes = format === "float32" ? 4 : 2;
  const start = performance.now();
  kernels[format](TURNS, 1e-9);
  return (2 * CHAINS * TURNS * lanes) / (performance.now() - start) / 1e6;
}

const FORMATS = ["float32", "float64"] as const;
const rates: Record<Format, number[]> = { float32: [], float64: [] };

/** The best rates so far, after `runs` more short runs of each format. */
export async function peakNow(runs: number): Promise<Peak> {
  compiled ??= compile();
  const kernels = await compiled;
  // Young code is slow.
  const young = rates.float32.length === 0;
  for (let run = young ? -30 : 0; run < (young ? Math.max(runs, 20) : runs); run++) {
    for (const format of FORMATS) {
      const rate = rateOf(kernels, format);
      if (run >= 0) rates[format].push(rate);
    }
  }
  return { float32: Math.max(...rates.float32), float64: Math.max(...rates.float64) };
}

/** The median of all runs: what others left of the peak in the meantime. */
export function medianPeak(): Peak {
  const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[list.length >> 1] ?? 0;
  return { float32: median(rates.float32), float64: median(rates.float64) };
}
