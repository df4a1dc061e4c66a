// The computing of a run, on whatever thread: the gap of networks beside their limit with a picture for each record, or the
// theory of the problem. It knows neither the page nor the worker, only where to post.

import {
  approximationGap,
  createEngine,
  type Engine,
  gapLimitConstants,
  type MeanFieldLimit,
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

/** Paths in the limit of the first particles of a network; networks follow one another. */
class LimitPaths {
  private starts = new Float64Array();
  private readonly limit: MeanFieldLimit | null;

  constructor(limit: MeanFieldLimit | null) {
    this.limit = limit;
  }

  /** alpha of each at record k, `alpha` that of all particles in the network; null where the limit has no alpha. */
  at(k: number, alpha: Float64Array): Float32Array | null {
    const { limit } = this;
    if (limit?.problem.kind !== "single-index") return null;
    // A coordinate of a unit vector may be rounded to more than 1.
    if (k === 0) this.starts = alpha.slice(0, PATHS).map((start) => Math.max(-1, Math.min(1, start)));
    return Float32Array.from(this.starts, (start) => limit.alphaAt(start, k));
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
      const coordinate = (c: number) => Float64Array.from({ length: m }, (_, i) => particles[i * d + c]);
      const alpha = coordinate(0);
      const x = Float32Array.from(alpha);
      const y = Float32Array.from(coordinate(1));
      const limitX = paths.at(k, alpha);
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
