// Cells for a notebook with Deno's Jupyter kernel, separated by "// %%" as editors know it. An object with the method
// Symbol.for("Jupyter.display") shows itself as the last value of a cell: here a figure, by its media type of Vega-Lite. Outside a
// kernel the script prints what would be shown.
//
//   deno jupyter --install      once; then open a notebook and paste the cells
//   deno run -A examples/deno-jupyter.ts
//
// In a notebook the first line is: import { ... } from "npm:propchaos";

// %%
import { createEngine, figures, meanFieldLimit, problems, type Specification } from "propchaos";

/** A figure that a notebook draws. */
class Figure {
  readonly specification: Specification;
  constructor(specification: Specification) {
    this.specification = specification;
  }

  [Symbol.for("Jupyter.display")](): Record<string, unknown> {
    const { title, concat } = this.specification as { title?: { text: string }; concat?: unknown[] };
    return {
      "application/vnd.vegalite.v6+json": this.specification,
      "text/plain": `${title?.text} (${concat?.length} panels)`,
    };
  }
}

// %%
const engine = await createEngine();
const limit = await meanFieldLimit(engine, problems.He4({ d: 32 }), { time: 30, dynamics: "flow", alphaPaths: 12 });
engine.dispose();

// %%
const figure = new Figure(figures.limit(limit));
// In a notebook the last line of the cell is: figure
const shown = figure as unknown as Record<symbol, () => Record<string, unknown>>;
const bundle = shown[Symbol.for("Jupyter.display")]();
console.log(bundle["text/plain"], "as", Object.keys(bundle).join(", "));
console.log(`risk of the limit at t = 30: ${limit.loss.at(-1)}`);
