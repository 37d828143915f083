/** The options without those that are undefined, so that they do not hide defaults. */
export function defined<T extends object>(options: T): T {
  const copy = { ...options };
  for (const key of Object.keys(copy)) {
    if (Reflect.get(copy, key) === undefined) Reflect.deleteProperty(copy, key);
  }
  return copy;
}
