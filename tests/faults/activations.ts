// Faults in activations over arrays.

import { faultsOf } from "./fault.ts";

export const ACTIVATIONS = [
  ...faultsOf("assembly/empirical/activation.ts", [
    ["branch", "odd polynomials are even", "const odd = load<f64>(block, 16) == 1.0;", "const odd = false;"],
    ["function", "sigma for sigma'", "hornerMaps<T>(table, derivative, n", "hornerMaps<T>(table, table, n"],
    [
      "index",
      "a polynomial of one coefficient is done as one of two",
      "if (slopes != 0 && n > 1) {",
      "if (slopes != 0) {",
    ],
    ["function", "bump and odd bump change places", "} else if (kind == 3) {", "} else if (kind == 5) {"],
    [
      "lane",
      "ReLU: the second vector is the first",
      "v128.store(values + i, v128.pmax<T>(x1, zero), 16);",
      "v128.store(values + i, v128.pmax<T>(x0, zero), 16);",
    ],
    ["guard", "ReLU makes 0 of NaN", "v128.pmax<T>(v128.load(z + i), zero)", "v128.pmax<T>(zero, v128.load(z + i))"],
    ["guard", "scalar: ReLU makes 0 of NaN", "x < <T>0 ? <T>0 : x", "x > <T>0 ? x : <T>0"],
    [
      "function",
      "scalar: the derivative of ReLU at 0 is 1",
      "store<T>(slopes + i, x > <T>0 ?",
      "store<T>(slopes + i, x >= <T>0 ?",
    ],
    [
      "lane",
      "ReLU: the second vector of slopes is the first",
      "v128.and(v128.gt<T>(x1, zero), one)",
      "v128.and(v128.gt<T>(x0, zero), one)",
    ],
    [
      "function",
      "the step at 0 is 1",
      "v128.and(v128.gt<T>(v128.load(z + i), zero), one)",
      "v128.and(v128.ge<T>(v128.load(z + i), zero), one)",
    ],
    ["start", "the slopes of a step are what was there", "if (slopes != 0) memory.fill(slopes, 0, bytes);", ""],
    [
      "remainder",
      "the last chunk of a map is a whole one",
      "const bytes = min(CHUNK, (n << 3) - i);",
      "const bytes = CHUNK;",
    ],
    [
      "index",
      "every chunk of a map is stored over the first",
      "memory.copy(out + i, RESULTS, bytes);",
      "memory.copy(out, RESULTS, bytes);",
    ],
  ]),
  ...faultsOf("assembly/empirical/bump.ts", [
    [
      "sign",
      "the bump grows",
      "const slopeSquare = <T>2 * rate * square;\n  exponents<T>(-rate,",
      "const slopeSquare = <T>2 * rate * square;\n  exponents<T>(rate,",
    ],
    [
      "factor",
      "a 2 of the derivative is lost",
      "<T>2 * square - <T>2 * rate * constant",
      "<T>2 * square - rate * constant",
    ],
    [
      "term",
      "without slopes: the constant is left out",
      "v128.add<T>(v128.mul<T>(value, v128.load(values + i)), offsets)",
      "v128.mul<T>(value, v128.load(values + i))",
    ],
    ["lane", "the second vector is the first", "v128.add<T>(value1, offsets)", "v128.add<T>(value0, offsets)"],
    [
      "lane",
      "the second vector of slopes has the exponential of the first",
      "v128.mul<T>(v128.mul<T>(x1, factor1), e1)",
      "v128.mul<T>(v128.mul<T>(x1, factor1), e0)",
    ],
    [
      "sign",
      "scalar: the square in the derivative is added",
      "(slopeConstant - slopeSquare * x2)",
      "(slopeConstant + slopeSquare * x2)",
    ],
    [
      "term",
      "scalar: the constant is left out",
      "(constant + square * x2) * e + offset",
      "(constant + square * x2) * e",
    ],
    [
      "index",
      "the third number of the table is the fourth",
      "const square = load<T>(table, 2 * sizeof<T>());",
      "const square = load<T>(table, 3 * sizeof<T>());",
    ],
    [
      "factor",
      "odd bump: 2 for 3 in the derivative",
      "<T>3 * third - <T>2 * rate * first",
      "<T>2 * third - <T>2 * rate * first",
    ],
    [
      "sign",
      "odd bump: the fourth power is added",
      "v128.sub<T>(v128.splat<T>(square), v128.mul",
      "v128.add<T>(v128.splat<T>(square), v128.mul",
    ],
    [
      "term",
      "scalar, odd bump: the fourth power is left out",
      "(first + (square - fourth * x2) * x2) * e",
      "(first + square * x2) * e",
    ],
    [
      "lane",
      "the exponents of the second vector are half those of the first",
      "v128.mul<T>(factors, v128.mul<T>(x1, x1))",
      "v128.mul<T>(factors, v128.mul<T>(x0, x1))",
    ],
  ]),
  ...faultsOf("assembly/empirical/series.ts", [
    [
      "swap",
      "scalar: the polynomial before is the present one",
      "last = h;\n        h = next;",
      "h = next;\n        last = h;",
    ],
    [
      "sign",
      "scalar: the recurrence adds",
      "load<T>(k) * x * h - load<T>(k, sizeof<T>()) * last",
      "load<T>(k) * x * h + load<T>(k, sizeof<T>()) * last",
    ],
    [
      "function",
      "the slopes have the coefficients of the values",
      "const d = v128.load_splat<T>(k, 3 * sizeof<T>());",
      "const d = v128.load_splat<T>(k, 2 * sizeof<T>());",
    ],
    ["lane", "the second chain has the past of the first", "v128.mul<T>(b, last1)", "v128.mul<T>(b, last0)"],
    [
      "remainder",
      "the last polynomial is left out",
      "const end = table + n * row;",
      "const end = table + (n - 1) * row;",
    ],
    ["start", "the sum begins at 1", "let value0 = last0;", "let value0 = h0;"],
    [
      "start",
      "the second sum is its last term",
      "value1 = v128.add<T>(value1, v128.mul<T>(c, h1));",
      "value1 = v128.mul<T>(c, h1);",
    ],
    [
      "lane",
      "the second vector of slopes is the first",
      "v128.store(slopes + i, slope1, 16);",
      "v128.store(slopes + i, slope0, 16);",
    ],
    [
      "index",
      "scalar: the slope takes the polynomial before",
      "slope += load<T>(k, 3 * sizeof<T>()) * h;",
      "slope += load<T>(k, 3 * sizeof<T>()) * last;",
    ],
  ]),
];
