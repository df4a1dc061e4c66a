// The verdict: do the eigenvalues of the local Hessian that let deviations grow add up to no more than a multiple of
// log 1/|alpha_0|? Then a particle's deviation grows by a power of 1/|alpha_0|, of order sqrt(d), and not exponentially with
// time: that is why the paper's bounds are polynomial.
//
// The pointwise constant is reported beside it and does not decide: while mass at the poles pushes the rest away, any
// problem has a repelling alpha in the midst of its particles, at which v vanishes, but no particle stays near it; and where
// a run has come to rest both D and v are small and their ratio says nothing.

import type { ConcordanceVerdict, HessianGrowth, Spread } from "./document.ts";

/**
 * Of k* - 1, the constant of He_k at the start. In these units well-specified problems need 0.3 to 0.9 and NP_mis 0.9
 * (docs/theory.md); where a pole repels particles that have settled there, the need grows with time.
 */
const MARGIN = 1.5;

/** Default of `bound`. */
export function defaultBound(informationExponent: number | null): number {
  return MARGIN * Math.max(1, (informationExponent ?? 2) - 1);
}

function largest(values: Float64Array): number {
  let place = 0;
  for (let k = 1; k < values.length; k++) if (values[k] > values[place]) place = k;
  return place;
}

/** Three digits, for a sentence. */
function digits(value: number): string {
  return value < 1e5 ? String(Number(value.toPrecision(3))) : value.toExponential(2);
}

/** null without a record. */
export function concordanceVerdict(
  time: Float64Array,
  series: { amplification: Spread; positiveConstant: Spread; towardsEquator: Float64Array; growth: HessianGrowth },
  bound: number,
): ConcordanceVerdict | null {
  if (time.length === 0) return null;
  const exponents = series.amplification.quantile99;
  const constants = series.positiveConstant.quantile99;
  const end = time.length - 1;
  const worst = largest(exponents);
  const steepest = largest(constants);
  const [exponent, constant] = [exponents[worst], constants[steepest]];
  const holds = exponent <= bound;
  const until = `up to flow time ${digits(time[end])}`;
  const first = holds
    ? `Self-concordance holds ${until}: for 99% of the particles deviations grow at most by (e/|alpha_0|)^${digits(exponent)}, within the allowed power ${digits(bound)}`
    : `Self-concordance fails ${until}: for 1% of the particles deviations may grow by (e/|alpha_0|)^${digits(exponent)} and more, beyond the allowed power ${digits(bound)}`;
  const pushed = `${digits(100 * series.towardsEquator[end])}% are pushed towards the equator at the end`;
  const changed = series.growth.signChanged[end];
  const crossed = changed > 0 ? `, and ${digits(100 * changed)}%, left out above, have crossed it` : "";
  const pointwise = `lambda_max(D) |alpha| <= ${digits(constant)} |v| for 99% of those that move, at every record`;
  return {
    holds,
    exponent,
    bound,
    worstTime: time[worst],
    constant,
    constantTime: time[steepest],
    sentence: `${first}; ${pointwise}; ${pushed}${crossed}.`,
  };
}
