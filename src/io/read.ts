// Stored reports back into memory: what toJSON() wrote, checked field by field, with its series as Float64Array again.

import { checkOneOf, wrongKind } from "../core/check.ts";
import { plain } from "../core/plain.ts";
import type { StoredGapWithTheory } from "../experiment/gap-report.ts";
import type { ScalingReport } from "../experiment/scaling/document.ts";
import type { StoredSweep } from "../experiment/sweep/document.ts";
import type { StoredTheory } from "../experiment/theory-report.ts";
import type { GapsReport } from "../gap/separate-document.ts";
import type { MeanFieldLimit } from "../limit/result.ts";
import type { TrainedNetwork } from "../network/train.ts";
import type { GapLimitConstants } from "../theory/constants/gap-limit-constants.ts";
import type { StoredConcordance } from "../theory/self-concordance/document.ts";
import type { LATER_TRAINING } from "./document-parts.ts";
import { DOCUMENTS } from "./documents.ts";

/** A limit that was read back: all of it but `alphaAt`, which needs an engine. */
export type StoredLimit = Omit<MeanFieldLimit, "alphaAt">;

type NetworkSettings = TrainedNetwork["settings"];
type LaterSetting = keyof typeof LATER_TRAINING;

/**
 * A trained network that was read back: all of it but `particles(k)`, which are not part of the JSON. Documents of early
 * versions lack some settings.
 */
export type StoredNetwork = Omit<TrainedNetwork, "particles" | "trajectory" | "settings"> & {
  settings: Omit<NetworkSettings, LaterSetting> & Partial<Pick<NetworkSettings, LaterSetting>>;
};

/** Any of them; `schema` says which. */
export type StoredReport =
  | StoredGapWithTheory
  | GapsReport
  | StoredLimit
  | StoredNetwork
  | GapLimitConstants
  | ScalingReport
  | StoredConcordance
  | StoredTheory
  | StoredSweep;

const SCHEMAS = Object.keys(DOCUMENTS) as (keyof typeof DOCUMENTS)[];

function parse(report: unknown): unknown {
  if (typeof report !== "string") return report;
  try {
    return JSON.parse(report);
  } catch (cause) {
    throw new RangeError(`report must be the JSON of a report; it could not be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Gives a report the method that its JSON has lost. */
function withJSON<Report extends object>(report: Report): Report {
  return Object.assign(report, {
    toJSON(): unknown {
      return plain(this);
    },
  });
}

/**
 * Reads a report back: `JSON.stringify(readReport(text))` is `text`, and `toCSV` and the figures take what it returns.
 * Fields that this version does not know are kept as they are.
 *
 * @param report - what `JSON.stringify` wrote of a gap report, the three gaps, a limit, limit constants, a trained network,
 * scaling laws, self-concordance, theory or a sweep, as text or parsed.
 * @returns the report with series as Float64Array; functions that need an engine are absent.
 * @throws TypeError for a missing field or one of the wrong kind, RangeError for text that is not JSON, a schema this
 * version does not know, a series of the wrong length or a value out of its range; the sentence names the JSON path.
 * @example
 * ```ts
 * const report = readReport(await readFile("results/he4/gap.json", "utf8"));
 * if (report.schema === "propchaos/gap@1") console.log(report.scaling?.meanDelta, toCSV(report));
 * ```
 */
export function readReport(report: unknown): StoredReport {
  const document = parse(report);
  if (typeof document !== "object" || document === null || Array.isArray(document))
    wrongKind("report", "the JSON of a report, as text or parsed", document);
  const { schema, time } = document as { schema?: unknown; time?: unknown };
  const kind = checkOneOf("$.schema", schema, SCHEMAS);
  // Every series is as long as the list of times; what else may be wrong with that list is said when it is read.
  const records = Array.isArray(time) ? time.length : 0;
  const read = DOCUMENTS[kind]("$", document, { records });
  const found = withJSON(read as StoredReport);
  if (found.schema === "propchaos/sweep@1") for (const { report: gap } of found.results) if (gap) withJSON(gap);
  return found;
}
