// One list of tasks on its way through the workers. A task whose worker dies, falls silent or is refused memory is tried
// once more elsewhere; a second time ends the run. One whose context the calling thread keeps is computed there instead, at
// once. An error that the computation itself raises would be raised anywhere: it is not tried again.

import { Aborted, type Run } from "../core/run.ts";
import { MemoryRefusal } from "../engine/arena.ts";
import type { Connection } from "./connection.ts";
import type { Handlers, Task, Tell } from "./handlers.ts";
import { type Reply, revive } from "./protocol.ts";

/** A task that could not be computed on this machine, though it was tried twice. */
export class TaskFailure extends Error {
  /** Which of the list. */
  readonly index: number;

  constructor(message: string, index: number) {
    super(message);
    this.index = index;
  }
}

/** Whether a task can be started; one that waits does so for another of the list. */
export type Standing = "ready" | "waiting" | "dropped";

/** How long to wait for what, in milliseconds. */
export interface Patience {
  /** For a sign of a worker that has been started. */
  start: number;
  /** For a sign of a worker that computes. */
  silence: number;
  /** For what an aborted task still has to give. */
  abort: number;
}

/** A batch and those who compute it. */
export interface BatchOptions<Host> {
  run: Run;
  /** Ends the batch at once, with its reason. */
  ended: AbortSignal;
  tasks: readonly Task[];
  /** Indices of tasks in the order in which workers start them; the calling thread takes them as they stand. */
  order?: readonly number[] | undefined;
  /** Asked before a task is started; default all are ready. */
  standing?: ((index: number) => Standing) | undefined;
  /** Takes the value of a task; true where the tasks after it in the list are not wanted any more. */
  finished(index: number, value: unknown): boolean;
  host: Host;
  handlers: Handlers<Host>;
  connections: readonly Connection[];
  patience: Patience;
  /** A number no other task of these workers has had. */
  nextId(): number;
}

/** Looks at a worker in the time after which it counts as dead. Looks, not time: a sleeping machine makes no looks. */
const LOOKS = 10;

/** A task that went wrong once. */
interface FirstTry {
  reason: string;
  /** The worker it is to be kept from. */
  connection: Connection;
}

export class Batch<Host> {
  private readonly options: BatchOptions<Host>;
  private readonly queue: number[];
  private readonly indices = new Map<number, number>();
  private readonly firstTries = new Map<number, FirstTry>();
  /** Index of the first task that made those after it unwanted, and its error if that was the cause. */
  private stop = Number.POSITIVE_INFINITY;
  private error: { thrown: unknown } | null = null;
  private local: number | null = null;
  private aborting = false;
  /** Whether an aborted batch has stopped waiting for its workers. */
  private deaf = false;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private over = false;
  private settle: { resolve(): void; reject(error: unknown): void } = { resolve() {}, reject() {} };

  constructor(options: BatchOptions<Host>) {
    this.options = options;
    const natural = options.tasks.map((_, i) => i);
    this.queue = [...((options.connections.some(({ alive }) => alive) && options.order) || natural)];
  }

  /** Computes the tasks. @throws Aborted, TaskFailure, or the error of the first task in the list that raised one. */
  async compute(): Promise<void> {
    const { run, ended, connections, patience } = this.options;
    const abort = () => this.guard(() => this.abort());
    const end = () => this.finish({ thrown: ended.reason });
    const watch = setInterval(() => this.guard(() => this.look()), patience.silence / LOOKS);
    try {
      await new Promise<void>((resolve, reject) => {
        this.settle = { resolve, reject };
        for (const connection of connections) {
          connection.heard = (reply) => this.guard(() => this.hear(connection, reply));
          connection.lost = (reason) => this.guard(() => this.lose(connection, reason));
        }
        run.signal?.addEventListener("abort", abort);
        ended.addEventListener("abort", end);
        if (ended.aborted) end();
        else if (run.signal?.aborted) abort();
        else this.guard(() => this.pump());
      });
    } finally {
      clearInterval(watch);
      clearTimeout(this.waiting);
      run.signal?.removeEventListener("abort", abort);
      ended.removeEventListener("abort", end);
      for (const connection of connections) {
        connection.heard = () => {};
        connection.lost = () => {};
      }
    }
  }

  /** Runs a step of this batch; what it throws, as a progress function of the user may, ends the batch. */
  private guard(step: () => void): void {
    if (this.over) return;
    try {
      step();
    } catch (thrown) {
      this.finish({ thrown });
    }
  }

  private finish(error: { thrown: unknown } | null): void {
    if (this.over) return;
    this.over = true;
    if (error) this.settle.reject(error.thrown);
    else this.settle.resolve();
  }

  private wanted(index: number | null | undefined): index is number {
    return index !== undefined && index !== null && index < this.stop;
  }

  /** Whether the calling thread keeps what a task needs, and, if `failed`, the task went wrong once. */
  private kept(index: number, failed = false): boolean {
    return this.options.tasks[index].context?.kept !== undefined && (!failed || this.firstTries.has(index));
  }

  private standing(index: number): Standing {
    return this.options.standing?.(index) ?? "ready";
  }

  private computing(connection: Connection): number | undefined {
    return connection.current === null ? undefined : this.indices.get(connection.current);
  }

  /** Gives idle threads work and sees whether all is done. */
  private pump(): void {
    const alive = this.options.connections.filter((connection) => connection.alive);
    if (!this.aborting) {
      for (const connection of alive) {
        if (connection.current === null)
          this.take(
            (index) => !this.kept(index, true) && this.firstTries.get(index)?.connection !== connection,
            (index) => this.send(connection, index),
          );
      }
      if (this.local === null)
        this.take(
          (index) =>
            this.kept(index, true) ||
            alive.every((connection) => this.firstTries.get(index)?.connection === connection),
          (index) => this.computeHere(index),
        );
    }
    const busy =
      this.wanted(this.local) || (!this.deaf && alive.some((connection) => this.wanted(this.computing(connection))));
    if (
      busy ||
      (!this.aborting && this.queue.some((index) => this.wanted(index) && this.standing(index) !== "dropped"))
    )
      return;
    this.finish(this.aborting ? { thrown: new Aborted() } : this.error);
  }

  /** Takes the first task of the queue that is wanted and fits. */
  private take(fits: (index: number) => boolean, start: (index: number) => void): void {
    const place = this.queue.findIndex(
      (index) => this.wanted(index) && this.standing(index) === "ready" && fits(index),
    );
    if (place < 0) return;
    const [index] = this.queue.splice(place, 1);
    start(index);
  }

  private send(connection: Connection, index: number): void {
    const id = this.options.nextId();
    this.indices.set(id, index);
    connection.send(id, this.options.tasks[index]);
  }

  private computeHere(index: number): void {
    const { host, handlers, tasks, run } = this.options;
    const { kind, payload, context, part, heard } = tasks[index];
    this.local = index;
    const tell: Tell = async (value) => run.wait(heard?.(value));
    handlers[kind](host, payload, context?.kept?.here ?? context?.value ?? null, part, tell).then(
      ({ value }) => this.endHere(() => this.accept(index, value)),
      (thrown) => this.endHere(() => this.failHere(index, thrown)),
    );
  }

  private endHere(step: () => void): void {
    this.local = null;
    this.guard(() => {
      step();
      this.pump();
    });
  }

  private failHere(index: number, thrown: unknown): void {
    if (thrown instanceof Aborted) {
      this.aborting = true;
      return;
    }
    const first = this.firstTries.get(index);
    if (first && thrown instanceof MemoryRefusal) this.giveUp(index, `the calling thread refused: ${thrown.message}`);
    else this.raise(index, thrown);
  }

  private hear(connection: Connection, reply: Reply): void {
    if (!("id" in reply) || reply.id !== connection.current) return;
    const index = this.indices.get(reply.id);
    if (reply.type === "progress") {
      const { done, total, time } = reply.progress;
      if (this.wanted(index) && total > 0) this.options.tasks[index].part.reach(done / total, time);
      this.options.run.heard();
      return;
    }
    if (reply.type === "told") {
      connection.listening();
      if (this.wanted(index) && !this.aborting) void this.listen(connection, reply.id, index, reply.value);
      return;
    }
    connection.current = null;
    if (this.wanted(index)) {
      if (reply.type === "result") this.accept(index, reply.value);
      else if (reply.type === "error") this.refuse(connection, index, reply);
    }
    this.pump();
  }

  /** Hears what a worker's task has told, for as long as that takes. */
  private async listen(connection: Connection, id: number, index: number, value: unknown): Promise<void> {
    try {
      await this.options.tasks[index].heard?.(value);
      connection.goOn(id);
    } catch (thrown) {
      this.finish({ thrown });
    }
  }

  private accept(index: number, value: unknown): void {
    const { tasks, run, finished } = this.options;
    if (!this.aborting) tasks[index].part.finish();
    if (finished(index, value)) this.stopAfter(index, null);
    run.heard();
  }

  private refuse(connection: Connection, index: number, { error }: Reply & { type: "error" }): void {
    if (!error.memory) {
      this.raise(index, revive(error));
      return;
    }
    // It would be refused what it is to keep once more.
    if (this.kept(index)) void connection.end();
    this.tryAgain(connection, index, `was refused memory: ${error.message}`);
  }

  private raise(index: number, thrown: unknown): void {
    this.stopAfter(index, { thrown });
  }

  /** The tasks before this one may still go another way; those after it are not wanted any more. */
  private stopAfter(index: number, error: { thrown: unknown } | null): void {
    this.stop = index;
    this.error = error;
    for (const connection of this.options.connections) {
      const current = this.computing(connection);
      if (connection.alive && current !== undefined && current > index) connection.abort();
    }
  }

  private lose(connection: Connection, reason: string): void {
    const index = this.computing(connection);
    connection.current = null;
    if (this.wanted(index)) this.tryAgain(connection, index, reason);
    this.pump();
  }

  private tryAgain(connection: Connection, index: number, reason: string): void {
    if (this.firstTries.has(index)) this.giveUp(index, `its second worker ${reason}`);
    this.firstTries.set(index, { reason, connection });
    this.queue.unshift(index);
  }

  private giveUp(index: number, reason: string): never {
    const first = this.firstTries.get(index)?.reason;
    throw new TaskFailure(
      `${this.options.tasks[index].name} could not be computed: its worker ${first}; tried again, ${reason}`,
      index,
    );
  }

  /** Counts the looks since each busy worker was last heard. */
  private look(): void {
    for (const connection of this.options.connections) {
      if (connection.alive && connection.current !== null && connection.look() > LOOKS)
        connection.lose(`sent nothing for ${this.options.patience.silence / 1000} s`);
    }
  }

  /** Asks for what there is and gives up on those who do not answer soon. */
  private abort(): void {
    this.aborting = true;
    for (const connection of this.options.connections) if (connection.alive) connection.abort();
    const giveUp = () => {
      this.deaf = true;
      this.pump();
    };
    this.waiting = setTimeout(() => this.guard(giveUp), this.options.patience.abort);
    this.pump();
  }
}
