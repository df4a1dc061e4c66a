// Faults in the step on data and in products with Hessians there.

import { faultsOf } from "./fault.ts";

export const EMPIRICAL = [
  ...faultsOf("assembly/empirical/batch.ts", [
    [
      "constant",
      "blocks of a wide network have 32 samples",
      "width <= 16384 ? MOST : 16",
      "width <= 16384 ? MOST : 32",
    ],
    ["stale", "sigma'' is written over sigma'", "TANGENTS: usize = VALUES + MOST * 32;", "TANGENTS: usize = VALUES;"],
    [
      "stale",
      "the residuals lie in what sigma'' overwrites",
      "RESIDUALS: usize = TANGENTS + MOST * 32;",
      "RESIDUALS: usize = TANGENTS;",
    ],
    [
      "stale",
      "the inputs lie on the signs of a panel",
      "INPUTS: usize = PANEL_SIGNS + 64;",
      "INPUTS: usize = PANEL_SIGNS + 16;",
    ],
    [
      "stride",
      "the scaled samples have room for d coordinates, not for the padded d",
      "blockSamples(batch.width) * batch.stride * sizeof<T>()",
      "blockSamples(batch.width) * batch.dimension * sizeof<T>()",
    ],
    [
      "remainder",
      "the last panel of particles has no room",
      "return (m + lanes - 1) & ~(lanes - 1);",
      "return m & ~(lanes - 1);",
    ],
    [
      "remainder",
      "scratch for the particles alone, without the rest of their panel",
      "(dimension + stride + padded) * size",
      "(dimension + stride + width) * size",
    ],
    ["term", "scratch without the last rows of G", " + ((lanes * stride) << 3);", ";"],
    [
      "stride",
      "rows are packed as if there were no padding columns",
      "batch.dimension, batch.stride, batch.panels",
      "batch.stride, batch.dimension, batch.panels",
    ],
    [
      "branch",
      "panels of the other precision",
      "if (batch.single) pack<f32>(batch);",
      "if (!batch.single) pack<f32>(batch);",
    ],
  ]),
  ...faultsOf("assembly/empirical/gradient.ts", [
    [
      "sign",
      "the residual has the wrong sign",
      "const residual = label - outputOf(batch, b);",
      "const residual = outputOf(batch, b) - label;",
    ],
    ["branch", "the correlation objective is the square", "batch.correlation ? label : residual", "residual"],
    [
      "factor",
      "the errors are summed without their squares",
      "squares += residual * residual;",
      "squares += residual;",
    ],
    [
      "function",
      "z for sigma'(z)",
      "forward<T>(batch, slot, count, Keep.SLOPES);",
      "forward<T>(batch, slot, count, Keep.ARGUMENTS);",
    ],
    ["index", "labels are taken in the order of the rows", "(rowOf(batch, slot + b) << 3)", "((slot + b) << 3)"],
    [
      "remainder",
      "samples that do not fill four are left out of the gradient",
      "backward<T>(batch, (count + 3) & ~3, G);",
      "backward<T>(batch, count & ~3, G);",
    ],
    ["start", "the last rows of G begin at 0", "  memory.copy(end, target, rest);\n", ""],
    [
      "remainder",
      "float32: four particles are a whole panel",
      "const whole = batch.width & ~(lanes - 1);",
      "const whole = batch.width & ~3;",
    ],
    [
      "stride",
      "float32: the last panel is looked for where float64 has it",
      "whole * columns * sizeof<T>()",
      "((whole * columns) << 3)",
    ],
    ["index", "outputs of a slice are stored by their slots", "((slot - first + b) << 3)", "((slot + b) << 3)"],
    [
      "factor",
      "a mean over the particles, not the samples",
      "(sign * load<f64>(g + c)) / <f64>count",
      "(sign * load<f64>(g + c)) / <f64>m",
    ],
    ["branch", "Riemannian and Euclidean change places", "if (euclidean) continue;", "if (!euclidean) continue;"],
    [
      "sign",
      "what is radial is doubled",
      "load<f64>(g + c) - along * load<f64>(w + c)",
      "load<f64>(g + c) + along * load<f64>(w + c)",
    ],
    [
      "branch",
      "signs are ignored",
      "const sign = signs == 0 ? 1.0 : load<f64>(signs + (i << 3));",
      "const sign = 1.0;",
    ],
    [
      "start",
      "the radial part is summed over all particles",
      `  for (let i: usize = 0; i < m; ++i) {
    const w = W + ((i * dp) << 3);
    const g = G + ((i * dp) << 3);
    const sign = signs == 0 ? 1.0 : load<f64>(signs + (i << 3));
    let along: f64 = 0;`,
      `  let along: f64 = 0;
  for (let i: usize = 0; i < m; ++i) {
    const w = W + ((i * dp) << 3);
    const g = G + ((i * dp) << 3);
    const sign = signs == 0 ? 1.0 : load<f64>(signs + (i << 3));`,
    ],
  ]),
  ...faultsOf("assembly/empirical/hessian.ts", [
    ["sign", "the residual has the wrong sign", "label - outputOf(batch, b)", "outputOf(batch, b) - label"],
    [
      "sign",
      "the radial term is added",
      "load<f64>(target + c) - factor * load<f64>(v + c)",
      "load<f64>(target + c) + factor * load<f64>(v + c)",
    ],
    [
      "factor",
      "the radial term is a sum, not a mean",
      "(sign * load<f64>(radial + (i << 3))) / <f64>count",
      "sign * load<f64>(radial + (i << 3))",
    ],
    [
      "branch",
      "the radial term ignores the sign",
      "(sign * load<f64>(radial + (i << 3))) / <f64>count",
      "load<f64>(radial + (i << 3)) / <f64>count",
    ],
    ["term", "the radial term lacks z", "    multiply(slopeValues, z, columns << 2);\n", ""],
    [
      "remainder",
      "samples that only fill four up count in the radial term",
      "batch.scratch + RESIDUALS, count, radial + (i << 3)",
      "batch.scratch + RESIDUALS, columns, radial + (i << 3)",
    ],
    [
      "lane",
      "the radial terms of the third and fourth particle are those of the first two",
      "v128.load(values + (b << 5), 16)",
      "v128.load(values + (b << 5))",
    ],
    ["index", "the radial terms of all panels are added to the first", "count, radial + (i << 3));", "count, radial);"],
    [
      "function",
      "sigma' and sigma'' change places",
      "slopeValues, curvatures, bytes);",
      "curvatures, slopeValues, bytes);",
    ],
    ["term", "h lacks sigma'", "    multiply(tangents, values, columns << 2);\n", ""],
    ["start", "h goes on from the last block", "  memory.fill(batch.scratch + PARTIALS, 0, bytes);\n", ""],
    [
      "function",
      "interaction: sigma for sigma'",
      "activate<f64>(slope, z, values, 0, bytes);",
      "activate<f64>(batch.activation, z, values, 0, bytes);",
    ],
    [
      "start",
      "scalar: the radial sum is its last term",
      "load<f64>(sums + k) + factor * load<f64>(values",
      "factor * load<f64>(values",
    ],
    [
      "index",
      "all panels of V are the first",
      "gramBlock(panels + ((i * d) << 3), 4, inputs, columns, d, tangents);",
      "gramBlock(panels, 4, inputs, columns, d, tangents);",
    ],
    [
      "branch",
      "the local Hessian is not projected",
      "finishGradient(W, D, signs, count, false, m, d, dp);",
      "finishGradient(W, D, signs, count, true, m, d, dp);",
    ],
    [
      "stride",
      "rows of V follow each other without padding",
      "const v = V + ((i * dp) << 3);",
      "const v = V + ((i * d) << 3);",
    ],
  ]),
  ...faultsOf("assembly/empirical/outputs.ts", [
    ["factor", "a mean over the dimension, not the width", "/ <f64>batch.width;", "/ <f64>batch.dimension;"],
    ["factor", "a mean over the width rounded up", "/ <f64>batch.width;", "/ <f64>((batch.width + 3) & ~3);"],
    ["branch", "signs are ignored", "batch.signs == 0 ? 1 : load<f64>(batch.signs + ((i + lane) << 3))", "1"],
    [
      "index",
      "the signs of every panel are those of the first",
      "batch.signs + ((i + lane) << 3)",
      "batch.signs + (lane << 3)",
    ],
    [
      "remainder",
      "a row behind the last particle counts",
      "if (i + lane >= batch.width) sign = 0;",
      "if (i + lane > batch.width) sign = 0;",
    ],
    ["start", "outputs go on from the last block", "  memory.fill(batch.scratch + PARTIALS, 0, columns << 5);\n", ""],
    [
      "stride",
      "float32: the panels of particles are as long as those of samples",
      "panel += d << 5;",
      "panel += d * (4 * sizeof<T>());",
    ],
    ["branch", "sigma' is kept where z is wanted", "keep == Keep.SLOPES ? z : 0", "keep != Keep.NOTHING ? z : 0"],
    [
      "stale",
      "the z of every panel overwrite the last where they are kept",
      "if (keep != Keep.NOTHING) z +=",
      "if (keep == Keep.SLOPES) z +=",
    ],
    [
      "lane",
      "the second half of a panel has the signs of the first",
      "const sign1 = v128.load(signs, 16);",
      "const sign1 = v128.load(signs);",
    ],
    [
      "lane",
      "float32: the first two partial sums for the last two",
      "v128.shuffle<f64>(sum, sum, 1, 1)",
      "v128.shuffle<f64>(sum, sum, 0, 0)",
    ],
    [
      "term",
      "scalar, float32: particles 4 to 7 of a panel are left out",
      "        if (sizeof<T>() == 4) term += load<T>(signs + near, 16) * load<T>(values + b + near, 16);\n",
      "",
    ],
    [
      "term",
      "the fourth partial sum is left out",
      "(load<f64>(slot, 16) + load<f64>(slot, 24))",
      "load<f64>(slot, 16)",
    ],
    [
      "precision",
      "scalar: partial sums of float32",
      "load<f64>(slot) + <f64>term",
      "<f64>(<f32>(load<f64>(slot) + <f64>term))",
    ],
  ]),
  ...faultsOf("assembly/empirical/samples.ts", [
    ["branch", "the order is ignored", "batch.order == 0 ? slot : <usize>load<u32>(batch.order + (slot << 2))", "slot"],
    [
      "sign",
      "int8 is read without its sign",
      "packAs<T, i8>(batch, slot, count);",
      "packAs<T, u8>(batch, slot, count);",
    ],
    [
      "index",
      "the second row of four is the one behind the first, whatever the order",
      "rowOf(batch, slot + b + 1)",
      "(rowOf(batch, slot + b) + 1)",
    ],
    ["remainder", "a third sample that is the last is the first of its four", "present > 2 ?", "present > 3 ?"],
    [
      "start",
      "residuals behind the last sample are what was there",
      "  for (let b = count; b < columns; ++b) store<f64>(batch.scratch + RESIDUALS + (b << 3), 0);\n",
      "",
    ],
    [
      "start",
      "padding columns are what was there",
      "  if (last < batch.stride) memory.fill(rows + last * columns * sizeof<T>(), 0, columns << 5);\n",
      "",
    ],
    [
      "stride",
      "samples of a block are as far apart as rows of W",
      "INPUTS + b * d * sizeof<T>()",
      "INPUTS + b * batch.stride * sizeof<T>()",
    ],
    [
      "lane",
      "float64: the third sample is the fourth",
      "v128.shuffle<f64>(a1, b1, 0, 2)",
      "v128.shuffle<f64>(a1, b1, 1, 3)",
    ],
    [
      "lane",
      "float32: a coordinate of the second sample in the first's place",
      "const second = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);",
      "const second = v128.shuffle<f32>(x2, x3, 1, 4, 0, 5);",
    ],
    [
      "lane",
      "float32: the residuals of the last two samples are lost",
      "f32x4.demote_f64x2_zero(r1), 0, 2)",
      "f32x4.demote_f64x2_zero(r1), 0, 1)",
    ],
    [
      "index",
      "the third sample is scaled by the second residual",
      "store<T>(target, r2 * load<T>(x, 2",
      "store<T>(target, r1 * load<T>(x, 2",
    ],
    [
      "remainder",
      "columns that do not fill a panel are done as whole ones",
      "min(lanes, d - c), residuals",
      "lanes, residuals",
    ],
    [
      "swap",
      "the residuals of a block of four change places by pairs",
      "transposeDoubles(x + (half << 6), r0, r1,",
      "transposeDoubles(x + (half << 6), r1, r0,",
    ],
  ]),
];
