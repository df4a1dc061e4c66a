// propchaos/element: defines <prop-chaos>. On a server, where there are no elements, it does nothing.

import { PropChaosElement } from "./element.ts";

export type { Progress } from "../core/run.ts";
export type { GapReport } from "../gap/document.ts";
export type { PropChaosEventMap } from "./element.ts";
export type { FigureState } from "./state.ts";
export { PropChaosElement };

/** The attributes as they are written, for those who declare the element to their framework's JSX. */
export interface PropChaosAttributes {
  problem?: string | undefined;
  d?: number | string | undefined;
  widths?: string | undefined;
  seed?: number | string | undefined;
  seeds?: number | string | undefined;
  time?: number | string | undefined;
  step?: number | string | undefined;
  dynamics?: "pgd" | "flow" | undefined;
  gradient?: "riemannian" | "euclidean" | undefined;
  record?: number | string | undefined;
  samples?: number | string | undefined;
  view?: string | undefined;
  autoplay?: boolean | undefined;
  pace?: number | string | undefined;
  theme?: "light" | "dark" | undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    "prop-chaos": PropChaosElement;
  }
}

// A second copy of this module on the page leaves the first in place.
if (globalThis.customElements && !customElements.get("prop-chaos"))
  customElements.define("prop-chaos", PropChaosElement);
