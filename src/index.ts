// propchaos: the approximation gap of one-hidden-layer networks. What users import, in Node and in browsers.

export type { Dynamics, DynamicsOptions, Gradient } from "./core/dynamics.ts";
export type { RecordTimes } from "./core/record.ts";
export type { Progress, RunOptions, Status } from "./core/run.ts";
export { version } from "./core/version.ts";
export { type Backend, createEngine, Engine, type EngineOptions, type WasmModule } from "./engine/index.ts";
export {
  type GapReportOptions,
  type GapReportWithTheory,
  type GapTheory,
  gapReport,
  type StoredGapWithTheory,
} from "./experiment/gap-report.ts";
export type { TheoryConstants } from "./experiment/limit-constants.ts";
export type { NetworkTheory } from "./experiment/network-theory.ts";
export { type ConvergenceTimeOptions, convergenceTime } from "./experiment/scaling/convergence-time.ts";
export type {
  DecaySettings,
  ScalingKind,
  ScalingPoint,
  ScalingReport,
  ScalingReportOf,
  ScalingSeries,
  TimeSettings,
  WidthSettings,
  WidthTrial,
} from "./experiment/scaling/document.ts";
export type { ProblemFamily } from "./experiment/scaling/family.ts";
export { gapScaling, sampleScaling } from "./experiment/scaling/gap-scaling.ts";
export { type ScalingLaw, type ScalingOptions, scalingLaw } from "./experiment/scaling/law.ts";
export { type LossDecayOptions, lossDecay } from "./experiment/scaling/loss-decay.ts";
export {
  type RequiredStatistic,
  type RequiredWidth,
  type RequiredWidthOptions,
  requiredWidth,
} from "./experiment/scaling/required-width.ts";
export { type WidthScalingOptions, widthScaling } from "./experiment/scaling/width-scaling.ts";
export type { CombinationSettings } from "./experiment/sweep/combinations.ts";
export {
  computeSweep,
  type FailedTask,
  missingTasks,
  type SweepOptions,
  type SweepOutcome,
  type SweepProgress,
} from "./experiment/sweep/compute.ts";
export type { MissingTask, StoredSweep, SweepReport, SweepResult } from "./experiment/sweep/document.ts";
export { mergeSweep } from "./experiment/sweep/merge.ts";
export { checkPlan, type PlanMistake, planMistakes } from "./experiment/sweep/plan.ts";
export type { OneOrMore, PlanAxes, PlanEntry, PlanSettings, SweepPlan } from "./experiment/sweep/plan-types.ts";
export { predictSweep, type TaskPrediction } from "./experiment/sweep/predict.ts";
export { runSweep } from "./experiment/sweep/run-sweep.ts";
export type { SweepStore } from "./experiment/sweep/store.ts";
export { type SweepPart, type SweepTask, sweepTasks } from "./experiment/sweep/tasks.ts";
export {
  type StoredTheory,
  type TheoryOptions,
  type TheoryReport,
  type TheorySettings,
  theoryReport,
} from "./experiment/theory-report.ts";
export { approximationGap, type GapOptions, type GivenNetworkReport } from "./gap/approximation-gap.ts";
export type {
  CorrectedStatistic,
  Divergence,
  Estimate,
  ExtraStatistic,
  GapReport,
  GapSettings,
  MeanFieldReport,
  MeasuredOn,
  PrecisionFloor,
  Scaling,
  Slope,
  Statistic,
  StoredGapReport,
  WidthReport,
} from "./gap/document.ts";
export type { Distribution, Histogram } from "./gap/histogram.ts";
export type { Measurement } from "./gap/measure.ts";
export { type Prediction, predictGap, predictLimit } from "./gap/predict.ts";
export type { NetworkRecord, RecordOptions } from "./gap/record.ts";
export { separateGaps } from "./gap/separate.ts";
export type { SeparateOptions } from "./gap/separate-check.ts";
export type {
  DiscretisationGap,
  GapEstimates,
  GapSlopes,
  GapsDivergence,
  GapsReport,
  GapsSettings,
  SampleGap,
  WidthGap,
} from "./gap/separate-document.ts";
export { cite } from "./io/cite.ts";
export { toCSV } from "./io/csv.ts";
export { type NumberArray, toNPY } from "./io/npy.ts";
export { fromNPY, type StoredArray } from "./io/npy-read.ts";
export {
  readReport,
  type StoredLimit,
  type StoredNetwork,
  type StoredReport,
} from "./io/read.ts";
export { type LimitOptions, meanFieldLimit } from "./limit/mean-field-limit.ts";
export type { LimitSolver } from "./limit/model.ts";
export type { AlphaLaw, LimitSettings, MeanFieldLimit, SingleIndexLimit } from "./limit/result.ts";
export type { StabilityFactors } from "./limit/tangent.ts";
export type { Precision } from "./network/activation-block.ts";
export type { DataArray, DataOption, DataSettings, GivenData, SampledData, SampleOrder } from "./network/data.ts";
export { type EvaluationOptions, risk, velocity } from "./network/evaluate.ts";
export type { Interaction, InteractionChoice } from "./network/interaction.ts";
export type { KeptTrajectory, TrajectoryOption } from "./network/kept.ts";
export { type TrainedNetwork, type TrainOptions, type TrainRecord, trainNetwork } from "./network/train.ts";
export type { Objective, TrainingOptions, TrainingSettings } from "./network/training.ts";
export type { DivergedStep } from "./network/trajectory.ts";
export {
  figures,
  type GapsFigureOptions,
  type PathsDocument,
  type PlottedSweep,
  type Specification,
  type SweepFigureOptions,
  type TheoryFigureOptions,
} from "./plot/index.ts";
export type { WorkerKind, WorkerLike } from "./pool/ways.ts";
export type { WorkerOptions, WorkersUsed } from "./pool/workers.ts";
export { activation, hermite, relu } from "./problem/activation.ts";
export type { AlphaPaths } from "./problem/alpha-paths.ts";
export { booleanTarget } from "./problem/boolean.ts";
export { gaussianBump } from "./problem/bumps.ts";
export { multiIndex, type TeacherOption } from "./problem/multi-index.ts";
export { singleIndex } from "./problem/single-index.ts";
export type {
  Activation,
  BooleanProblem,
  BooleanTerm,
  GaussianBump,
  HermiteSeries,
  MultiIndexProblem,
  Problem,
  RandomTeachers,
  Relu,
  SingleIndexProblem,
} from "./problem/types.ts";
export {
  describeProblem,
  type ProblemDescription,
  type ProblemName,
  problemNames,
  problems,
  type Zoo,
} from "./problem/zoo.ts";
export {
  type GapLimitConstants,
  gapLimitConstants,
  type LimitConstantsOptions,
} from "./theory/constants/gap-limit-constants.ts";
export { type Bound, type BoundsReport, type GapBounds, gapBounds } from "./theory/gap-equation/gap-bounds.ts";
export {
  type DeltaSeries,
  type LinearisedGap,
  type LinearisedGapOptions,
  linearisedGap,
} from "./theory/gap-equation/linearised-gap.ts";
export type { EquationSettings, GapEquationOptions } from "./theory/gap-equation/options.ts";
export type { EquationReport } from "./theory/gap-equation/report.ts";
export { type FactorsOf, type PlaneFactors, type Stability, stability } from "./theory/gap-equation/stability.ts";
export type { HessianOptions } from "./theory/given-network.ts";
export { interactionHessianProduct, localHessianProduct } from "./theory/hessian.ts";
export {
  type HessianNormOptions,
  type InteractionHessianNorm,
  interactionHessianNorm,
  type LocalHessianNorms,
  localHessianNorms,
} from "./theory/hessian-norms.ts";
export type { LimitConcordanceOptions, NetworkConcordanceOptions } from "./theory/self-concordance/check.ts";
export type {
  ConcordanceVerdict,
  HessianGrowth,
  LimitConcordance,
  LocalEigenvalues,
  NetworkConcordance,
  SelfConcordance,
  Spread,
  StoredConcordance,
} from "./theory/self-concordance/document.ts";
export { selfConcordance } from "./theory/self-concordance/self-concordance.ts";
