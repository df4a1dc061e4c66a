// propchaos gaps: what width, samples and step each do to a network.

import { type Command, Option } from "commander";
import { figures, separateGaps } from "../index.ts";
import {
  addNetworkOptions,
  addOutputOptions,
  addRecordOption,
  addTimeOptions,
  type GapsFlags,
  precisionOption,
  readNumber,
  readNumbers,
} from "./options.ts";
import { runJob } from "./session.ts";
import { gapsSettingsLine, gapsSummary } from "./summary-gaps.ts";

const DESCRIPTION = `Tells apart what keeps a trained network from its limit: finite width, finite data, finite steps.

Networks f of m particles are trained on n samples, on the population and along its gradient flow, all from the same first particles:

  width gap            m particles against M on the same n samples    ~ 1/m
  sample gap           n samples against the population               ~ 1/n
  discretisation gap   steps against gradient flow                    ~ step^2`;

const HELP = `
Each gap is E (f - f')^2 over the population, and E|w - w'|^2 over the particles.
The laws are those of large m and n and small steps. Activations of high degree
have heavy tails: for He4 the sample gap reaches 1/n late, and the later the
longer the run.

The problem needs Gaussian inputs. A step takes all samples unless --batch says
otherwise; the noise of batches is part of the sample gap and does not fall
with n.

Results: tables on stdout for the last time. With --out DIR also DIR/gaps.json
(everything), DIR/gaps.csv (one row a gap, n, m and time) and DIR/gaps.svg (a
figure). Runs with equal options give equal results, to the bit.

Exit codes: 0 done, 1 failed or diverged, 2 wrong usage, 130 interrupted
(replicas that are finished are kept and written).

Examples:
  $ propchaos gaps He4 --d 8
  $ propchaos gaps He4 --d 8 --widths 16,32,64 --samples 4096,16384,65536 --time 0.4
  $ propchaos gaps Zero --d 8 --gradient euclidean --out results/zero
  $ propchaos gaps He4_orth --d 16 --samples 16384,65536 --precision float32 --json
`;

/** Adds `propchaos gaps`. */
export function addGaps(program: Command, done: (code: number) => void): void {
  const command = program
    .command("gaps")
    .summary("what width, samples and step each do to a network")
    .description(DESCRIPTION)
    .argument("<problem>", 'name of a problem; see "propchaos problems"');
  addNetworkOptions(addTimeOptions(command, 0.4), [32, 64, 128])
    .addOption(
      new Option("--samples <list>", "numbers of samples n, with commas between them")
        .argParser(readNumbers)
        .default([1024, 4096, 16384], "1024,4096,16384"),
    )
    .option("--batch <n>", "samples a step (default: all)", readNumber)
    .option("--reference <M>", "width of the reference networks (default: four times the largest width)", readNumber)
    .addOption(
      new Option("--gradient <name>", "gradient of a step: tangent, or Euclidean")
        .choices(["riemannian", "euclidean"])
        .default("riemannian"),
    )
    .addOption(precisionOption());
  addOutputOptions(addRecordOption(command), "gaps.json, gaps.csv and gaps.svg")
    .addHelpText("after", HELP)
    .action(async (problem: string, flags: GapsFlags) => {
      const { widths, samples, batch, reference, time, step, gradient, precision, seeds, seed, record, workers } =
        flags;
      const options = {
        widths,
        samples,
        batch,
        reference,
        time,
        step,
        gradient,
        precision,
        seeds,
        seed,
        record,
        workers,
      };
      done(
        await runJob({
          problem,
          flags,
          settings: gapsSettingsLine(flags),
          files: ["gaps.json", "gaps.csv", "gaps.svg"],
          compute: (engine, model, control) => separateGaps(engine, model, { ...options, ...control }),
          summary: gapsSummary,
          figures: async (report) => {
            const { renderSVG } = await import("./svg.ts");
            return { "gaps.svg": await renderSVG(figures.gaps(report)) };
          },
        }),
      );
    });
}
