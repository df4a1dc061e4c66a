// Text tables: right-aligned columns, and numbers with as many digits as mean something.

/** Rows of cells as lines, every column as wide as its widest cell, two or more spaces between columns. */
export function alignTable(rows: readonly (readonly string[])[], align: "left" | "right" = "right"): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, [...cell].length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const blank = " ".repeat(widths[column] - [...cell].length);
        return align === "right" ? blank + cell : cell + blank;
      })
      .join("  ")
      .trimEnd(),
  );
}

/** Four significant digits; powers of ten outside 0.001 to 100000. */
export function shortNumber(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return "-";
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e5 ? value.toPrecision(4) : value.toExponential(3);
}

/** A mean and its standard error, rounded to two digits of the error; the mean alone where there is no error. */
export function withError(mean: number | undefined, stderr: number | undefined): string {
  if (mean === undefined || stderr === undefined || !(stderr > 0) || !Number.isFinite(mean)) return shortNumber(mean);
  const size = Math.abs(mean);
  const exponent = size > 0 && (size < 1e-3 || size >= 1e5) ? Math.floor(Math.log10(size)) : 0;
  const unit = Number(`1e${exponent}`);
  const digits = Math.min(15, Math.max(0, 1 - Math.floor(Math.log10(stderr / unit))));
  const [value, error] = [mean, stderr].map((number) => (number / unit).toFixed(digits));
  return exponent === 0 ? `${value} ± ${error}` : `(${value} ± ${error})e${exponent}`;
}

/** A share as a percentage. */
export function percent(share: number | undefined): string {
  if (share === undefined || !Number.isFinite(share)) return "-";
  return share === 0 ? "0%" : `${(100 * share).toPrecision(3)}%`;
}
