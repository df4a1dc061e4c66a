// A problem is plain data: it can be posted to a worker and written as JSON.

/** sigma = sum_k coefficients[k] h_k, h_k = He_k / sqrt(k!) orthonormal under N(0, 1). */
export interface HermiteSeries {
  readonly kind: "hermite";
  /** c_0, c_1, ..., at most 129 of them. */
  readonly coefficients: readonly number[];
}

/** max(z, 0), with derivative 0 at 0. */
export interface Relu {
  readonly kind: "relu";
}

/** (constant + square z^2) exp(-rate z^2) + offset. */
export interface GaussianBump {
  readonly kind: "bump";
  /** Above 0. */
  readonly rate: number;
  readonly constant: number;
  readonly square: number;
  readonly offset: number;
}

/** An activation or a link function. */
export type Activation = HermiteSeries | Relu | GaussianBump;

/** What all problems have. */
interface Named {
  /** Name in the zoo, or `"custom"`. */
  readonly name: string;
  /** Input dimension, at least 2. */
  readonly d: number;
  /** Activation of the network (1/m) sum_i a_i activation(<w_i, x>). */
  readonly activation: Activation;
  /** Whether the second-layer signs a_i are +1, -1, +1, ... rather than all +1. */
  readonly signed: boolean;
}

/** f*(x) = link(<w*, x>), x ~ N(0, I_d), w* the first coordinate vector. */
export interface SingleIndexProblem extends Named {
  readonly kind: "single-index";
  readonly link: Activation;
  /** Smallest k >= 1 with b_k c_k != 0; null where there is none. */
  readonly informationExponent: number | null;
}

/** `count` unit vectors, uniform on the sphere of the first `dimension` coordinates, drawn by the engine from `seed`. */
export interface RandomTeachers {
  readonly count: number;
  readonly dimension: number;
  readonly seed: number;
}

/** f*(x) = sum_r weights[r] link(<u_r, x>), x ~ N(0, I_d). */
export interface MultiIndexProblem extends Named {
  readonly kind: "multi-index";
  readonly link: Activation;
  /** Unit vectors u_r, all of one length of at most d; the coordinates after it are 0. None for the target 0. */
  readonly teachers: readonly (readonly number[])[] | RandomTeachers;
  /** omega_r, one a teacher. */
  readonly weights: readonly number[];
  /** Smallest k >= 1 with b_k c_k != 0 and |sum_r omega_r u_r^(tensor k)| != 0; null where there is none. */
  readonly informationExponent: number | null;
}

/** weight times the product of x_c over `coordinates`. */
export interface BooleanTerm {
  /** Distinct, counted from 0; none for a constant. */
  readonly coordinates: readonly number[];
  readonly weight: number;
}

/** f*(x) = sum of terms, x uniform on {-1, +1}^d. */
export interface BooleanProblem extends Named {
  readonly kind: "boolean";
  readonly terms: readonly BooleanTerm[];
  /** Fewest coordinates, at least 1, of a product whose weight is not 0; null where there is none. */
  readonly informationExponent: number | null;
}

/** Any problem. */
export type Problem = SingleIndexProblem | MultiIndexProblem | BooleanProblem;
