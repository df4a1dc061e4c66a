// A tiny gap report as a program in text: it is run by engines, bundlers and pages that see nothing of this project but
// the published package.

/** Defines `tinyReport(propchaos, engineOptions, workers)`, which resolves to the report's JSON. */
export const REPORT = `
async function tinyReport(propchaos, options = {}, workers = 0) {
  const engine = await propchaos.createEngine(options);
  const settings = { widths: [4, 9], time: 0.5, step: 0.1, seeds: 2, workers };
  const report = await propchaos.approximationGap(engine, propchaos.problems.He3({ d: 3 }), settings);
  engine.dispose();
  return JSON.stringify(report);
}`;
