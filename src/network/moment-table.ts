// Which products of monomials make up the symmetric moment tensors of a polynomial kernel, as assembly/population/moments.ts
// takes them: rows of monomials, runs that make them, groups of four tails with their heads, and the factors
//
//   F_A = q_k k! / A!,   so that   q(<w, w'>) = sum_A F_A w^A w'^A   with every multi-index A once.
//
// Each term of that sum is at most q_k in size, as sum_A (k! / A!) |w^A w'^A| = (sum_c |w_c w'_c|)^k <= 1 on the sphere: no
// cancellation beyond that of the sum over the degrees.

/** The tables for one dimension and kernel. */
export interface MomentTable {
  runs: Uint32Array;
  groups: Uint32Array;
  /** F_A, one a product; 0 where a product only fills up its group. */
  factors: Float64Array;
}

/** How much a table would hold. */
export interface MomentSize {
  rows: number;
  runs: number;
  groups: number;
  products: number;
}

/** Above it k! is no float64 number any more. */
const MOST_DEGREE = 170;

function binomial(n: number, k: number): number {
  let value = 1;
  // Exact below 2^53, as every quotient is a binomial coefficient.
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return value;
}

/** Monomials of degree k in d variables. */
function countMonomials(d: number, k: number): number {
  return binomial(d + k - 1, k);
}

/** Degrees of at least 1 that a power series has. */
function degreesOf(powers: Float64Array): number[] {
  return Array.from(powers.keys()).filter((k) => k > 0 && powers[k] !== 0);
}

/** Degrees of heads and tails of degree k. */
function split(k: number): { head: number; tail: number } {
  return { head: Math.floor(k / 2), tail: Math.ceil(k / 2) };
}

/** Heads of a group, rounded up to even: all monomials in variables up to c. */
function countHeads(degree: number, c: number): number {
  return 2 * Math.ceil(countMonomials(c + 1, degree) / 2);
}

/** Sizes of the tables of a kernel; null where they hold more than `most` products, or a degree is too high. */
export function momentSize(d: number, powers: Float64Array, most: number): MomentSize | null {
  const degrees = degreesOf(powers);
  const top = Math.max(0, ...degrees);
  if (top > MOST_DEGREE) return null;
  let groups = 0;
  let products = 0;
  for (const k of degrees) {
    if (countMonomials(d, k) > most) return null;
    const { head, tail } = split(k);
    // Tails by their first variable, four a group; the last of a group has the most heads.
    let before = 0;
    for (let c = 0; c < d; c++) {
      const after = before + countMonomials(d - c, tail - 1);
      const ended = Math.floor(after / 4) - Math.floor(before / 4) + (c === d - 1 && after % 4 > 0 ? 1 : 0);
      groups += ended;
      products += 4 * ended * countHeads(head, c);
      before = after;
    }
  }
  if (products > most) return null;
  let rows = 1 + d;
  const highest = split(top).tail;
  for (let k = 2; k <= highest; k++) rows += countMonomials(d, k);
  return { rows, runs: d * Math.max(0, highest - 1), groups, products };
}

/** Rows of monomials with what is known of each. */
class Rows {
  readonly starts = [0, 1];
  readonly runs: number[] = [];
  /** First and last variable, and the exponents of these; A! = prod_c A_c!. */
  readonly first = [0];
  readonly last = [0];
  readonly firstPower = [0];
  readonly lastPower = [0];
  readonly factorials = [1];

  constructor(d: number, top: number) {
    for (let v = 0; v < d; v++) this.append(0, v, 1);
    this.starts.push(this.count);
    for (let k = 2; k <= top; k++) {
      for (let v = 0; v < d; v++) {
        const parent = this.starts[k - 1];
        const length = countMonomials(v + 1, k - 1);
        this.runs.push(this.count, parent, length, 1 + v);
        for (let i = 0; i < length; i++) this.append(parent + i, v, k);
      }
      this.starts.push(this.count);
    }
  }

  get count(): number {
    return this.first.length;
  }

  /** Row `parent` times variable v, which none of its variables is behind. */
  private append(parent: number, v: number, degree: number): void {
    const again = degree > 1 && this.last[parent] === v;
    const power = again ? this.lastPower[parent] + 1 : 1;
    this.last.push(v);
    this.lastPower.push(power);
    this.factorials.push(this.factorials[parent] * power);
    const first = degree > 1 ? this.first[parent] : v;
    this.first.push(first);
    this.firstPower.push(first === v ? power : this.firstPower[parent]);
  }

  /** A! of the product of a head and a tail that have at most the last variable of the one, first of the other in common. */
  factorialOf(head: number, tail: number): number {
    const apart = this.factorials[head] * this.factorials[tail];
    if (head === 0 || this.last[head] !== this.first[tail]) return apart;
    const power = this.firstPower[tail];
    return apart * binomial(this.lastPower[head] + power, power);
  }
}

function factorial(k: number): number {
  let value = 1;
  for (let i = 2; i <= k; i++) value *= i;
  return value;
}

/** The tables of a kernel, of which `momentSize` gave the sizes. */
export function momentTable(d: number, powers: Float64Array, { products }: MomentSize): MomentTable {
  const degrees = degreesOf(powers);
  const rows = new Rows(d, split(Math.max(0, ...degrees)).tail);
  const factors = new Float64Array(products);
  const groups: number[] = [];
  let slot = 0;
  for (const k of degrees) {
    const { head, tail } = split(k);
    const scale = powers[k] * factorial(k);
    const start = rows.starts[head];
    const tails = Array.from({ length: countMonomials(d, tail) }, (_, i) => rows.starts[tail] + i);
    tails.sort((a, b) => rows.first[a] - rows.first[b] || a - b);
    for (let t = 0; t < tails.length; t += 4) {
      const four = tails.slice(t, t + 4);
      const count = countHeads(head, rows.first[four[four.length - 1]]);
      groups.push(...Array.from({ length: 4 }, (_, i) => four[i] ?? four[0]), start, count, k, 0);
      for (const [i, row] of four.entries()) {
        const own = countMonomials(rows.first[row] + 1, head);
        for (let h = 0; h < own; h++) factors[slot + 4 * h + i] = scale / rows.factorialOf(start + h, row);
      }
      slot += 4 * count;
    }
  }
  return { runs: Uint32Array.from(rows.runs), groups: Uint32Array.from(groups), factors };
}
