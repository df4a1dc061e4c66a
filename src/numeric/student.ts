// Quantiles of Student's t distribution.

/** The 97.5% quantiles of 1 to 7 degrees of freedom, where the expansion below is poor. */
const FEW = [
  12.706204736174698, 4.302652729749462, 3.182446305283709, 2.7764451051977934, 2.570581835636314, 2.4469118511449692,
  2.3646242515927844,
];

/** The same of the normal distribution. */
export const NORMAL_975 = 1.959963984540054;

/**
 * The 97.5% quantile with so many degrees of freedom, from 1: tables below 8, from there the expansion about the normal
 * quantile (Abramowitz and Stegun, 26.7.5), good to 1e-4.
 */
export function studentQuantile975(degrees: number): number {
  if (degrees <= FEW.length) return FEW[degrees - 1];
  const z = NORMAL_975;
  const s = z * z;
  const terms = [
    (s + 1) / 4,
    ((5 * s + 16) * s + 3) / 96,
    (((3 * s + 19) * s + 17) * s - 15) / 384,
    ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945) / 92160,
  ];
  let sum = 1;
  let power = 1;
  for (const term of terms) {
    power /= degrees;
    sum += term * power;
  }
  return z * sum;
}
