// How a network is trained: in time (core/dynamics.ts), on what, towards what, in which number format.

import { checkNumber, checkOneOf, wrongValue } from "../core/check.ts";
import { checkDynamics, DYNAMICS_OPTIONS, type DynamicsOptions, type Plan } from "../core/dynamics.ts";
import type { Problem } from "../problem/types.ts";
import type { Precision } from "./activation-block.ts";
import { checkData, type DataOption, type DataPlan, type DataSettings, dataSettings } from "./data.ts";
import { checkInteraction, type InteractionChoice } from "./interaction.ts";

/** What a step descends: E (f - y)^2 / 2, or the negative correlation -E y f. */
export type Objective = "squared" | "correlation";

/** Options of everything that trains a network. */
export interface TrainingOptions extends DynamicsOptions {
  /** What the network is trained on: `"population"` (infinite data, default), drawn samples, or given ones. */
  data?: DataOption | undefined;
  /**
   * Number format of forward and backward pass on data; default `"float64"`. With `"float32"` inputs and weights are
   * rounded for the two products; sums over particles and over blocks of samples, the weights and all statistics stay
   * float64. The population is always float64.
   */
  precision?: Precision | undefined;
  /** Default `"squared"`; `"correlation"` drops the network's own output from the residual. */
  objective?: Objective | undefined;
  /**
   * Strength s >= 0 of noise: a PGD step becomes w <- normalise(w + step (g + s z)), z standard normal, fresh for every
   * particle and step, the same for particle i at every width. Default 0. The authors' option -v is 2 s.
   */
  langevin?: number | undefined;
  /**
   * Weight lambda >= 0 of the path norm sum_i (a_i / m)^2 |w_i|^2 in the loss: a step becomes
   * w <- w + step (g - (lambda / m) w) without normalisation, as in the authors' code, so that the weights leave the
   * sphere. Default 0. Needs data and the Euclidean gradient, which is then the default.
   */
  pathNorm?: number | undefined;
  /**
   * How the sums over the particles of a network are computed on the population, for its velocity, its risk and its function
   * gap: over `"pairs"` of particles, in m² d operations, or by symmetric `"moments"` of the particles, in m C(d+k-1, k)
   * operations for a polynomial kernel of degree k. The default `"auto"` takes the way with fewer operations, by problem and
   * width alone. Both agree but for rounding.
   */
  interaction?: InteractionChoice | undefined;
}

/** The names of these options, for `checkOptions`. */
export const TRAINING_OPTIONS = [
  ...DYNAMICS_OPTIONS,
  "data",
  "precision",
  "objective",
  "langevin",
  "pathNorm",
  "interaction",
] as const;

/** Checked options. Plain, so that they can be posted. */
export interface Training {
  plan: Plan;
  /** null for the population. */
  data: DataPlan | null;
  precision: Precision;
  objective: Objective;
  langevin: number;
  pathNorm: number;
  interaction: InteractionChoice;
}

/** How a network was trained, as it stands in the settings of a result. */
export interface TrainingSettings extends Pick<Plan, "time" | "step" | "dynamics" | "gradient" | "record"> {
  data: "population" | DataSettings;
  precision: Precision;
  objective: Objective;
  langevin: number;
  pathNorm: number;
  interaction: InteractionChoice;
}

/** @throws TypeError or RangeError naming the option, its value and what is allowed. */
export function checkTraining(options: TrainingOptions, problem: Problem): Training {
  const pathNorm = checkNumber("pathNorm", options.pathNorm ?? 0, { min: 0 });
  // Field by field: options are read once each, so that a getter cannot pass the check and then say something else.
  const { time, step, dynamics, record } = options;
  if (pathNorm > 0 && options.dynamics === "flow") wrongValue("pathNorm", '0 with dynamics "flow"', pathNorm);
  const gradient = options.gradient ?? (pathNorm > 0 ? "euclidean" : undefined);
  const plan = checkDynamics({ time, step, dynamics, gradient, record });
  const data = checkData(options.data, problem, plan);
  const precision = checkOneOf("precision", options.precision ?? "float64", ["float64", "float32"]);
  if (precision === "float32" && !data)
    wrongValue("precision", '"float64" on the population; float32 is for data', precision);
  const objective = checkOneOf("objective", options.objective ?? "squared", ["squared", "correlation"]);
  const langevin = checkNumber("langevin", options.langevin ?? 0, { min: 0 });
  if (langevin > 0 && plan.dynamics === "flow") wrongValue("langevin", '0 with dynamics "flow"', langevin);
  if (pathNorm > 0) {
    if (!data) wrongValue("pathNorm", "0 on the population, whose closed form holds on the sphere only", pathNorm);
    if (plan.gradient !== "euclidean")
      wrongValue("pathNorm", '0 unless the gradient is "euclidean": it acts along w only', pathNorm);
  }
  const interaction = checkInteraction(options.interaction, problem);
  return { plan, data, precision, objective, langevin, pathNorm, interaction };
}

/** Whether a run draws random numbers besides those of its particles: samples, their order, noise. */
export function drawsNumbers({ data, langevin }: Training): boolean {
  return data?.kind === "sampled" || data?.order === "shuffled" || langevin > 0;
}

/** The settings that stand in a result. */
export function trainingSettings({ plan, data, ...rest }: Training): TrainingSettings {
  const { time, step, dynamics, gradient, record } = plan;
  return { time, step, dynamics, gradient, data: dataSettings(data), ...rest, record };
}
