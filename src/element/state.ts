// What a figure is doing.

/** What a figure is doing. */
export type FigureState = "idle" | "running" | "paused" | "done" | "error";
