// The processes that run specs of the kernels, as this one sees them.

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Build } from "./plant.ts";

/** A spec, by its path from the root, with a file of assembly that is to be read otherwise than it stands. */
export interface Question {
  spec: string;
  build: Build;
  planted?: { file: string; source: string };
}

export type Verdict =
  | { kind: "passed" }
  /** By the first test that failed. */
  | { kind: "failed"; test: string }
  /** It does not compile, or has no test. */
  | { kind: "broken"; message: string };

/** The longest spec takes four seconds, but a machine may have other things to do: a process that was only slow caught nothing. */
const PATIENCE = 600_000;

/** A spec process, started when it is first asked and again after one that had to be ended. One question at a time. */
export class Specs {
  private child: ChildProcess | undefined;

  async run(question: Question): Promise<Verdict> {
    this.child ??= fork(fileURLToPath(new URL("spec-process.ts", import.meta.url)), {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const { child } = this;
    return await new Promise<Verdict>((resolve) => {
      const answer = (verdict: Verdict) => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(verdict);
      };
      const timer = setTimeout(() => {
        this.end();
        answer({ kind: "failed", test: `no end after ${PATIENCE / 1000} s` });
      }, PATIENCE);
      child.once("message", (verdict) => answer(verdict as Verdict));
      child.once("exit", (code, signal) => {
        this.child = undefined;
        answer({ kind: "broken", message: `the process ended with ${signal ?? code}` });
      });
      child.send(question);
    });
  }

  end(): void {
    this.child?.kill("SIGKILL");
    this.child = undefined;
  }
}
