// J_avg of mean-field particles once more, with whole matrices: J_i H_ij as d x d arrays and operator norms by power
// iteration. No Node modules: it runs in browsers too.

export interface PlainParticles {
  d: number;
  /** Unit rows of the particles at the earlier time, w* the first coordinate vector. */
  W: readonly (readonly number[])[];
  /** J_par and J_perp of each from there to the later time. */
  parallel: ArrayLike<number>;
  perpendicular: ArrayLike<number>;
  /** Powers of q. */
  q: readonly number[];
}

const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, a, c) => sum + a * y[c], 0);
const add = (x: readonly number[], factor: number, y: readonly number[]) => x.map((a, c) => a + factor * y[c]);

/** Largest singular value of a linear map by power iteration on its square, from a fixed start. */
function norm(map: (x: number[]) => number[], adjoint: (x: number[]) => number[], d: number): number {
  let x = Array.from({ length: d }, (_, c) => Math.cos(1 + 3 * c) + 0.3);
  let value = 0;
  for (let round = 0; round < 400; round++) {
    const size = Math.sqrt(dot(x, x));
    if (size === 0) return 0;
    x = x.map((a) => a / size);
    const image = map(x);
    value = Math.sqrt(dot(image, image));
    x = adjoint(image);
  }
  return value;
}

/** max_j (1/m) sum_i |J_i H(i, j)|. */
export function plainAverage({ d, W, parallel, perpendicular, q }: PlainParticles): number {
  const value = (powers: readonly number[], s: number) => powers.reduceRight((sum, c) => sum * s + c, 0);
  const first = q.slice(1).map((c, k) => (k + 1) * c);
  const second = first.slice(1).map((c, k) => (k + 1) * c);
  const project = (w: readonly number[], x: number[]) => add(x, -dot(w, x), w);
  /** The meridian through w, towards w*. */
  const meridian = (w: readonly number[]) => {
    const e = project(
      w,
      w.map((_, c) => (c === 0 ? 1 : 0)),
    );
    const size = Math.sqrt(dot(e, e));
    return e.map((a) => a / size);
  };
  const columns = W.map((wj) => {
    let sum = 0;
    W.forEach((wi, i) => {
      const s = dot(wi, wj);
      const [p, b] = [value(first, s), value(second, s)];
      const e = meridian(wi);
      const stretch = (x: number[]) => {
        const along = dot(e, x);
        return add(
          x.map((a) => perpendicular[i] * a),
          (parallel[i] - perpendicular[i]) * along,
          e,
        );
      };
      const H = (x: number[]) =>
        project(
          wi,
          add(
            x.map((a) => p * a),
            b * dot(wi, x),
            wj,
          ),
        );
      const HT = (y: number[]) =>
        add(
          y.map((a) => p * a),
          b * dot(wj, y),
          wi,
        );
      sum += norm(
        (x) => stretch(H(project(wj, x))),
        (y) => project(wj, HT(project(wi, stretch(y)))),
        d,
      );
    });
    return sum / W.length;
  });
  return Math.max(...columns);
}
