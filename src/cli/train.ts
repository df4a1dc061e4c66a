// propchaos train: one network of finite width, with the trajectories of its particles as NumPy files where they are wanted.

import { type Command, Option } from "commander";
import { type TrainedNetwork, toNPY, trainNetwork } from "../index.ts";
import { UsageError } from "./errors.ts";
import {
  addDynamicsOptions,
  addLearningOptions,
  addPlainOutputOptions,
  addRecordOption,
  type GapFlags,
  readNumber,
} from "./options.ts";
import { runJob } from "./session.ts";
import { networkSettingsLine, networkSummary } from "./summary.ts";
import { trainingOptions } from "./training.ts";

const DESCRIPTION = `Trains one network

  f(x) = (1/m) sum_i sigma(<w_i, x>)

of width m and says how its risk and its errors fall.`;

const HELP = `
Results: a table on stdout. With --out DIR also DIR/network.json and
DIR/network.csv, and with --particles N the weights w_i at N of the recorded
times:

  DIR/particles.npy       shape (times, particles, d), C order
  DIR/particles-time.npy  shape (times,), flow times

--first P keeps the first P particles only. What is kept is counted with the
memory of the run, so that a trajectory that does not fit is refused before
anything is computed. In Python:

  W = numpy.load("DIR/particles.npy")      # W[k, i] is particle i at time[k]

Exit codes: 0 done, 1 failed or diverged, 2 wrong usage, 130 interrupted (what
is finished is kept and written).

Examples:
  $ propchaos train He4 --width 512 --time 16 --out results/network
  $ propchaos train He4 --width 4096 --particles 11 --first 64 --out results/paths
  $ propchaos train XOR_4 --d 16 --samples 16384 --gradient euclidean --step 0.5 --time 64
`;

interface TrainFlags extends Omit<GapFlags, "widths" | "seeds" | "tolerance" | "reference"> {
  width: number;
  particles?: number;
  first?: number;
  npy: "float64" | "float32";
  paths?: number;
}

/** The trajectory files of a network. */
function particleFiles(network: TrainedNetwork, { npy }: TrainFlags): Record<string, Uint8Array> {
  const { time, data, shape } = network.trajectory();
  return {
    "particles.npy": toNPY(npy === "float32" ? Float32Array.from(data) : data, shape),
    "particles-time.npy": toNPY(time, [time.length]),
  };
}

/** Adds `propchaos train`. */
export function addTrain(program: Command, done: (code: number) => void): void {
  const command = program
    .command("train")
    .summary("one network of finite width, and the trajectories of its particles")
    .description(DESCRIPTION)
    .argument("<problem>", 'name of a problem; see "propchaos problems"');
  addRecordOption(addDynamicsOptions(command, 16))
    .option("--width <m>", "number of particles", readNumber, 512)
    .option("--seed <n>", "seed of all random numbers, 0 to 4294967295", readNumber, 1)
    .option("--particles <n>", "with --out: keep the particles at n of the recorded times", readNumber)
    .option("--first <p>", "of these the first p particles (default: all)", readNumber)
    .addOption(
      new Option("--npy <name>", "number format of particles.npy").choices(["float64", "float32"]).default("float64"),
    )
    .option("--paths <n>", "keep alpha = <w, w*> of the first n particles at every record", readNumber);
  addPlainOutputOptions(addLearningOptions(command), "network.json, network.csv and particles.npy")
    .addHelpText("after", HELP)
    .action(async (problem: string, flags: TrainFlags) => {
      const { width, seed, time, step, dynamics, gradient, record, particles, first, paths, out } = flags;
      if (particles !== undefined && out === undefined)
        throw new UsageError("--particles must be left out without --out, the directory of its files");
      if (first !== undefined && particles === undefined)
        throw new UsageError("--first must be left out without --particles");
      const {
        d,
        reference: _,
        ...training
      } = trainingOptions(command, problem, { ...flags, widths: [width], tolerance: 0 });
      const trajectory = particles === undefined ? undefined : { records: particles, particles: first };
      const settings = {
        ...training,
        width,
        seed,
        time,
        step,
        dynamics,
        gradient,
        record,
        trajectory,
        alphaPaths: paths,
      };
      const files = trajectory ? ["particles.npy", "particles-time.npy"] : [];
      done(
        await runJob<TrainedNetwork>({
          problem,
          flags: { ...flags, d },
          settings: networkSettingsLine({ ...flags, d }),
          files: ["network.json", "network.csv", ...files],
          compute: (engine, model, control) => trainNetwork(engine, model, { ...settings, ...control }),
          summary: networkSummary,
          figures: async (network): Promise<Record<string, Uint8Array>> =>
            trajectory ? particleFiles(network, flags) : {},
        }),
      );
    });
}
