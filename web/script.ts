// The run as a Node script and as a line for the command line: both give the numbers of the page to the bit.

import { gapOptions, theoryOptions, withoutTheory, zooName } from "./experiment.ts";
import type { Settings } from "./settings.ts";

function literal(options: object): string {
  const entries = Object.entries(options).map(([name, value]) => {
    const text = typeof value === "object" && !Array.isArray(value) ? literal(value) : JSON.stringify(value);
    return `${name}: ${text.replaceAll(",", ", ")}`;
  });
  return `{ ${entries.join(", ")} }`;
}

/** The same options, one a line. */
function lines(options: object): string {
  const entries = Object.entries(options).map(([name, value]) => `  ${literal({ [name]: value }).slice(2, -2)},`);
  return `{\n${entries.join("\n")}\n}`;
}

function problemText(settings: Settings): { names: string; text: string } {
  const name = zooName(settings);
  if (name !== null) return { names: "problems", text: `problems.${name}({ d: ${settings.d} })` };
  const { d, exponent } = settings;
  return { names: "hermite, singleIndex", text: `singleIndex({ d: ${d}, activation: hermite({ ${exponent}: 1 }) })` };
}

/** A program for Node that prints the report as JSON, and its theory as a second document where the page shows one. */
export function nodeScript(settings: Settings): string {
  const { names, text } = problemText(settings);
  const theory = withoutTheory(settings) === null;
  const imports = [
    "approximationGap",
    "createEngine",
    ...names.split(", "),
    ...(theory ? ["theoryReport"] : []),
  ].sort();
  return [
    `import { ${imports.join(", ")} } from "propchaos";`,
    "",
    "const engine = await createEngine();",
    `const problem = ${text};`,
    `const report = await approximationGap(engine, problem, ${lines(gapOptions(settings))});`,
    "console.log(JSON.stringify(report));",
    ...(theory
      ? [
          `const theory = await theoryReport(engine, problem, ${lines(theoryOptions(settings))});`,
          "console.log(JSON.stringify(theory));",
        ]
      : []),
    "engine.dispose();",
    "",
  ].join("\n");
}

/** A line for a shell that prints the report as JSON; null for problems that have no name. */
export function commandLine(settings: Settings): string | null {
  const name = zooName(settings);
  if (name === null) return null;
  const { widths, time, step, dynamics, gradient, seeds, seed, record } = gapOptions(settings);
  const flags = {
    d: settings.d,
    widths: widths.join(),
    time,
    step,
    dynamics,
    gradient,
    ...(settings.samples === null ? {} : { samples: settings.samples }),
    seeds,
    seed,
    record,
  };
  const text = Object.entries(flags).map(([flag, value]) => `--${flag} ${value}`);
  return `npx propchaos gap ${name} ${text.join(" ")} --json`;
}
