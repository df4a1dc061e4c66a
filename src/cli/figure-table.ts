// Which figures a document allows, by its schema. A new kind of document is one line here.

import { figures, type PathsDocument, type Specification, type StoredReport } from "../index.ts";

type Schema = StoredReport["schema"];
type Document<S extends Schema> = Extract<StoredReport, { schema: S }>;
type Figures = Record<string, Specification>;

const FIGURES: { [S in Schema]: (report: Document<S>) => Figures } = {
  "propchaos/gap@1": (report) => ({
    gap: figures.gap(report),
    risk: figures.risk(report),
    delta: figures.delta(report),
    "function-gap": figures.functionGap(report),
    ...(report.widths.some(({ distribution }) => distribution) && { distribution: figures.distribution(report) }),
    ...(report.theory && { theory: figures.theory(report) }),
  }),
  "propchaos/gaps@1": (report) => ({
    gaps: figures.gaps(report),
    "gaps-delta": figures.gaps(report, { statistic: "meanSquaredDelta" }),
  }),
  "propchaos/limit@1": (limit) => ({ limit: figures.limit(limit) }),
  "propchaos/network@1": (network) => ({ network: figures.network(network) }),
  "propchaos/constants@1": (constants) => ({ constants: figures.constants(constants) }),
  "propchaos/scaling@1": (report) => ({ [`scaling-${report.kind}`]: figures.scaling(report) }),
  "propchaos/self-concordance@1": (report) => ({ "self-concordance": figures.selfConcordance(report) }),
  "propchaos/theory@1": (report) => {
    const { limit, network } = report.selfConcordance;
    return {
      theory: figures.theory(report),
      ...(limit && { "self-concordance-limit": figures.selfConcordance(limit) }),
      ...(network && { "self-concordance-network": figures.selfConcordance(network) }),
    };
  },
  "propchaos/sweep@1": (sweep) => ({
    "sweep-risk": figures.sweep(sweep, { statistic: "risk" }),
    "sweep-delta": figures.sweep(sweep),
    "sweep-function-gap": figures.sweep(sweep, { statistic: "functionGap" }),
  }),
};

/** The figures of one document, by name. */
export function figuresOf(report: StoredReport): Figures {
  const draw = FIGURES[report.schema] as (report: StoredReport) => Figures;
  return draw(report);
}

/** A network and a limit of one problem whose particles start alike: their paths in one figure. */
export function alignmentOf(reports: readonly StoredReport[]): Specification | null {
  const withPaths = (schema: Schema) =>
    reports.filter((report): report is StoredReport & PathsDocument => {
      return report.schema === schema && (report as PathsDocument).alphaPaths !== undefined;
    });
  for (const network of withPaths("propchaos/network@1")) {
    const beside = withPaths("propchaos/limit@1").find(
      ({ problem, alphaPaths }) =>
        JSON.stringify(problem) === JSON.stringify(network.problem) &&
        alphaPaths?.start.join() === network.alphaPaths?.start.join(),
    );
    if (beside) return figures.alignment(network, beside);
  }
  return null;
}
