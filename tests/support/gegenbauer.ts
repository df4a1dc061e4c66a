/** The Gegenbauer polynomial P_l of dimension D at t, with P_l(1) = 1, by its recurrence; on the circle cos(l acos t). */
export function gegenbauer(l: number, D: number, t: number): number {
  if (D === 2) return Math.cos(l * Math.acos(t));
  let [before, p] = [0, 1];
  for (let k = 0; k < l; k++) [before, p] = [p, ((2 * k + D - 2) * t * p - k * before) / (k + D - 2)];
  return p;
}
