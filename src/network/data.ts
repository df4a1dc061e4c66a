// What a network is trained on: the population, samples that are drawn from the seed, or the user's own.

import { checkInteger, checkOneOf, checkOptions, wrongKind, wrongValue } from "../core/check.ts";
import type { Plan } from "../core/dynamics.ts";
import { dataLaw, populationForm } from "../problem/form.ts";
import type { Problem } from "../problem/types.ts";

/** Order of the samples in an epoch: that of their rows, or one drawn from the seed for each epoch. */
export type SampleOrder = "sequential" | "shuffled";

/** A training set drawn from the seed: row i depends neither on the number of samples nor, coordinate by coordinate, on d. */
export interface SampledData {
  /** n, the number of training samples. */
  samples: number;
  /** Samples a step; default the smaller of 8192 and n. The last batch of an epoch may be smaller. With flow always n. */
  batch?: number | undefined;
  /** Number of test samples; default n / 2, rounded down. 0 for none. */
  test?: number | undefined;
  /** Default `"sequential"`. */
  order?: SampleOrder | undefined;
  /** Whether every epoch draws a fresh training set; default false. Not with flow. */
  resample?: boolean | undefined;
  /** false, as in the settings of a result, which give the run again. */
  given?: boolean | undefined;
}

/** Numbers of a user: row-major inputs, or labels. */
export type DataArray = Float64Array | Float32Array | Int8Array;

/** The user's own training set. */
export interface GivenData {
  /** n x d, row-major. Of Boolean problems +1 and -1 only. */
  inputs: DataArray;
  /** n labels, which replace the target; default the target of the problem. */
  labels?: DataArray | undefined;
  testInputs?: DataArray | undefined;
  testLabels?: DataArray | undefined;
  /** As for drawn samples. */
  batch?: number | undefined;
  order?: SampleOrder | undefined;
}

/** Either of them, or infinite data. */
export type DataOption = "population" | SampledData | GivenData;

interface CommonPlan {
  samples: number;
  test: number;
  batch: number;
  order: SampleOrder;
  resample: boolean;
}

/** Checked data, defaults filled in. Plain, so that it can be posted. */
export type DataPlan =
  | (CommonPlan & { kind: "sampled" })
  | (CommonPlan & {
      kind: "given";
      inputs: DataArray;
      labels: Float64Array | null;
      testInputs: DataArray | null;
      testLabels: Float64Array | null;
    });

/** Data as they stand in the settings of a result. */
export interface DataSettings extends CommonPlan {
  /** Whether the user gave them; then nothing was drawn. */
  given: boolean;
}

const DEFAULT_BATCH = 8192;
/** The most samples of a set: they are counted in 32 bits. */
export const MOST_SAMPLES = 2147483647;

/** Rows of one stream of random numbers. */
const MOST_ROWS = 4294967296;

function isArray(value: unknown): value is DataArray {
  return value instanceof Float64Array || value instanceof Float32Array || value instanceof Int8Array;
}

function checkFinite(name: string, array: DataArray): void {
  const bad = array.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) wrongValue(`${name}[${bad}]`, "a finite number", array[bad]);
}

function checkInputs(name: string, value: unknown, problem: Problem): { inputs: DataArray; n: number } {
  if (!isArray(value)) wrongKind(name, "a Float64Array, Float32Array or Int8Array", value);
  const n = value.length / problem.d;
  if (!Number.isInteger(n) || n < 1)
    wrongValue(
      name,
      `n x d numbers, n >= 1, with d = ${problem.d}: a length that is a multiple of ${problem.d}`,
      value,
    );
  checkFinite(name, value);
  if (dataLaw(problem) === "boolean") {
    const bad = value.findIndex((x) => x !== 1 && x !== -1);
    if (bad >= 0) wrongValue(`${name}[${bad}]`, `+1 or -1, as ${problem.name} has Boolean inputs`, value[bad]);
  }
  return { inputs: value, n };
}

function checkLabels(name: string, value: unknown, n: number, inputs: string): Float64Array | null {
  if (value === undefined) return null;
  if (!isArray(value)) wrongKind(name, "a Float64Array, Float32Array or Int8Array", value);
  if (value.length !== n) wrongValue(name, `of length ${n}, one label a row of ${inputs}`, value);
  checkFinite(name, value);
  return Float64Array.from(value);
}

function checkBatch(value: unknown, n: number, { dynamics }: Plan): number {
  if (dynamics === "pgd") return checkInteger("data.batch", value ?? Math.min(DEFAULT_BATCH, n), 1, n);
  if (value !== undefined && value !== n)
    wrongValue("data.batch", `left out or ${n}, all samples, with dynamics "flow"`, value);
  return n;
}

function checkOrder(value: unknown): SampleOrder {
  return checkOneOf("data.order", value ?? "sequential", ["sequential", "shuffled"]);
}

function checkGiven(data: GivenData, problem: Problem, plan: Plan): DataPlan {
  checkOptions("data", data, ["inputs", "labels", "testInputs", "testLabels", "batch", "order"]);
  const { inputs, n } = checkInputs("data.inputs", data.inputs, problem);
  const labels = checkLabels("data.labels", data.labels, n, "data.inputs");
  if (data.testInputs === undefined && data.testLabels !== undefined)
    wrongValue("data.testLabels", "left out where there are no testInputs", data.testLabels);
  const test = data.testInputs === undefined ? null : checkInputs("data.testInputs", data.testInputs, problem);
  const testLabels = test && checkLabels("data.testLabels", data.testLabels, test.n, "data.testInputs");
  if (test && (labels === null) !== (testLabels === null))
    wrongValue("data.testLabels", "given where labels are, and left out where they are not", data.testLabels);
  return {
    kind: "given",
    samples: n,
    test: test?.n ?? 0,
    batch: checkBatch(data.batch, n, plan),
    order: checkOrder(data.order),
    resample: false,
    inputs,
    labels,
    testInputs: test?.inputs ?? null,
    testLabels,
  };
}

function checkSampled(data: SampledData, plan: Plan): DataPlan {
  checkOptions("data", data, ["samples", "batch", "test", "order", "resample", "given"]);
  if (data.given !== undefined && data.given !== false)
    wrongValue("data.given", "left out or false where samples are drawn; samples of a user come as inputs", data.given);
  const samples = checkInteger("data.samples", data.samples, 1, MOST_SAMPLES);
  const batch = checkBatch(data.batch, samples, plan);
  const resample = data.resample ?? false;
  if (typeof resample !== "boolean") wrongKind("data.resample", "true or false", resample);
  if (resample && plan.dynamics === "flow")
    wrongValue("data.resample", 'false with dynamics "flow", which has no epochs', resample);
  const steps = plan.steps[plan.steps.length - 1] ?? 0;
  const epochs = Math.ceil(steps / Math.ceil(samples / batch));
  if (resample && epochs * samples > MOST_ROWS)
    wrongValue("data.resample", `false in a run of ${epochs} epochs of ${samples} samples: above 2^32 rows`, true);
  return {
    kind: "sampled",
    samples,
    test: checkInteger("data.test", data.test ?? Math.floor(samples / 2), 0, MOST_SAMPLES),
    batch,
    order: checkOrder(data.order),
    resample,
  };
}

/**
 * Checks the option `data`; null stands for the population.
 *
 * @throws TypeError or RangeError naming the option, what came and what is allowed.
 */
export function checkData(value: unknown, problem: Problem, plan: Plan): DataPlan | null {
  const data = value ?? "population";
  if (data === "population") {
    if (populationForm(problem)) return null;
    const why = dataLaw(problem) === "boolean" ? "Boolean inputs" : "an activation of too many Hermite coefficients";
    return wrongValue(
      "data",
      `{ samples } or arrays of inputs for a problem with ${why}, which has no closed form on the population`,
      value,
    );
  }
  if (typeof data === "string") wrongValue("data", '"population", { samples } or { inputs, labels }', data);
  if (typeof data !== "object" || isArray(data))
    wrongKind("data", '"population", { samples } or { inputs, labels }', data);
  return "inputs" in data || !("samples" in data)
    ? checkGiven(data as GivenData, problem, plan)
    : checkSampled(data as SampledData, plan);
}

/** The settings that stand in a result. */
export function dataSettings(data: DataPlan | null): "population" | DataSettings {
  if (data === null) return "population";
  const { samples, test, batch, order, resample, kind } = data;
  return { samples, test, batch, order, resample, given: kind === "given" };
}
