// A Hermite series and its derivative by the three-term recurrence; the table is that of kind 1 in activation.ts. Each
// vector carries five chains, so two of them advance together.

/** values = sum_k c_k h_k(z); slopes = sum_k d_k h_k(z) unless slopes = 0; `bytes` a multiple of 32. */
export function series<T>(table: usize, n: usize, z: usize, values: usize, slopes: usize, bytes: usize): void {
  const row: usize = 4 * sizeof<T>();
  const end = table + n * row;
  if (ASC_FEATURE_SIMD) {
    for (let i: usize = 0; i < bytes; i += 32) {
      const x0 = v128.load(z + i);
      const x1 = v128.load(z + i, 16);
      let h0 = v128.splat<T>(<T>1);
      let h1 = h0;
      let last0 = v128.splat<T>(<T>0);
      let last1 = last0;
      let value0 = last0;
      let value1 = last0;
      let slope0 = last0;
      let slope1 = last0;
      for (let k = table; k < end; k += row) {
        const c = v128.load_splat<T>(k, 2 * sizeof<T>());
        value0 = v128.add<T>(value0, v128.mul<T>(c, h0));
        value1 = v128.add<T>(value1, v128.mul<T>(c, h1));
        if (slopes != 0) {
          const d = v128.load_splat<T>(k, 3 * sizeof<T>());
          slope0 = v128.add<T>(slope0, v128.mul<T>(d, h0));
          slope1 = v128.add<T>(slope1, v128.mul<T>(d, h1));
        }
        const a = v128.load_splat<T>(k);
        const b = v128.load_splat<T>(k, sizeof<T>());
        const next0 = v128.sub<T>(v128.mul<T>(v128.mul<T>(a, x0), h0), v128.mul<T>(b, last0));
        const next1 = v128.sub<T>(v128.mul<T>(v128.mul<T>(a, x1), h1), v128.mul<T>(b, last1));
        last0 = h0;
        last1 = h1;
        h0 = next0;
        h1 = next1;
      }
      v128.store(values + i, value0);
      v128.store(values + i, value1, 16);
      if (slopes != 0) {
        v128.store(slopes + i, slope0);
        v128.store(slopes + i, slope1, 16);
      }
    }
  } else {
    for (let i: usize = 0; i < bytes; i += sizeof<T>()) {
      const x = load<T>(z + i);
      let h = <T>1;
      let last = <T>0;
      let value = <T>0;
      let slope = <T>0;
      for (let k = table; k < end; k += row) {
        value += load<T>(k, 2 * sizeof<T>()) * h;
        slope += load<T>(k, 3 * sizeof<T>()) * h;
        const next = load<T>(k) * x * h - load<T>(k, sizeof<T>()) * last;
        last = h;
        h = next;
      }
      store<T>(values + i, value);
      if (slopes != 0) store<T>(slopes + i, slope);
    }
  }
}
