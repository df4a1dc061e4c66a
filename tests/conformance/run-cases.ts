// All cases on both builds, in whatever engine this runs; results are reported one by one, so that of an engine that
// dies it is known where.

import { type Api, CASES } from "./cases.ts";
import { digest } from "./digest.ts";

export const BUILDS = ["simd", "scalar"] as const;
export type Build = (typeof BUILDS)[number];

/** What an engine says. */
export type Message =
  | { kind: "engine"; version: string }
  | { kind: "result"; build: Build; name: string; hash: string }
  | { kind: "error"; build: Build; name: string; error: string }
  | { kind: "end" };

export async function runCases(propchaos: Api, version: string, say: (message: Message) => unknown): Promise<void> {
  await say({ kind: "engine", version });
  for (const build of BUILDS) {
    let fault: unknown;
    const engine = await propchaos.createEngine({ backend: build }).catch((error: unknown) => {
      fault = error;
    });
    if (engine && engine.backend !== build) fault = new Error(`the engine runs the ${engine.backend} build`);
    for (const { name, run } of CASES) {
      try {
        if (!engine || fault) throw fault;
        await say({ kind: "result", build, name, hash: await digest(await run(propchaos, engine)) });
      } catch (error) {
        await say({ kind: "error", build, name, error: String(error) });
      }
    }
    engine?.dispose();
  }
  await say({ kind: "end" });
}
