// The gap as a differential equation (SPEC.md, section 6), linear in Delta, along the mean-field paths xi of a network's own
// particles and with D at the limit law:
//
//   d Delta_i/dt = D_t(i) Delta_i + f_i,   f_i = eps_i - (1/m) sum_j H_t(i,j) Delta_j
//   eps_i = v(xi_i, empirical measure of xi) - v(xi_i, limit law)
//
// f is the attraction to the limit minus the attraction to the particles moved along Delta, to first order: one pass over
// pairs. D is integrated exactly, by the stability factors J of a step. With T the transport by them:
//
//   flow  Heun's method:  Delta* = T(Delta + h f),  Delta <- T(Delta + h/2 f) + h/2 f*,  f* at the end, from Delta*
//   PGD   the step w -> normalise(w + eta g), linearised:  Delta <- T(Delta) + eta P_{xi'} f / |xi + eta g|
//
// With the Euclidean gradient the fluctuation of its radial part is left out, which acts in second order of eta.

import type { Work } from "../../core/run.ts";
import { type Region, regionBytes, type Slot } from "../../engine/arena.ts";
import type { Engine } from "../../engine/index.ts";
import type { SolvableProblem } from "../../limit/model.ts";
import type { Path } from "../../limit/path.ts";
import { identityFactors, multiplyFactors, type TangentFactors } from "../../limit/tangent-factors.ts";
import { Particles, particlesBytes, roundUp } from "../../network/particles.ts";
import { PopulationHessian, populationHessianBytes } from "../../network/population-hessian.ts";
import type { EquationGrid } from "./grid.ts";
import type { MeanFieldParticles, TangentParts } from "./model.ts";
import { driveAt, meanFieldBytes, meanFieldParticles, positionShape } from "./particles.ts";

function lengths({ width, stride }: { width: number; stride: number }): Record<"forcing", number> {
  return { forcing: roundUp(width, 4) * stride };
}

/** Bytes that the equation of a network of this width will reserve. */
export function equationBytes(engine: Engine, problem: SolvableProblem, width: number, flow: boolean): number {
  const shape = positionShape(problem, width);
  return (
    particlesBytes(shape) +
    populationHessianBytes(engine, problem, shape) +
    regionBytes(lengths(shape)) +
    meanFieldBytes(engine, problem, width, flow)
  );
}

export class GapEquation {
  readonly meanField: MeanFieldParticles;
  private readonly engine: Engine;
  private readonly path: Path;
  private readonly grid: EquationGrid;
  private readonly particles: Particles;
  private readonly hessian: PopulationHessian;
  private readonly region: Region<"forcing">;
  private readonly taken: { free(): void }[] = [];
  private steps = 0;

  /** Of a network of this width, along a limit that was solved with the grid's plan. */
  constructor(engine: Engine, problem: SolvableProblem, grid: EquationGrid, path: Path, width: number) {
    const shape = positionShape(problem, width);
    this.engine = engine;
    this.path = path;
    this.grid = grid;
    const take = <Part extends { free(): void }>(part: Part): Part => {
      this.taken.push(part);
      return part;
    };
    try {
      this.particles = take(new Particles(engine, shape));
      this.hessian = take(new PopulationHessian(engine, problem, this.particles));
      this.region = take(engine.arena.reserve("the gap equation", lengths(shape)));
      this.meanField = take(meanFieldParticles(engine, path, problem, this.particles));
    } catch (refusal) {
      this.free();
      throw refusal;
    }
  }

  /** Delta, m rows of the particles' stride, tangent at the mean-field particles. */
  get delta(): Slot {
    return this.hessian.direction;
  }

  /** The mean-field particles, in the same shape. */
  get positions(): Slot {
    return this.particles.W;
  }

  /** Starts from m x d unit rows with Delta = 0. */
  start(rows: Float64Array): void {
    this.particles.set(rows);
    this.delta.view.fill(0);
    this.meanField.start();
    this.steps = 0;
  }

  /** Moves to record k, k ascending; returns the stability factors since the record before. */
  async advanceTo(k: number, work: Work): Promise<TangentFactors> {
    let total: TangentFactors | undefined;
    while (this.steps < this.grid.stepsAt[k]) {
      const factors = await this.step(work);
      if (total) multiplyFactors(total, factors);
      else total = factors;
      work.advance(1, 0);
    }
    return total ?? identityFactors(this.particles.width, this.meanField.size);
  }

  /** eps of every particle at record k, where the particles are. */
  async fluctuation(k: number, work: Work): Promise<TangentParts> {
    const { V } = this.particles;
    await this.hessian.force.velocity("riemannian", work);
    await this.meanField.subtractVelocity(V, driveAt(this.path, this.flow ? this.grid.stepsAt[k] : k), work);
    return this.meanField.parts(V);
  }

  private get flow(): boolean {
    return this.grid.plan.dynamics === "flow";
  }

  private async step(work: Work): Promise<TangentFactors> {
    const { meanField, delta } = this;
    const { forcing } = this.region.slots;
    const { addScaled } = this.engine.kernels;
    const n = this.steps++;
    const h = this.grid.h[n];
    await this.force(n, forcing, work);
    if (!this.flow) {
      const move = await meanField.moveTo(n + 1, work);
      move.carry(delta);
      move.carryAdded(forcing, h);
      addScaled(delta.address, delta.address, 1, forcing.address, delta.length);
      meanField.place();
      return move.factors;
    }
    const move = await meanField.moveTo(this.path.stepsAt[n + 1], work);
    addScaled(delta.address, delta.address, h, forcing.address, delta.length);
    move.carry(delta);
    move.carry(forcing);
    meanField.place();
    // Delta is the first guess at the end of the step; the mean of both forcings takes the place of the first.
    addScaled(forcing.address, delta.address, -h / 2, forcing.address, forcing.length);
    const corrected = forcing.view.slice();
    await this.force(n + 1, forcing, work);
    delta.view.set(corrected);
    addScaled(delta.address, delta.address, h / 2, forcing.address, delta.length);
    return move.factors;
  }

  /** out <- f at equation step n, from where the particles and Delta are. */
  private async force(n: number, out: Slot, work: Work): Promise<void> {
    const { hessian, meanField } = this;
    await hessian.attraction(work);
    out.view.set(hessian.product.view.subarray(0, out.length));
    const { view } = out;
    for (let i = 0; i < view.length; i++) view[i] = -view[i];
    await meanField.addAttraction(out, this.flow ? driveAt(this.path, n) : this.path.drive.row(n), work);
  }

  free(): void {
    for (const part of this.taken.splice(0)) part.free();
  }
}
