// Weights and their trajectories as NumPy files, curves as CSV, everything as JSON. The Python lines that read them are printed.
//
//   npx tsx examples/numpy.ts              writes to results/numpy
//   npx tsx examples/numpy.ts elsewhere && python3 elsewhere/load.py

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createEngine, problems, toNPY, trainNetwork } from "propchaos";
import { saveReport } from "propchaos/node";

const directory = process.argv[2] ?? "results/numpy";

const engine = await createEngine();
// Trajectories are stored on request only, and thinned: 5 of the 33 recorded times, the first 16 of 128 particles.
const network = await trainNetwork(engine, problems.He4({ d: 16 }), {
  width: 128,
  time: 4,
  trajectory: { records: 5, particles: 16 },
});
const written = saveReport(network, directory); // network.json and network.csv
const { time, data, shape } = network.trajectory();
const arrays = {
  "particles.npy": toNPY(network.particles(), network.shape), // float64
  "trajectory.npy": toNPY(Float32Array.from(data), shape), // float32 is half as large
  "trajectory-time.npy": toNPY(time, [time.length]),
};
for (const [name, bytes] of Object.entries(arrays)) writeFileSync(join(directory, name), bytes);
engine.dispose();

const script = `import json, os, numpy
folder = os.path.dirname(os.path.abspath(__file__))
W = numpy.load(os.path.join(folder, "particles.npy"))
paths = numpy.load(os.path.join(folder, "trajectory.npy"))
times = numpy.load(os.path.join(folder, "trajectory-time.npy"))
network = json.load(open(os.path.join(folder, "network.json")))
table = [line for line in open(os.path.join(folder, "network.csv")) if not line.startswith("#")]
curves = numpy.genfromtxt(table, delimiter=",", names=True)
print(W.dtype, W.shape, paths.dtype, paths.shape, times.tolist())
print("unit rows:", bool(numpy.allclose((W * W).sum(axis=1), 1)))
print("last risk:", network["loss"][-1], curves["loss"][-1])
`;
writeFileSync(join(directory, "load.py"), script);
console.log([...written, ...Object.keys(arrays).map((name) => join(directory, name))].join("\n"));
console.log(`\nIn Python:\n\n${script}`);
