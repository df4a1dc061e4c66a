// The limit constants of the gap once more, as SPEC.md, section 7 writes them and as slowly as that is: functions
// sqrt(q_k C(k,n) p_(n,j)) alpha^(k-n) gamma^n, dense matrices over all pairs of times, the trapezoid rule on equal steps
// extrapolated once. The law moves in theta, d theta/dt = d/d theta (phi - Q), with Q made of the same functions; odd d
// only, where its density in alpha is a polynomial. No Node modules: it runs in browsers too.

interface Term {
  k: number;
  n: number;
  factor: number;
}

interface Settings {
  /** Hermite coefficients. */
  activation: readonly number[];
  link: readonly number[];
  /** Odd, at least 3. */
  d: number;
  time: number;
  /** Steps in time; twice as many are taken too. */
  steps?: number;
  nodes?: number;
}

/** Gauss-Legendre nodes and weights on [-1, 1]. */
function gauss(n: number): [x: number, w: number][] {
  return Array.from({ length: n }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let round = 0; round < 50; round++) {
      let [before, p] = [1, x];
      for (let l = 1; l < n; l++) [before, p] = [p, ((2 * l + 1) * x * p - l * before) / (l + 1)];
      slope = (n * (x * p - before)) / (x * x - 1);
      x -= p / slope;
    }
    return [x, 2 / ((1 - x * x) * slope * slope)];
  });
}

function binomial(n: number, k: number): number {
  let value = 1;
  for (let i = 0; i < k; i++) value *= (n - i) / (i + 1);
  return value;
}

/** Coefficients p_(n,j) of u^n in Gegenbauer polynomials of dimension D: u P_j = ((j+D-2) P_(j+1) + j P_(j-1)) / (2j+D-2). */
function powerInGegenbauer(n: number, D: number): number[] {
  let p = [1];
  for (let round = 0; round < n; round++) {
    const next = new Array<number>(p.length + 1).fill(0);
    p.forEach((value, j) => {
      const up = j === 0 ? 1 : (j + D - 2) / (2 * j + D - 2);
      next[j + 1] += up * value;
      if (j > 0) next[j - 1] += (1 - up) * value;
    });
    p = next;
  }
  return p;
}

/** Value and first two derivatives in theta of factor cos^a sin^b. */
function trigonometric({ k, n, factor }: Term, theta: number): [number, number, number] {
  const [c, s] = [Math.cos(theta), Math.sin(theta)];
  const term = (a: number, b: number) => (a < 0 || b < 0 ? 0 : c ** a * s ** b);
  const a = k - n;
  const first = -a * term(a - 1, n + 1) + n * term(a + 1, n - 1);
  const second =
    -a * (-(a - 1) * term(a - 2, n + 2) + (n + 1) * term(a, n)) +
    n * (-(a + 1) * term(a, n) + (n - 1) * term(a + 2, n - 2));
  return [factor * term(a, n), factor * first, factor * second];
}

function termsOf(q: readonly number[], d: number, j: number): Term[] {
  return q.flatMap((value, k) =>
    Array.from({ length: k + 1 }, (_, n) => n)
      .filter((n) => k >= 1 && n >= j && (n - j) % 2 === 0 && value !== 0)
      .map((n) => ({ k, n, factor: Math.sqrt(value * binomial(k, n) * powerInGegenbauer(n, d - 1)[j]) })),
  );
}

function addTo(target: number[], factor: number, values: readonly number[]): void {
  for (let i = 0; i < target.length; i++) target[i] += factor * values[i];
}

interface Snapshot {
  theta: number[];
  logParallel: number[];
  logPerpendicular: number[];
}

/** The law at equally spaced times. */
function moveLaw({ activation, link, d, time }: Settings, steps: number, nodes: [number, number][]): Snapshot[] {
  const q = activation.map((c) => c * c);
  const phi = activation.map((c, k) => ({ k, n: 0, factor: c * (link[k] ?? 0) }));
  const kernel = termsOf(q, d, 0);
  const rates = (theta: number[]) => {
    const means = kernel.map((term) => theta.reduce((sum, x, p) => sum + nodes[p][1] * trigonometric(term, x)[0], 0));
    return theta.map((x) => {
      const total = [0, 0, 0];
      for (const term of phi) addTo(total, 1, trigonometric(term, x));
      kernel.forEach((term, r) => {
        addTo(total, -means[r], trigonometric(term, x));
      });
      return { speed: total[1], along: total[2], across: (Math.cos(x) / Math.sin(x)) * total[1] };
    });
  };
  let now: Snapshot = {
    theta: nodes.map(([x]) => Math.acos(x)),
    logParallel: nodes.map(() => 0),
    logPerpendicular: nodes.map(() => 0),
  };
  const history = [now];
  const h = time / steps;
  const speeds = (k: { speed: number }[]) => k.map(({ speed }) => speed);
  const add = (x: number[], factor: number, y: number[]) => x.map((value, i) => value + factor * y[i]);
  for (let step = 0; step < steps; step++) {
    const k1 = rates(now.theta);
    const k2 = rates(add(now.theta, h / 2, speeds(k1)));
    const k3 = rates(add(now.theta, h / 2, speeds(k2)));
    const k4 = rates(add(now.theta, h, speeds(k3)));
    const mean = (name: "speed" | "along" | "across") =>
      k1.map((k, i) => (k[name] + 2 * k2[i][name] + 2 * k3[i][name] + k4[i][name]) / 6);
    now = {
      theta: add(now.theta, h, mean("speed")),
      logParallel: add(now.logParallel, h, mean("along")),
      logPerpendicular: add(now.logPerpendicular, h, mean("across")),
    };
    history.push(now);
  }
  return history;
}

/** B <- matrix^-1 B by elimination without pivoting: the matrices are the identity and something small. Spoils both. */
function solve(matrix: number[][], B: number[][]): void {
  const n = B.length;
  for (let column = 0; column < n; column++) {
    const pivot = matrix[column][column];
    for (let row = column + 1; row < n; row++) {
      const factor = matrix[row][column] / pivot;
      if (factor === 0) continue;
      for (let c = column; c < n; c++) matrix[row][c] -= factor * matrix[column][c];
      for (let c = 0; c < B[row].length; c++) B[row][c] -= factor * B[column][c];
    }
  }
  for (let row = n - 1; row >= 0; row--) {
    for (let c = 0; c < B[row].length; c++) {
      let sum = B[row][c];
      for (let other = row + 1; other < n; other++) sum -= matrix[row][other] * B[other][c];
      B[row][c] = sum / matrix[row][row];
    }
  }
}

const transpose = (A: number[][]) => A[0].map((_, c) => A.map((row) => row[c]));

function constantsWith(settings: Settings, steps: number): { functionGap: number; squaredDelta: number } {
  const { activation, d, time, nodes: count = 40 } = settings;
  const density = gauss(count).map(([x, w]): [number, number] => [x, w * (1 - x * x) ** ((d - 3) / 2)]);
  const mass = density.reduce((sum, [, w]) => sum + w, 0);
  const nodes = density.map(([x, w]): [number, number] => [x, w / mass]);
  const history = moveLaw(settings, steps, nodes);
  const q = activation.map((c) => c * c);
  const h = time / steps;
  let functionGap = 0;
  let squaredDelta = 0;
  for (let j = 0; j < q.length; j++) {
    const terms = termsOf(q, d, j);
    const N = binomial(d + j - 2, j) - (j < 2 ? 0 : binomial(d + j - 4, j - 2));
    if (terms.length === 0) continue;
    const R = terms.length;
    const kappa = j * (j + d - 3);
    const rows = history.flatMap((_, t) => terms.map((_, r) => ({ t, r })));
    const value = rows.map(({ t, r }) => history[t].theta.map((x) => trigonometric(terms[r], x)));
    const sine = history.map(({ theta }) => theta.map(Math.sin));
    const mean = (a: number[]) => a.reduce((sum, x, p) => sum + nodes[p][1] * x, 0);
    const means = value.map((row) => (j === 0 ? mean(row.map(([g]) => g)) : 0));
    const jump = (name: "logParallel" | "logPerpendicular", t: number, s: number, p: number) =>
      Math.exp(history[t][name][p] - history[s][name][p]);
    const covariance = rows.map((_, a) =>
      rows.map((_, b) => mean(value[a].map(([g], p) => g * value[b][p][0])) - means[a] * means[b]),
    );
    const system = rows.map(({ t }, a) =>
      rows.map(({ t: s }, b) => {
        const identity = a === b ? 1 : 0;
        if (s > t || t === 0) return identity;
        const weight = s === 0 || s === t ? h / 2 : h;
        const kernel = value[a].map(([g, slope], p) => {
          const along = slope * jump("logParallel", t, s, p) * value[b][p][1];
          const across = kappa * (g / sine[t][p]) * (value[b][p][0] / sine[s][p]) * jump("logPerpendicular", t, s, p);
          return along + (j === 0 ? 0 : across);
        });
        return identity + (weight / N) * mean(kernel);
      }),
    );
    const half = covariance.map((row) => row.slice());
    solve(
      system.map((row) => row.slice()),
      half,
    );
    const V = transpose(half);
    solve(
      system.map((row) => row.slice()),
      V,
    );
    const last = rows.length - R;
    for (let r = 0; r < R; r++) functionGap += V[last + r][last + r];
    for (let p = 0; p < count; p++) {
      const end = steps;
      const along = rows.map(({ t }, a) => value[a][p][1] * jump("logParallel", end, t, p));
      const across = rows.map(({ t }, a) => (value[a][p][0] / sine[t][p]) * jump("logPerpendicular", end, t, p));
      const weights = rows.map(({ t }) => (t === 0 || t === steps ? h / 2 : h));
      for (const [z, factor] of [
        [along, 1],
        [across, j === 0 ? 0 : kappa],
      ] as const) {
        let square = 0;
        for (let a = 0; a < z.length; a++)
          for (let b = 0; b < z.length; b++) square += weights[a] * weights[b] * z[a] * z[b] * V[a][b];
        squaredDelta += (nodes[p][1] * factor * square) / N;
      }
    }
  }
  return { functionGap, squaredDelta };
}

/** Limits of m E|f - f_MF|^2 and m E|Delta|^2 at the end of the time. */
export function plainConstants(settings: Settings): { functionGap: number; squaredDelta: number } {
  const { steps = 12 } = settings;
  const coarse = constantsWith(settings, steps);
  const fine = constantsWith(settings, 2 * steps);
  return {
    functionGap: fine.functionGap + (fine.functionGap - coarse.functionGap) / 3,
    squaredDelta: fine.squaredDelta + (fine.squaredDelta - coarse.squaredDelta) / 3,
  };
}
