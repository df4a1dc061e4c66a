// Faults in what TypeScript shares with the kernels: the arena, views of its memory, blocks of words.

import { faultsOf } from "./fault.ts";

const ENGINE = ["tests/unit/engine.test.ts"];

export const MEMORY = [
  ...faultsOf(
    "src/engine/arena.ts",
    [
      ["stale", "a view is kept over growth", "if (!this.cached?.length)", "if (!this.cached)"],
      ["stale", "a region is handed out a second time", "    this.taken.splice(index, 0, block);\n", ""],
      [
        "stale",
        "to free a region twice frees the next one in its place",
        "(other) => other !== block",
        "(other) => other.start !== block.start",
      ],
      [
        "start",
        "a region holds what was there",
        "    new Uint8Array(this.memory.buffer, block.start, bytes).fill(0);\n",
        "",
      ],
      ["remainder", "the memory grows by whole pages alone", "Math.ceil((end - this", "Math.floor((end - this"],
      ["index", "a part begins where the whole does", "this.at(first), length", "this.address, length"],
      ["stride", "numbers of four bytes", "this.address + 8 * index", "this.address + 4 * index"],
      [
        "guard",
        "what is in use does not count for the limit",
        "if (end <= this.limit) return;",
        "if (bytes <= this.limit) return;",
      ],
      ["stride", "slots are not aligned", "address += align(8 * lengths[name]);", "address += 8 * lengths[name];"],
    ],
    ENGINE,
  ),
  ...faultsOf(
    "src/engine/blocks.ts",
    [
      [
        "swap",
        "two words of a network change places",
        '"kernelDerivative",\n  "kernelCurvature"',
        '"kernelCurvature",\n  "kernelDerivative"',
      ],
      ["swap", "two words of a batch change places", '"order",\n  "activation"', '"activation",\n  "order"'],
      ["swap", "two words of the moments change places", '"sums",\n  "coefficients"', '"coefficients",\n  "sums"'],
      [
        "swap",
        "lowest power and step of a polynomial change places",
        "[coefficients.length, low, step,",
        "[coefficients.length, step, low,",
      ],
    ],
    ENGINE,
  ),
  ...faultsOf(
    "src/engine/random.ts",
    [
      [
        "stale",
        "uniforms are a view of a region that is given back",
        "region.slots.out.view.slice()",
        "region.slots.out.view",
      ],
      [
        "index",
        "a slice of a network has the numbers of its beginning",
        "dp, seed, replica, stream, first);",
        "dp, seed, replica, stream, 0);",
      ],
    ],
    ["tests/unit/random.test.ts"],
  ),
  ...faultsOf(
    "src/network/particles.ts",
    [
      [
        "stale",
        "a copy of the particles is a view of them",
        "return view.slice(0, m * d);",
        "return view.subarray(0, m * d);",
      ],
    ],
    ["tests/unit/particles.test.ts"],
  ),
  ...faultsOf(
    "src/network/target.ts",
    [
      [
        "stale",
        "the labels are asked for before the memory grows",
        "const { rows, count, dimension, weights } = teachersOf(engine, problem);",
        "const early = labels();\n  labels = () => early;\n  const { rows, count, dimension, weights } = teachersOf(engine, problem);",
      ],
    ],
    ["tests/unit/target.test.ts"],
  ),
  ...faultsOf(
    "src/limit/law.ts",
    [
      [
        "stale",
        "the moments of all records are a view of the last",
        "(await this.moments(this.particles.state)).slice()",
        "await this.moments(this.particles.state)",
      ],
    ],
    ["tests/unit/limit-multi.test.ts", "tests/package/limit-law.test.ts"],
  ),
  ...faultsOf(
    "src/limit/nodes.ts",
    [
      [
        "stale",
        "the old mesh is read while the new one is written over it",
        "state.view.slice(0, 2 * n)",
        "state.view.subarray(0, 2 * n)",
      ],
    ],
    ["tests/unit/limit-mesh.test.ts"],
  ),
  ...faultsOf(
    "src/limit/single-paths.ts",
    [
      [
        "stale",
        "the distances are a view that the next record overwrites",
        "return norms.view.slice();",
        "return norms.view;",
      ],
    ],
    ["tests/package/gap.test.ts"],
  ),
  ...faultsOf(
    "src/limit/multi/tangent.ts",
    [
      [
        "stale",
        "where the particles are goes on with them",
        "state.view.slice(c * n, c * n + this.m)",
        "state.view.subarray(c * n, c * n + this.m)",
      ],
    ],
    ["tests/unit/limit-multi-tangent.test.ts", "tests/package/stability-multi.test.ts"],
  ),
];
