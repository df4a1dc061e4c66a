// Particles side by side: what is computed for one is computed for all of a round in the lanes of vectors.

/**
 * m <- row 0 of ones, then one row of `round` numbers a coordinate: those of the `count` particles at W (stride dp), zero
 * behind them.
 */
export function loadRound(W: usize, d: usize, dp: usize, count: usize, round: usize, m: usize): void {
  const row = round << 3;
  for (let lane: usize = 0; lane < row; lane += 8) store<f64>(m + lane, 1);
  if (count < round) memory.fill(m + row, 0, d * row);
  for (let i: usize = 0; i < count; ++i) {
    let out = m + row + (i << 3);
    const w = W + ((i * dp) << 3);
    for (let c: usize = 0; c < d << 3; c += 8) {
      store<f64>(out, load<f64>(w + c));
      out += row;
    }
  }
}
