// What a figure is doing.

export type FigureState = "idle" | "running" | "paused" | "done" | "error";
