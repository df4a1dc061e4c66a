// Faults in the random numbers.

import { faultsOf } from "./fault.ts";

export const RANDOM = [
  ...faultsOf("assembly/random/philox.ts", [
    ["constant", "two digits of a multiplier change places", "0xd2511f53", "0xd2511f35"],
    ["constant", "a digit of a step of the key", "0xbb67ae85", "0xbb67ae84"],
    ["constant", "seven rounds", "round < 10", "round < 7"],
    ["remainder", "a round too many", "round < 10", "round <= 10"],
    [
      "swap",
      "two words of the counter change places",
      "let x1 = counter1;\n  let x2 = counter2;",
      "let x1 = counter2;\n  let x2 = counter1;",
    ],
    [
      "swap",
      "the low halves of the products change places",
      "x1 = <u32>p1;\n    x3 = <u32>p0;",
      "x1 = <u32>p0;\n    x3 = <u32>p1;",
    ],
    ["term", "half of the key is not used", "<u32>(p0 >> 32) ^ x3 ^ k1", "<u32>(p0 >> 32) ^ x3"],
    ["swap", "both halves of the key step alike", "k1 += W1;", "k1 += W0;"],
    ["index", "the third word is the second", "store<u32>(out, word2, 8);", "store<u32>(out, word1, 8);"],
    ["index", "the fourth word is the third", "word3 = x3;", "word3 = x2;"],
  ]),
  ...faultsOf("assembly/random/normal.ts", [
    ["function", "sin for cos", "radius * Math.cos(", "radius * Math.sin("],
    ["factor", "the 2 under the root is lost", "sqrt<f64>(-2.0 * Math.log(", "sqrt<f64>(-Math.log("],
    ["constant", "the last digits of 2 pi", "6.283185307179586", "6.2831853072"],
    ["constant", "2^-52", "1.1102230246251565e-16; // 2^-53", "2.220446049250313e-16; // 2^-53"],
    ["constant", "uniforms of 52 bits", ">> 11) * ULP", ">> 12) * ULP"],
    ["swap", "low and high word change places", "((<u64>high) << 32) | <u64>low", "((<u64>low) << 32) | <u64>high"],
    ["index", "the angle is made of the words of the radius", "uniform53(word2, word3)", "uniform53(word0, word1)"],
    [
      "index",
      "the first row is ignored",
      "normal(seed, replica, stream, firstRow + i, c, 0)",
      "normal(seed, replica, stream, i, c, 0)",
    ],
    [
      "stride",
      "rows follow each other without padding",
      "<usize>i * <usize>stride * sizeof<T>()",
      "<usize>i * <usize>d * sizeof<T>()",
    ],
    ["precision", "normals are rounded to single precision", "<T>normal(seed, replica", "<T><f32>normal(seed, replica"],
    ["factor", "noise of size 1", "load<f64>(slot) + factor * normal(", "load<f64>(slot) + normal("],
    ["start", "noise replaces what it is added to", "load<f64>(slot) + factor * normal(", "factor * normal("],
    [
      "index",
      "every step has the same noise",
      "normal(seed, replica, stream, i, c, step)",
      "normal(seed, replica, stream, i, c, 0)",
    ],
    ["stride", "noise on rows without padding", "(<usize>i * <usize>dp) << 3", "(<usize>i * <usize>d) << 3"],
    [
      "swap",
      "seed and replica change places",
      "philox(seed, replica, stream, row, c, 0);",
      "philox(replica, seed, stream, row, c, 0);",
    ],
  ]),
  ...faultsOf("assembly/random/permutation.ts", [
    ["index", "nothing stays in its place", "(<f64>i + 1.0)", "<f64>i"],
    ["remainder", "the last exchange is left out", "i-- > 1;", "i-- > 2;"],
    ["swap", "a number is put back where it was", "store<u32>(there, value);", "store<u32>(here, value);"],
    [
      "swap",
      "epoch and place change places",
      "uniform(seed, replica, stream, epoch, i)",
      "uniform(seed, replica, stream, i, epoch)",
    ],
    [
      "index",
      "every epoch has the same order",
      "uniform(seed, replica, stream, epoch, i)",
      "uniform(seed, replica, stream, 0, i)",
    ],
    [
      "index",
      "samples are counted from 1",
      "store<u32>(out + ((<usize>i) << 2), i);",
      "store<u32>(out + ((<usize>i) << 2), i + 1);",
    ],
  ]),
  ...faultsOf("assembly/random/signs.ts", [
    ["sign", "every point is its opposite", "? 1 : -1", "? -1 : 1"],
    ["constant", "a quarter of the coordinates is +1", "< 0.5", "< 0.25"],
    [
      "index",
      "the first row is ignored",
      "uniform(seed, replica, stream, firstRow + i, c)",
      "uniform(seed, replica, stream, i, c)",
    ],
    ["stride", "rows follow each other without padding", "<usize>i * <usize>stride", "<usize>i * <usize>d"],
    ["remainder", "padding is written", "c < d; ++c", "c < stride; ++c"],
  ]),
];
