// The gap document from what a run has measured, wherever and in whatever order that was.

import { plain } from "../core/plain.ts";
import type { Status } from "../core/run.ts";
import { version } from "../core/version.ts";
import type { Engine } from "../engine/index.ts";
import { hasRisk, interactionUsed } from "../network/network.ts";
import { drawsNumbers, trainingSettings } from "../network/training.ts";
import type { CheckedGap } from "./checked.ts";
import type { GapReport, GapSettings, MeasuredOn } from "./document.ts";
import { limitReport, referenceReport } from "./mean-field.ts";
import { slopes, widthReport } from "./report.ts";
import type { GapProgress } from "./run.ts";

/** What the loss and the function gap of a run are means over: a solved limit has a closed form on the population. */
function measuredOn({ problem, training }: CheckedGap): GapReport["measuredOn"] {
  const sample: MeasuredOn = training.data && training.data.test > 0 ? "test" : "train";
  const mean = hasRisk(problem, training) ? "population" : sample;
  return { loss: mean, functionGap: mean };
}

/** Every setting of a run, defaults filled in. */
export function gapSettings({ training, networks, meanField, tolerance }: CheckedGap): GapSettings {
  return {
    widths: networks.widths,
    ...trainingSettings(training),
    seeds: networks.rows ? null : networks.replicas,
    seed: networks.rows && !drawsNumbers(training) ? null : networks.seed,
    reference: meanField.solver === "reference-network" ? meanField.width : null,
    tolerance,
    ...(networks.distribution && { distribution: true as const }),
  };
}

/** The document of a run that ended with this status. */
export function gapDocument(engine: Engine, checked: CheckedGap, progress: GapProgress, status: Status): GapReport {
  const { training, networks, meanField } = checked;
  const finished = networks.widths
    .map((m, w) => ({ m, runs: progress.runs[w] }))
    .filter(({ runs }) => runs.some((measurements) => measurements !== undefined));
  const of = { widths: finished.map(({ m }) => m), runs: finished.map(({ runs }) => runs) };
  const M = meanField.solver === "reference-network" ? meanField.width : null;
  const { document, errors } =
    meanField.solver === "reference-network"
      ? referenceReport(progress, meanField.width, of)
      : limitReport(progress, meanField.solver, training.plan.times.length);
  const widths = finished.map(({ m, runs }) =>
    widthReport(m, runs, errors, M, interactionUsed(checked.problem, training, m)),
  );
  const records = document.loss.length;
  const { floor } = progress;
  return {
    schema: "propchaos/gap@1",
    version,
    backend: engine.backend,
    ...(progress.workers && { workers: progress.workers }),
    status,
    ...(progress.failure !== null && { failure: progress.failure }),
    divergence: progress.divergence,
    problem: checked.problem,
    settings: gapSettings(checked),
    time: training.plan.times.slice(0, records),
    meanField: document,
    measuredOn: measuredOn(checked),
    ...(floor && {
      precisionFloor: {
        m: floor.m,
        meanSquaredDelta: floor.meanSquaredDelta.slice(0, records),
        flippedShare: floor.flippedShare.slice(0, records),
      },
    }),
    widths,
    scaling: slopes(engine, networks.seed, widths, of.runs, M),
    toJSON() {
      return plain(this);
    },
  };
}
