// A problem is plain data: it can be posted to a worker and written as JSON.

/** sigma = sum_k coefficients[k] h_k, h_k = He_k / sqrt(k!) orthonormal under N(0, 1). */
export interface HermiteSeries {
  readonly kind: "hermite";
  /** c_0, c_1, ..., at most 129 of them. */
  readonly coefficients: readonly number[];
}

/** An activation or a link function. */
export type Activation = HermiteSeries;

/** f*(x) = link(<w*, x>), x ~ N(0, I_d), w* the first coordinate vector; all second-layer weights +1. */
export interface SingleIndexProblem {
  readonly kind: "single-index";
  /** Name in the zoo, or `"custom"`. */
  readonly name: string;
  /** Input dimension, at least 2. */
  readonly d: number;
  readonly activation: Activation;
  readonly link: Activation;
  /** Smallest k >= 1 with b_k c_k != 0; null where there is none. */
  readonly informationExponent: number | null;
}

/** Any problem. */
export type Problem = SingleIndexProblem;
