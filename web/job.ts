// The computing of a run, on whatever thread: the gap of networks beside their limit with a picture for each record, or the
// theory of the problem. It knows neither the page nor the worker, only where to post.

import {
  approximationGap,
  createEngine,
  type Engine,
  gapLimitConstants,
  type MeanFieldLimit,
  type NetworkRecord,
  theoryReport,
} from "propchaos";
import { gapOptions, problemOf, theoryOptions } from "./experiment.ts";
import { type LimitPicture, PATHS, type Reply } from "./protocol.ts";
import type { Settings } from "./settings.ts";

/** Posts a reply; the buffers are given away. */
export type Post = (reply: Reply, transfer?: ArrayBuffer[]) => void;

/** Stops a run at a record until it may go on. */
export interface Gate {
  /** Resolves at once where the run may go on. */
  pass(): Promise<void>;
}

const GRID = 161;
const BINS = 80;
/** Milliseconds between two reports of progress. */
const PROGRESS_PAUSE = 100;
/** Error allowed in the first, quick constants; those of the theory report follow. */
const QUICK_TOLERANCE = 1e-2;

/** psi and the law of alpha at each record. */
function pictureOf(limit: MeanFieldLimit): LimitPicture {
  const { time, loss } = limit;
  // Not up to the poles: psi is the velocity over 1 - alpha^2.
  const grid = Float64Array.from({ length: GRID }, (_, j) => (0.999 * (2 * j - GRID + 1)) / (GRID - 1));
  const psi = new Float32Array(time.length * GRID);
  const law = new Float32Array(time.length * BINS);
  for (let k = 0; k < time.length; k++) {
    grid.forEach((alpha, j) => {
      psi[k * GRID + j] = limit.velocityAt(alpha, k) / (1 - alpha * alpha);
    });
    const { alpha, weight } = limit.law(k);
    for (let i = 0; i < alpha.length; i++) {
      const bin = Math.max(0, Math.min(BINS - 1, Math.floor(((alpha[i] + 1) / 2) * BINS)));
      law[k * BINS + bin] += weight[i];
    }
  }
  return { time: time.slice(), loss: loss.slice(), grid, psi, law, bins: BINS };
}

/** Paths of the first particles of a network in the limit. */
class LimitPaths {
  private readonly starts = new Map<string, Float64Array>();
  private readonly limit: MeanFieldLimit | null;

  constructor(limit: MeanFieldLimit | null) {
    this.limit = limit;
  }

  /** alpha of each at record k; null where there is no alpha. */
  at({ m, replica, k }: NetworkRecord, x: Float32Array, exact: Float64Array): Float32Array | null {
    if (this.limit?.problem.kind !== "single-index") return null;
    const { limit } = this;
    const key = `${m} ${replica}`;
    if (k === 0) this.starts.set(key, exact.slice(0, Math.min(PATHS, x.length)));
    const starts = this.starts.get(key);
    return starts ? Float32Array.from(starts, (alpha) => limit.alphaAt(Math.max(-1, Math.min(1, alpha)), k)) : null;
  }
}

/** Trains the networks of the settings, with a picture for each record; the report at the end. */
async function computeGap(engine: Engine, settings: Settings, post: Post, gate: Gate): Promise<void> {
  const problem = problemOf(settings);
  const options = gapOptions(settings);
  const { d } = problem;
  let paths = new LimitPaths(null);
  let told = 0;
  const report = await approximationGap(engine, problem, {
    ...options,
    // This is a worker already, and networks that follow one another can be watched.
    workers: 0,
    onProgress: ({ done, total, time }) => {
      const now = performance.now();
      if (now - told < PROGRESS_PAUSE) return;
      told = now;
      post({ type: "progress", share: total > 0 ? done / total : 0, time });
    },
    onLimit: (limit) => {
      paths = new LimitPaths(limit);
      const { time, loss } = limit;
      const hasAlpha = limit.problem.kind === "single-index";
      post({
        type: "limit",
        limit: hasAlpha ? pictureOf(limit) : null,
        loss: { time: time.slice(), loss: loss.slice() },
      });
    },
    onRecord: async (record) => {
      const { m, replica, k, time, loss, meanFieldLoss, mTimesMeanSquaredDelta } = record;
      const particles = record.particles();
      const exact = new Float64Array(m);
      const x = new Float32Array(m);
      const y = new Float32Array(m);
      for (let i = 0; i < m; i++) {
        x[i] = exact[i] = particles[i * d];
        y[i] = particles[i * d + 1];
      }
      const limitX = paths.at(record, x, exact);
      const last = k === options.record - 1 && replica === 0;
      post(
        {
          type: "record",
          record: { m, replica, k, time, loss, meanFieldLoss, mTimesMeanSquaredDelta, x, y, limitX },
          particles: last ? particles : null,
        },
        [x.buffer, y.buffer, ...(last ? [particles.buffer] : [])] as ArrayBuffer[],
      );
      await gate.pass();
    },
  });
  post({ type: "report", json: JSON.stringify(report) });
}

/** The limit constants as soon as they are known, then all of the theory. */
async function computeTheory(engine: Engine, settings: Settings, post: Post): Promise<void> {
  const problem = problemOf(settings);
  const options = theoryOptions(settings);
  const { time, record } = options;
  const quick = await gapLimitConstants(engine, problem, { time, record, tolerance: QUICK_TOLERANCE });
  if (quick.status === "completed")
    post({ type: "constants", time: quick.time.slice(), values: quick.mTimesMeanSquaredDelta.slice() });
  const report = await theoryReport(engine, problem, options);
  post({ type: "theory", json: JSON.stringify(report) });
}

/** Computes one job to its end; what goes wrong is posted too. */
export async function compute(job: "gap" | "theory", settings: Settings, post: Post, gate: Gate): Promise<void> {
  try {
    const engine = await createEngine();
    try {
      post({ type: "ready", backend: engine.backend });
      await (job === "gap" ? computeGap(engine, settings, post, gate) : computeTheory(engine, settings, post));
    } finally {
      engine.dispose();
    }
  } catch (error) {
    post({ type: "failed", message: error instanceof Error ? error.message : String(error) });
  }
}
