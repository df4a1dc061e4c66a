// Symmetric moments of a network, and its velocity from them, against plain loops over powers and particles.

import { packPanels } from "../gemm/tile";
import { momentVelocityRows } from "../population/moment-velocity";
import { momentRows, Moments, momentScratchSize } from "../population/moments";
import { Network } from "../population/network";
import { velocityRows } from "../population/velocity";
import { array, arrayOf, firstDifference, get, intact, largestDifference, polynomial, roundUp, set } from "./helpers";
import { name, networkOf, particle, sign, signsOf } from "./networks";

// q = 0.3 + 0.5 s - 0.2 s^2 + 1.1 s^3 + 0.7 s^4, with monomials up to degree 2: heads of degree 0, 1, 1, 2 and tails of degree 1,
// 1, 2, 2. An odd number of heads of degree 2 is filled up by the row of zeros, as nothing stands behind them.
const Q: f64[] = [0.3, 0.5, -0.2, 1.1, 0.7];
const RADIAL: f64[] = [0.4, -0.6, 0.8, 0.7, -0.9];

/** First rows of degree 0, 1, 2, and behind the last. */
function starts(d: i32): i32[] {
  return [0, 1, 1 + d, 1 + d + (d * (d + 1)) / 2];
}

/** Variables of every row: a product of degree 2 is that of `first` <= `last`. */
let first: i32[] = [];
let last: i32[] = [];

function describeRows(d: i32): void {
  first = [-1];
  last = [-1];
  for (let c = 0; c < d; ++c) {
    first.push(c);
    last.push(c);
  }
  for (let b = 0; b < d; ++b) {
    for (let a = 0; a <= b; ++a) {
      first.push(a);
      last.push(b);
    }
  }
}

function words(values: u32[]): usize {
  const address = heap.alloc(values.length << 2);
  for (let i = 0; i < values.length; ++i) store<u32>(address + ((<usize>i) << 2), values[i]);
  return address;
}

/** Groups of four tails of degree `tail`, each with the first `count(last of the four)` heads of degree `head`. */
function addGroups(groups: u32[], d: i32, head: i32, tail: i32): void {
  const begin = starts(d);
  const tails: i32[] = [];
  for (let c = 0; c < d; ++c) {
    for (let row = begin[tail]; row < begin[tail + 1]; ++row) if (first[row] == c) tails.push(row);
  }
  for (let t = 0; t < tails.length; t += 4) {
    const end = min(t + 4, tails.length);
    for (let i = 0; i < 4; ++i) groups.push(<u32>tails[min(t + i, end - 1)]);
    const variables = first[tails[end - 1]] + 1;
    const count = head == 0 ? 1 : head == 1 ? variables : (variables * (variables + 1)) / 2;
    groups.push(<u32>begin[head]);
    groups.push(<u32>roundUp(<usize>count, 2));
    groups.push(<u32>(head + tail));
    groups.push(0);
  }
}

let products: usize = 0;

function momentsOf(d: i32, signSum: f64): Moments {
  describeRows(d);
  const begin = starts(d);
  const runs: u32[] = [];
  for (let v = 0; v < d; ++v) {
    runs.push(<u32>(begin[2] + (v * (v + 1)) / 2));
    runs.push(1);
    runs.push(<u32>(v + 1));
    runs.push(<u32>(1 + v));
  }
  const groups: u32[] = [];
  addGroups(groups, d, 0, 1);
  addGroups(groups, d, 1, 1);
  addGroups(groups, d, 1, 2);
  addGroups(groups, d, 2, 2);
  products = 0;
  for (let g = 0; g < groups.length; g += 8) products += 4 * <usize>groups[g + 5];
  const moments = changetype<Moments>(heap.alloc(offsetof<Moments>()));
  moments.rows = <usize>begin[3];
  moments.runs = words(runs);
  moments.runCount = <usize>d;
  moments.groups = words(groups);
  moments.groupCount = <usize>(groups.length / 8);
  moments.sums = array(products);
  moments.coefficients = array(products);
  const radial: f64[] = [RADIAL[0] * signSum];
  for (let k = 1; k < Q.length; ++k) radial.push(RADIAL[k] / Q[k]);
  moments.radial = arrayOf(radial);
  moments.scratch = array(momentScratchSize(moments.rows, <usize>d) >> 3);
  return moments;
}

function rowAt(w: usize, row: i32): f64 {
  if (first[row] < 0) return 1;
  const one = get(w, last[row]);
  return last[row] + 1 == row ? one : one * get(w, first[row]);
}

/** k! / A! for a product of a head and a tail; 0 where it only fills up its group. */
function multinomial(moments: Moments, group: usize, head: i32, slot: i32): f64 {
  const tail = <i32>load<u32>(group + ((<usize>slot) << 2));
  for (let before = 0; before < slot; ++before) {
    if (<i32>load<u32>(group + ((<usize>before) << 2)) == tail) return 0;
  }
  const degree = <i32>load<u32>(group, 24);
  const begin = starts(<i32>moments.runCount);
  if (head >= begin[degree / 2 + 1]) return 0;
  if (degree > 1 && last[head] > first[tail]) return 0;
  // The variables ascend: k! over the factorials of how often each is there.
  const variables: i32[] = [];
  if (degree == 4) variables.push(first[head]);
  if (degree > 1) variables.push(last[head]);
  if (degree > 2) variables.push(first[tail]);
  variables.push(last[tail]);
  let factor: f64 = 1;
  let times: f64 = 0;
  for (let k = 0; k < degree; ++k) {
    times = k > 0 && variables[k] == variables[k - 1] ? times + 1 : 1;
    factor *= <f64>(k + 1) / times;
  }
  return factor;
}

/** Fills the coefficients; compares every moment with the plain sum over the particles. */
function finish(network: Network, moments: Moments): f64 {
  let top: f64 = 0;
  let slot: usize = 0;
  for (let g: usize = 0; g < moments.groupCount; ++g) {
    const group = moments.groups + (g << 5);
    const begin = <i32>load<u32>(group, 16);
    for (let h = 0; h < <i32>load<u32>(group, 20); ++h) {
      for (let t = 0; t < 4; ++t) {
        const factor = multinomial(moments, group, begin + h, t);
        const moment = get(moments.sums, slot);
        const zeros = begin + h == <i32>moments.rows;
        if (factor != 0 || zeros) {
          let sum: f64 = 0;
          for (let i: usize = 0; !zeros && i < network.width; ++i) {
            const w = particle(network, i);
            sum += sign(network, i) * rowAt(w, begin + h) * rowAt(w, <i32>load<u32>(group + ((<usize>t) << 2)));
          }
          const difference = abs<f64>(moment - sum);
          if (!(difference <= top)) top = difference == difference ? difference : Infinity;
        }
        set(moments.coefficients, slot, factor * Q[<i32>load<u32>(group, 24)] * (factor == 0 ? 0 : moment));
        ++slot;
      }
    }
  }
  return top;
}

function isolated(m: usize, d: usize, signed: bool): Network {
  const network = networkOf(m, d);
  if (signed) network.signs = signsOf(m);
  network.kernelDerivative = polynomial(0, 1, [0.5, -0.4, 3.3, 2.8]);
  network.kernelRadial = polynomial(0, 1, RADIAL);
  return network;
}

function signSum(network: Network): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i < network.width; ++i) sum += sign(network, i);
  return sum;
}

const sizes: usize[] = [1, 2, 3, 7, 8, 9, 33, 63, 64, 65, 130];
const dimensions: usize[] = [2, 3, 4, 5, 9];

describe("symmetric moments", () => {
  it("are the sums over the particles, and give the velocity of the sums over pairs", () => {
    for (let i = 0; i < sizes.length; ++i) {
      for (let j = 0; j < dimensions.length; ++j) {
        for (let variant = 0; variant < 2; ++variant) {
          const network = isolated(sizes[i], dimensions[j], variant == 1);
          const moments = momentsOf(<i32>dimensions[j], signSum(network));
          const m = network.width;
          const dp = network.stride;
          const d = network.dimension;
          momentRows(moments, network.particles, network.signs, d, dp, 0, m);
          expect<f64>(finish(network, moments)).toBeLessThan(1e-13, name(network));
          // Scratch may hold anything.
          const scratch = momentScratchSize(moments.rows, d) >> 3;
          for (let k: usize = 0; k < scratch; ++k) set(moments.scratch, k, NaN);
          const length = roundUp(m, 4) * dp;
          const expected = array(length);
          const V = array(length);
          for (let euclidean = 0; euclidean < 2; ++euclidean) {
            velocityRows(network, expected, 0, m, euclidean == 1);
            momentVelocityRows(network, moments, V, 0, m, euclidean == 1);
            expect<f64>(largestDifference(V, expected, m * dp)).toBeLessThan(1e-14, name(network));
          }
          expect<bool>(intact(V, length)).toBe(true, name(network));
          expect<bool>(intact(moments.sums, products)).toBe(true, name(network));
          expect<bool>(intact(moments.scratch, scratch)).toBe(true, name(network));
        }
      }
    }
  });

  it("have the same bits in slices", () => {
    const network = isolated(200, 5, true);
    const moments = momentsOf(5, signSum(network));
    momentRows(moments, network.particles, network.signs, 5, 8, 0, 200);
    const whole = array(products);
    memory.copy(whole, moments.sums, products << 3);
    momentRows(moments, network.particles, network.signs, 5, 8, 0, 64);
    momentRows(moments, network.particles, network.signs, 5, 8, 64, 192);
    momentRows(moments, network.particles, network.signs, 5, 8, 192, 200);
    expect<i32>(firstDifference(whole, moments.sums, products)).toBe(-1);
    finish(network, moments);
    const V = array(200 * 8);
    momentVelocityRows(network, moments, V, 0, 200, true);
    const sliced = array(200 * 8);
    momentVelocityRows(network, moments, sliced, 8, 21, true);
    expect<f64>(get(sliced, 8 * 8 - 1)).toBeNaN();
    expect<f64>(get(sliced, 21 * 8)).toBeNaN();
    momentVelocityRows(network, moments, sliced, 0, 8, true);
    momentVelocityRows(network, moments, sliced, 16, 200, true);
    expect<i32>(firstDifference(V, sliced, 200 * 8)).toBe(-1);
  });

  it("of no group leave a network to its teachers", () => {
    const network = isolated(9, 3, false);
    const moments = momentsOf(3, 0);
    moments.groupCount = 0;
    moments.runCount = 0;
    network.kernelDerivative = polynomial(0, 1, [0]);
    network.kernelRadial = polynomial(0, 1, [0]);
    packPanels(network.particles, 9, 3, 4, network.panels);
    const V = array(12 * 4);
    const expected = array(12 * 4);
    momentVelocityRows(network, moments, V, 0, 9, true);
    velocityRows(network, expected, 0, 9, true);
    expect<f64>(largestDifference(V, expected, 9 * 4)).toBe(0);
  });
});
