/** A figure in three significant digits; `-` where there is none. */
export function short(value: number | null): string {
  if (value === null) return '-';
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 4));
}

/** A figure with its interval: `0.61 [0.55, 0.67]`. */
export function withInterval({
  value,
  interval,
}: {
  value: number | null;
  interval: readonly [number, number] | null;
}): string {
  return interval ? `${short(value)} [${short(interval[0])}, ${short(interval[1])}]` : short(value);
}
