// Finite networks for the specs: the block the kernels take, and its functions as plain formulas.

import { packPanels } from "../gemm/tile";
import { Network, scratchSize } from "../population/network";
import { arcCosine, array, arrayOf, constant, get, polynomial, roundUp, set, signOf, unitRows } from "./helpers";

// Eight polynomials that are no derivatives of each other, so that none can stand in for another; every shape occurs.
export const KERNEL: f64[] = [0.3, 0, -0.2, 0, 1.1];
export const KERNEL_DERIVATIVE: f64[] = [0, -0.7, 0, 0.9];
export const KERNEL_CURVATURE: f64[] = [0.6, 0, 1.7];
export const KERNEL_RADIAL: f64[] = [0.4, -0.6, 0.8];
export const LINK: f64[] = [0.1, 0.5, -0.3, 0.7];
export const LINK_DERIVATIVE: f64[] = [-0.2, 0, 1.3];
export const LINK_CURVATURE: f64[] = [0.2, -0.8, 0, 0.5];
export const LINK_RADIAL: f64[] = [0, 0.9, 0, -0.4];

export function horner(p: f64[], s: f64): f64 {
  let value: f64 = 0;
  for (let k = p.length - 1; k >= 0; --k) value = value * s + p[k];
  return value;
}

function hasArcCosine(network: Network): bool {
  return get(network.kernel, 3) == 1;
}

/** q, q', q'' and the radial part of the kernel; those of ReLU are q, q', q'' and q. */
export function kernel(network: Network, s: f64): f64 {
  if (!hasArcCosine(network)) return horner(KERNEL, s);
  const x = max<f64>(-1, min<f64>(1, s));
  return (sqrt<f64>(1 - x * x) + (Math.PI - Math.acos(x)) * x) / (2 * Math.PI);
}

export function kernelDerivative(network: Network, s: f64): f64 {
  if (!hasArcCosine(network)) return horner(KERNEL_DERIVATIVE, s);
  return (Math.PI - Math.acos(max<f64>(-1, min<f64>(1, s)))) / (2 * Math.PI);
}

/** At s = +-1 the one of ReLU is infinite; nothing belongs in its place. */
export function kernelCurvature(network: Network, s: f64): f64 {
  if (!hasArcCosine(network)) return horner(KERNEL_CURVATURE, s);
  return 1 - s * s < 1.4e-14 ? 0 : 1 / (2 * Math.PI * sqrt<f64>(1 - s * s));
}

export function kernelRadial(network: Network, s: f64): f64 {
  return hasArcCosine(network) ? kernel(network, s) : horner(KERNEL_RADIAL, s);
}

export function networkOf(m: usize, d: usize): Network {
  const m4 = roundUp(m, 4);
  const dp = roundUp(d, 4);
  const network = changetype<Network>(heap.alloc(offsetof<Network>()));
  network.width = m;
  network.dimension = d;
  network.stride = dp;
  network.particles = unitRows(m, d, m4, dp);
  network.panels = array(m4 * d);
  packPanels(network.particles, m, d, dp, network.panels);
  network.signs = 0;
  network.teachers = unitRows(2, d, 2, dp);
  network.teacherWeights = arrayOf([0.75, -0.5]);
  network.teacherCount = 1;
  network.kernel = polynomial(0, 2, [0.3, -0.2, 1.1]);
  network.kernelDerivative = polynomial(1, 2, [-0.7, 0.9]);
  network.kernelCurvature = polynomial(0, 2, [0.6, 1.7]);
  network.kernelRadial = polynomial(0, 1, KERNEL_RADIAL);
  network.link = polynomial(0, 1, LINK);
  network.linkDerivative = polynomial(0, 2, [-0.2, 1.3]);
  network.linkCurvature = polynomial(0, 1, LINK_CURVATURE);
  network.linkRadial = polynomial(1, 2, [0.9, -0.4]);
  network.scratch = array(scratchSize(dp) >> 3);
  return network;
}

/** Signs of m particles, zero in the padding. */
export function signsOf(m: usize): usize {
  const signs = constant(roundUp(m, 4), 0);
  for (let i: usize = 0; i < m; ++i) set(signs, i, signOf(i));
  return signs;
}

export function sign(network: Network, i: usize): f64 {
  return network.signs == 0 ? 1.0 : get(network.signs, i);
}

export function particle(network: Network, i: usize): usize {
  return network.particles + ((i * network.stride) << 3);
}

export function teacher(network: Network, r: usize): usize {
  return network.teachers + ((r * network.stride) << 3);
}

/** The kernel of ReLU in place of the polynomials. */
export function rectify(network: Network): void {
  network.kernel = arcCosine(1);
  network.kernelDerivative = arcCosine(2);
  network.kernelCurvature = arcCosine(3);
  network.kernelRadial = arcCosine(1);
}

export function name(network: Network): string {
  return `m ${network.width}, d ${network.dimension}, signs ${network.signs != 0}, teachers ${network.teacherCount}`;
}
