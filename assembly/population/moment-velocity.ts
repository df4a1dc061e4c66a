// Velocity of particles from the moments of their network (moments.ts): the gradient of P(w) = sum_A F_A M_A w^A at all
// particles of a round, backwards through the products. With adjoints y_r = dP/d(row r), a product F M head tail gives
//
//   y_tail += F M head,   y_head += F M tail,
//
// and a row made as parent times variable gives y_parent += y x_v, y_v += y parent; the gradient is y of the d variables.

import { loadRound } from "./lanes";
import { ascend, Moments, ROUND } from "./moments";
import { Network } from "./network";
import { finishRow } from "./velocity";

const ROUND_BYTES: usize = ROUND << 3;

/** y += of one group; values += ratio times its part of P where `ratio` is not 0. */
function contract(group: usize, coefficients: usize, ratio: f64, m: usize, y: usize, values: usize): void {
  const tail0 = <usize>load<u32>(group) * ROUND_BYTES;
  const tail1 = <usize>load<u32>(group, 4) * ROUND_BYTES;
  const tail2 = <usize>load<u32>(group, 8) * ROUND_BYTES;
  const tail3 = <usize>load<u32>(group, 12) * ROUND_BYTES;
  const head = <usize>load<u32>(group, 16) * ROUND_BYTES;
  const end = coefficients + ((<usize>load<u32>(group, 20)) << 5);
  for (let lane: usize = 0; lane < ROUND_BYTES; lane += ASC_FEATURE_SIMD ? 16 : 8) {
    const base = m + lane;
    let x = base + head;
    let g = y + lane + head;
    let c = coefficients;
    if (ASC_FEATURE_SIMD) {
      const t0 = v128.load(base + tail0);
      const t1 = v128.load(base + tail1);
      const t2 = v128.load(base + tail2);
      const t3 = v128.load(base + tail3);
      let y0 = f64x2.splat(0);
      let y1 = y0;
      let y2 = y0;
      let y3 = y0;
      while (c < end) {
        const h = v128.load(x);
        let f = v128.load64_splat(c);
        let sum = f64x2.add(v128.load(g), f64x2.mul(f, t0));
        y0 = f64x2.add(y0, f64x2.mul(f, h));
        f = v128.load64_splat(c, 8);
        sum = f64x2.add(sum, f64x2.mul(f, t1));
        y1 = f64x2.add(y1, f64x2.mul(f, h));
        f = v128.load64_splat(c, 16);
        sum = f64x2.add(sum, f64x2.mul(f, t2));
        y2 = f64x2.add(y2, f64x2.mul(f, h));
        f = v128.load64_splat(c, 24);
        sum = f64x2.add(sum, f64x2.mul(f, t3));
        y3 = f64x2.add(y3, f64x2.mul(f, h));
        v128.store(g, sum);
        x += ROUND_BYTES;
        g += ROUND_BYTES;
        c += 32;
      }
      const out = y + lane;
      v128.store(out + tail0, f64x2.add(v128.load(out + tail0), y0));
      v128.store(out + tail1, f64x2.add(v128.load(out + tail1), y1));
      v128.store(out + tail2, f64x2.add(v128.load(out + tail2), y2));
      v128.store(out + tail3, f64x2.add(v128.load(out + tail3), y3));
      if (ratio != 0) {
        const low = f64x2.add(f64x2.mul(t0, y0), f64x2.mul(t1, y1));
        const high = f64x2.add(f64x2.mul(t2, y2), f64x2.mul(t3, y3));
        const part = f64x2.mul(f64x2.splat(ratio), f64x2.add(low, high));
        v128.store(values + lane, f64x2.add(v128.load(values + lane), part));
      }
    } else {
      const t0 = load<f64>(base + tail0);
      const t1 = load<f64>(base + tail1);
      const t2 = load<f64>(base + tail2);
      const t3 = load<f64>(base + tail3);
      let y0: f64 = 0;
      let y1: f64 = 0;
      let y2: f64 = 0;
      let y3: f64 = 0;
      while (c < end) {
        const h = load<f64>(x);
        const f0 = load<f64>(c);
        const f1 = load<f64>(c, 8);
        const f2 = load<f64>(c, 16);
        const f3 = load<f64>(c, 24);
        store<f64>(g, load<f64>(g) + f0 * t0 + f1 * t1 + f2 * t2 + f3 * t3);
        y0 += f0 * h;
        y1 += f1 * h;
        y2 += f2 * h;
        y3 += f3 * h;
        x += ROUND_BYTES;
        g += ROUND_BYTES;
        c += 32;
      }
      const out = y + lane;
      store<f64>(out + tail0, load<f64>(out + tail0) + y0);
      store<f64>(out + tail1, load<f64>(out + tail1) + y1);
      store<f64>(out + tail2, load<f64>(out + tail2) + y2);
      store<f64>(out + tail3, load<f64>(out + tail3) + y3);
      if (ratio != 0) {
        const part = ratio * (t0 * y0 + t1 * y1 + (t2 * y2 + t3 * y3));
        store<f64>(values + lane, load<f64>(values + lane) + part);
      }
    }
  }
}

/** From the adjoints of all rows to those of the variables, runs backwards; a run is one sum for its variable. */
function descend(moments: Moments, m: usize, y: usize): void {
  for (let run = moments.runs + (moments.runCount << 4) - 16; run >= moments.runs; run -= 16) {
    const out = y + <usize>load<u32>(run) * ROUND_BYTES;
    const parent = <usize>load<u32>(run, 4) * ROUND_BYTES;
    const length = <usize>load<u32>(run, 8) * ROUND_BYTES;
    const variable = <usize>load<u32>(run, 12) * ROUND_BYTES;
    for (let lane: usize = 0; lane < ROUND_BYTES; lane += ASC_FEATURE_SIMD ? 16 : 8) {
      let a = out + lane;
      let value = m + parent + lane;
      let above = y + parent + lane;
      const end = a + length;
      const slope = y + variable + lane;
      if (ASC_FEATURE_SIMD) {
        const x = v128.load(m + variable + lane);
        let sum = f64x2.splat(0);
        for (; a < end; a += ROUND_BYTES) {
          const adjoint = v128.load(a);
          v128.store(above, f64x2.add(v128.load(above), f64x2.mul(adjoint, x)));
          sum = f64x2.add(sum, f64x2.mul(adjoint, v128.load(value)));
          value += ROUND_BYTES;
          above += ROUND_BYTES;
        }
        v128.store(slope, f64x2.add(v128.load(slope), sum));
      } else {
        const x = load<f64>(m + variable + lane);
        let sum: f64 = 0;
        for (; a < end; a += ROUND_BYTES) {
          const adjoint = load<f64>(a);
          store<f64>(above, load<f64>(above) + adjoint * x);
          sum += adjoint * load<f64>(value);
          value += ROUND_BYTES;
          above += ROUND_BYTES;
        }
        store<f64>(slope, load<f64>(slope) + sum);
      }
    }
  }
}

/**
 * V[i] as velocityRows gives it, for i in [first, last), first a multiple of 8, from coefficients F M that are in place.
 */
export function momentVelocityRows(
  network: Network,
  moments: Moments,
  V: usize,
  first: usize,
  last: usize,
  euclidean: bool,
): void {
  const d = network.dimension;
  const dp = network.stride;
  const size = (moments.rows + 1) * ROUND_BYTES;
  const m = moments.scratch;
  const y = m + size;
  const values = y + size;
  const gradient = values + ROUND_BYTES;
  const end = moments.groups + (moments.groupCount << 5);
  memory.fill(y - ROUND_BYTES, 0, ROUND_BYTES);
  for (let i = first; i < last; i += ROUND) {
    const count = min(ROUND, last - i);
    loadRound(network.particles + ((i * dp) << 3), d, dp, count, ROUND, m);
    ascend(moments, ROUND_BYTES, m);
    memory.fill(y, 0, size);
    for (let lane: usize = 0; lane < ROUND_BYTES; lane += 8) store<f64>(values + lane, load<f64>(moments.radial));
    let coefficients = moments.coefficients;
    for (let group = moments.groups; group < end; group += 32) {
      const ratio = euclidean ? load<f64>(moments.radial + ((<usize>load<u32>(group, 24)) << 3)) : 0;
      contract(group, coefficients, ratio, m, y, values);
      coefficients += (<usize>load<u32>(group, 20)) << 5;
    }
    descend(moments, m, y);
    for (let row: usize = 0; row < count; ++row) {
      let source = y + ROUND_BYTES + (row << 3);
      for (let c: usize = 0; c < d << 3; c += 8) {
        store<f64>(gradient + c, load<f64>(source));
        source += ROUND_BYTES;
      }
      finishRow(network, i + row, gradient, load<f64>(values + (row << 3)), euclidean, V);
    }
  }
}
