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
A network with the given activation learns the target from inputs x ~ N(0, I_d)
(Gaussian) or uniform on {-1, +1}^d (Boolean). With "signed", half of its second
layer is +1 and half is -1, else all of it is +1. h_k is the Hermite polynomial
of degree k with norm one, e_c the coordinate vectors. Random unit vectors u are
drawn from the seed of the problem.

The information exponent k* is the smallest degree k >= 1 at which activation
and target meet: with Gaussian inputs the smallest k at which both have a
Hermite coefficient that is not zero, and the vectors u of the target do not
cancel; with Boolean inputs the fewest coordinates in a product. The larger it
is, the longer training waits near the start.

The infinite-width limit is solved for Gaussian problems with all signs +1.
Boolean problems are trained on samples only.

Example:
  $ propchaos problems --json
`;

/** Adds `propchaos problems`. */
export function addProblems(program: Command, done: (code: number) => void): void {
  program
    .command("problems")
    .summary("list the problems by name")
    .description("Lists the problems of the zoo by name.")
    .option("--json", "write one JSON document to stdout")
    .addHelpText("after", HELP)
    .action(({ json }: { json?: boolean }) => {
      const list = problemNames.map(describeProblem);
      const rows = list.map(({ name, data, activation, target, signed, informationExponent }) => [
        name,
        data,
        String(informationExponent ?? "none"),
        signed ? `${activation}, signed` : activation,
        target,
      ]);
      const head = ["name", "data", "k*", "activation", "target"];
      print(json ? [JSON.stringify(list)] : alignTable([head, ...rows], "left"));
      done(EXIT.ok);
    });
}
