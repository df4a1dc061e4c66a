// Faults in the products of matrices.

import { faultsOf } from "./fault.ts";

export const GEMM = [
  ...faultsOf("assembly/gemm/micro-kernel.ts", [
    [
      "sign",
      "products are taken off the sums",
      "return v128.add<T>(s, v128.mul<T>(q, y));",
      "return v128.sub<T>(s, v128.mul<T>(q, y));",
    ],
    [
      "lane",
      "float32: the lower two of four numbers are added twice",
      "v128.shuffle<f64>(singles, singles, 1, 1)",
      "v128.shuffle<f64>(singles, singles, 0, 0)",
    ],
    [
      "start",
      "float32: the upper two of four numbers replace those in G",
      "f64x2.add(v128.load(target, 16), f64x2.promote_low_f32x4(high))",
      "f64x2.promote_low_f32x4(high)",
    ],
    [
      "index",
      "float32: the second vector of sums is added where the upper half of the first belongs",
      "addSingles(target + 32, s1)",
      "addSingles(target + 16, s1)",
    ],
    ["lane", "the second step takes its first vector twice", "isVector<Y>() ? 48 : 16", "isVector<Y>() ? 32 : 0"],
    ["index", "the fifth step takes the panel row of the fourth", "isVector<Y>() ? 128 : 0", "isVector<Y>() ? 96 : 0"],
    [
      "index",
      "a new turn begins with the last row of the old",
      "isVector<Y>() ? 256 : yStep",
      "isVector<Y>() ? 224 : yStep",
    ],
    [
      "remainder",
      "a ninth step that would stand alone is dropped",
      "y += isVector<Y>() ? 256 : yStep;\n      if (x >= end) break;",
      "y += isVector<Y>() ? 256 : yStep;\n      if (x + xStep >= end) break;",
    ],
    [
      "start",
      "a product that is stored begins at what was there",
      "return accumulate && sizeof<T>() == 8 ?",
      "return sizeof<T>() == 8 ?",
    ],
    [
      "lane",
      "the second sum of the first row begins as the first",
      "let s01 = Tile.start<T>(target + 16, accumulate);",
      "let s01 = Tile.start<T>(target, accumulate);",
    ],
    [
      "stride",
      "the fourth row of a tile lies on the third",
      "const next3 = next2 + rowStep;",
      "const next3 = next1 + rowStep;",
    ],
    [
      "swap",
      "the two vectors of the third row change places",
      "Tile.finish<T>(next2, s20, s21, accumulate);",
      "Tile.finish<T>(next2, s21, s20, accumulate);",
    ],
    [
      "branch",
      "float32: a product that is to be stored is added to G",
      "if (accumulate && sizeof<T>() == 4) {",
      "if (sizeof<T>() == 4) {",
    ],
  ]),
  ...faultsOf("assembly/gemm/tile.ts", [
    ["remainder", "a row behind the last is packed", "i + lane < m ?", "i + lane <= m ?"],
    ["stride", "rows are packed as if there were no padding columns", "((i + lane) * dp + c)", "((i + lane) * d + c)"],
    [
      "stride",
      "float32: a panel of rows is as long as one of columns",
      "const length = d << 5;",
      "const length = d * (4 * sizeof<T>());",
    ],
    [
      "stride",
      "float32: a panel of columns is as long as one of rows",
      "const columnLength = d * (4 * sizeof<T>());",
      "const columnLength = d << 5;",
    ],
    ["remainder", "the last panel of rows is left out", "panel < panelEnd;", "panel + length < panelEnd;"],
    ["lane", "scalar: every column is the first of its panel", "let b = column + j * sizeof<T>();", "let b = column;"],
    [
      "stride",
      "scalar, float32: steps through a panel of columns are those of float64",
      "b += 4 * sizeof<T>();",
      "b += 32;",
    ],
    [
      "start",
      "the Gram block begins at what was in its place",
      "4 * sizeof<T>(), panel, 32, target, 32, false)",
      "4 * sizeof<T>(), panel, 32, target, 32, true)",
    ],
    [
      "start",
      "scalar: G is replaced, not added to",
      "let g: T = sizeof<T>() == 8 ? <T>load<f64>(slot) : <T>0;",
      "let g: T = <T>0;",
    ],
    [
      "start",
      "scalar, float32: the block's sum replaces G",
      "sizeof<T>() == 8 ? <f64>g : load<f64>(slot) + <f64>g",
      "<f64>g",
    ],
    [
      "precision",
      "scalar, float32: the sum goes on from G in single precision",
      `let g: T = sizeof<T>() == 8 ? <T>load<f64>(slot) : <T>0;
            for (let j: usize = 0; j < columns; ++j) {
              g += load<T>(panel + (j << 5) + row * sizeof<T>()) * load<T>(w + j * step + k * sizeof<T>());
            }
            store<f64>(slot, sizeof<T>() == 8 ? <f64>g : load<f64>(slot) + <f64>g);`,
      `let g: T = <T>load<f64>(slot);
            for (let j: usize = 0; j < columns; ++j) {
              g += load<T>(panel + (j << 5) + row * sizeof<T>()) * load<T>(w + j * step + k * sizeof<T>());
            }
            store<f64>(slot, <f64>g);`,
    ],
    [
      "lane",
      "float32: rows 4 to 7 of a panel are taken for rows 0 to 3",
      "(i / lanes) * length + (i % lanes) * sizeof<T>()",
      "(i / lanes) * length",
    ],
    ["remainder", "a block without columns is gone through once", "if (columns == 0) return;\n", ""],
    ["stride", "packed columns follow each other like those of rows", "isVector<Y>() ? length : 32", "32"],
    ["sign", "scalar: G is diminished by the product", "g += load<T>(panel", "g -= load<T>(panel"],
    [
      "stride",
      "float32: the rows of G are as far apart as those of W",
      "w, step, target, dp << 3, true)",
      "w, step, target, dp * sizeof<T>(), true)",
    ],
  ]),
];
