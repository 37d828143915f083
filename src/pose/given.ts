/** `{ key: value }`, or nothing where the value is undefined. */
export function given<K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> {
  const made: Partial<Record<K, T>> = {};
  if (value !== undefined) made[key] = value;
  return made;
}
