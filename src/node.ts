// The Node entry: everything of the main entry, and files.

export { saveReport } from "./cli/files.ts";
export { loadSweep } from "./cli/sweep-directory.ts";
export * from "./index.ts";
