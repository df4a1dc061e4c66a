// Starts an engine, takes down what it says and ends it. An engine that dies or falls silent gives a sentence, no hang.

import { type ChildProcess, spawn } from "node:child_process";
import type { Message } from "./run-cases.ts";

/** Results by `key`. */
export type Results = Map<string, { hash: string } | { error: string }>;

export interface Heard {
  engine: string;
  /** null where it never spoke. */
  version: string | null;
  results: Results;
  /** Why it did not come to its end; null where it did. */
  trouble: string | null;
  seconds: number;
}

export function key(build: string, name: string): string {
  return `${build}, ${name}`;
}

/** Program with arguments, and how its messages reach us: by a page, which passes them to `hear`, or on stdout. */
export interface Start {
  engine: string;
  command: readonly string[];
  env?: Record<string, string>;
  /** Called once with the function that takes messages from a page; left out for a process. */
  page?: (hear: (message: Message) => void) => void;
  /** How long it may say nothing, in milliseconds. */
  silence: number;
}

const running = new Set<ChildProcess>();

/** Browsers are many processes; where there are groups of them, the whole group is ended. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (process.platform === "win32" || child.pid === undefined) child.kill(name);
    else process.kill(-child.pid, name);
  } catch {
    // It has ended already.
  }
}

/** Ends every engine that still runs: they are not in our group, so that an interrupt does not reach them. */
export function endAll(): void {
  for (const child of running) signal(child, "SIGKILL");
}

function end(child: ChildProcess): Promise<void> {
  if (!running.has(child)) return Promise.resolve();
  return new Promise((resolve) => {
    const patience = setTimeout(() => signal(child, "SIGKILL"), 3000);
    child.once("close", () => {
      clearTimeout(patience);
      resolve();
    });
    signal(child, "SIGTERM");
  });
}

export async function listen({ engine, command, env, page, silence }: Start): Promise<Heard> {
  const began = performance.now();
  const results: Results = new Map();
  let version: string | null = null;
  let last = "it was started";
  let spoken = "";
  const [program, ...args] = command;
  const child = spawn(program, args, {
    detached: process.platform !== "win32",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  running.add(child);
  const trouble = await new Promise<string | null>((resolve) => {
    const fail = (what: string) => resolve([`${what} after ${last}`, spoken.trim().slice(-600)].join("\n").trim());
    const timer = setTimeout(() => fail(`said nothing for ${silence / 1000} s`), silence);
    const hear = (message: Message) => {
      timer.refresh();
      switch (message.kind) {
        case "engine":
          version = message.version;
          break;
        case "end":
          clearTimeout(timer);
          return resolve(null);
        default: {
          const { build, name, kind } = message;
          last = key(build, name);
          results.set(last, kind === "result" ? { hash: message.hash } : { error: message.error });
        }
      }
    };
    const note = (text: string) => {
      spoken = (spoken + text).slice(-10_000);
    };
    if (page) {
      page(hear);
      child.stdout.setEncoding("utf8").on("data", note);
    } else {
      let rest = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) line.startsWith('{"kind":') ? hear(JSON.parse(line)) : note(`${line}\n`);
      });
    }
    child.stderr.setEncoding("utf8").on("data", note);
    child.on("error", (error) => {
      running.delete(child);
      clearTimeout(timer);
      resolve(`could not be started: ${error.message}`);
    });
    child.on("close", (code, ended) => {
      running.delete(child);
      clearTimeout(timer);
      fail(`ended with ${code ?? ended}`);
    });
  });
  await end(child);
  return { engine, version, results, trouble, seconds: (performance.now() - began) / 1000 };
}
