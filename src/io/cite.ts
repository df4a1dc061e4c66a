// BibTeX of the paper whose quantities are computed, and of this package.

import { version } from "../core/version.ts";

/**
 * BibTeX entries of the paper and of this version of the package, to cite together.
 *
 * @example
 * ```ts
 * console.log(cite());
 * ```
 */
export function cite(): string {
  return `@article{glasgow2025propagation,
  title         = {Propagation of Chaos in One-hidden-layer Neural Networks beyond Logarithmic Time},
  author        = {Glasgow, Margalit and Wu, Denny and Bruna, Joan},
  journal       = {arXiv preprint arXiv:2504.13110},
  year          = {2025},
  eprint        = {2504.13110},
  archivePrefix = {arXiv},
  primaryClass  = {stat.ML}
}

@software{propchaos,
  title   = {propchaos: mean-field limits and the approximation gap of one-hidden-layer networks},
  author  = {{The propchaos authors}},
  year    = {2026},
  version = {${version}},
  license = {MIT}
}
`;
}
