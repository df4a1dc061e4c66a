// The zoo on the command line: the list of problems, and the nearest name to a misspelt one.

import type { Command } from "commander";
import leven from "leven";
import { describeProblem, type ProblemName, problemNames } from "../index.ts";
import { UsageError } from "./errors.ts";
import { EXIT, print } from "./output.ts";
import { alignTable } from "./table.ts";

/** The name itself if it is in the zoo. @throws UsageError that suggests the nearest name. */
export function problemName(given: string): ProblemName {
  const known = problemNames.find((name) => name === given);
  if (known !== undefined) return known;
  const distance = (name: string) => leven(name.toLowerCase(), given.toLowerCase());
  const nearest = problemNames.reduce((best, name) => (distance(name) < distance(best) ? name : best));
  throw new UsageError(
    `there is no problem "${given}"; did you mean ${nearest}? The problems are ${problemNames.join(", ")}`,
  );
}

const HELP = `
Every problem is a single-index model: a network with the given activation
learns f*(x) = link(x_1) from Gaussian inputs x ~ N(0, I_d). h_k is the Hermite
polynomial of degree k with norm one. The information exponent k* is the
smallest k >= 1 at which activation and link both have a Hermite coefficient
that is not zero: the larger it is, the longer training waits near the start.

Example:
  $ propchaos problems --json
`;

/** Adds `propchaos problems`. */
export function addProblems(program: Command, done: (code: number) => void): void {
  program
    .command("problems")
    .summary("list the problems by name")
    .description("Lists the problems that gap and limit know by name.")
    .option("--json", "write one JSON document to stdout")
    .addHelpText("after", HELP)
    .action(({ json }: { json?: boolean }) => {
      const list = problemNames.map(describeProblem);
      const rows = list.map(({ name, data, activation, target, informationExponent }) => [
        name,
        data,
        String(informationExponent ?? "none"),
        activation,
        target,
      ]);
      const head = ["name", "data", "k*", "activation", "target"];
      print(json ? [JSON.stringify(list)] : alignTable([head, ...rows], "left"));
      done(EXIT.ok);
    });
}
