// The velocity field of the infinite-width limit as series in Gegenbauer polynomials (SPEC.md, section 4).
//
// With q = sum lambda_l P_l, phi = sum f_l P_l (dimension d) and the moments M_l = E P_l(alpha) of the law,
//   psi(alpha)  = phi' - Q' = sum_l g_l (f_(l+1) - lambda_(l+1) M_(l+1)) P_l(alpha)   (dimension d + 2)
//   r(alpha)    = sum_l (b_l - rho_l M_l) P_l(alpha)                                   (radial part, dimension d)
//   Q(alpha)    = sum_l lambda_l M_l P_l(alpha)
//   L           = |f*|^2 - 2 sum_l f_l M_l + sum_l lambda_l M_l^2

import type { Engine } from "../engine/index.ts";
import { derivativeFactors, recurrenceTable, zonalFromPowers, zonalSum } from "../numeric/zonal.ts";
import { populationSeries } from "../problem/form.ts";
import type { SingleIndexProblem } from "../problem/types.ts";
import { solvableForm } from "./form.ts";
import type { LimitField } from "./model.ts";
import { LimitParticles } from "./particles.ts";

export class Field implements LimitField {
  /** Degree of q: moments M_0 .. M_degree are needed, psi has degree - 1. */
  readonly degree: number;
  /** Coefficients of psi, at least one, and of the radial part. */
  readonly driveLength: number;
  readonly radialLength: number;
  readonly teachers = null;
  readonly crossing = { what: "the axis of w*", condition: "1 + eta r - eta alpha psi <= 0" };
  /** Recurrence tables of dimension d and d + 2. */
  readonly table: Float64Array;
  readonly psiTable: Float64Array;
  private readonly kernel: Float64Array;
  private readonly link: Float64Array;
  private readonly kernelRadial: Float64Array;
  private readonly linkRadial: Float64Array;
  private readonly factors: Float64Array;
  private readonly targetNorm: number;

  constructor(problem: SingleIndexProblem) {
    const { d } = problem;
    const series = populationSeries(solvableForm(problem));
    this.degree = series.kernel.length - 1;
    this.driveLength = Math.max(1, this.degree);
    this.radialLength = this.degree + 1;
    this.table = recurrenceTable(d, this.degree);
    this.psiTable = recurrenceTable(d + 2, this.driveLength - 1);
    this.kernel = zonalFromPowers(series.kernel, d);
    this.link = zonalFromPowers(series.link, d);
    this.kernelRadial = zonalFromPowers(series.kernelRadial, d);
    this.linkRadial = zonalFromPowers(series.linkRadial, d);
    this.factors = derivativeFactors(this.degree, d);
    this.targetNorm = series.targetNorm;
  }

  /** Coefficients of psi for moments M, into `out`. */
  drive(M: Float64Array, out: Float64Array): void {
    out[0] = 0;
    for (let l = 0; l < this.degree; l++) out[l] = this.factors[l] * (this.link[l + 1] - this.kernel[l + 1] * M[l + 1]);
  }

  /** d alpha / dt = (1 - alpha^2) psi(alpha) for moments M. */
  velocity(alpha: number, M: Float64Array): number {
    const drive = new Float64Array(this.driveLength);
    this.drive(M, drive);
    return (1 - alpha) * (1 + alpha) * zonalSum(drive, this.psiTable, alpha);
  }

  /** Coefficients of the radial part r for moments M, into `out`. */
  radial(M: Float64Array, out: Float64Array): void {
    for (let l = 0; l <= this.degree; l++) out[l] = this.linkRadial[l] - this.kernelRadial[l] * M[l];
  }

  /** Coefficients of Q, the inner product of the limit with a neuron at alpha. */
  overlap(M: Float64Array): Float64Array {
    return this.kernel.map((lambda, l) => lambda * M[l]);
  }

  /** |f_rho|^2. */
  energy(M: Float64Array): number {
    return this.kernel.reduce((sum, lambda, l) => sum + lambda * M[l] * M[l], 0);
  }

  loss(M: Float64Array): number {
    return this.targetNorm - 2 * this.link.reduce((sum, f, l) => sum + f * M[l], 0) + this.energy(M);
  }

  particles(engine: Engine, n: number, flow: boolean): LimitParticles {
    return new LimitParticles(engine, this, n, flow);
  }
}
