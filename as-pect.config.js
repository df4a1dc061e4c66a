// Unit tests of the kernels: every assembly/__tests__/*.spec.ts is compiled and run on its own. `npm test` runs them
// twice, with as-pect.simd.json and with as-pect.scalar.json.

const wantsSimd = process.argv.includes("./as-pect.simd.json");

export default {
  entries: ["assembly/__tests__/*.spec.ts"],
  include: ["assembly/__tests__/*.include.ts"],
  disclude: [],
  instantiate(memory, createImports, instantiate, binary) {
    return instantiate(binary, createImports({ env: { memory }, "build.spec": { wantsSimd: () => wantsSimd } }));
  },
  outputBinary: false,
};
