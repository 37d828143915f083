/** A JSON object of unknown fields. */
export type JsonRecord = { readonly [key: string]: unknown };

/** Whether a JSON value is an object. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list of numbers; what is no number in it becomes NaN, what is no list is an empty one. */
export function numbersOf(value: unknown): number[] {
  return Array.isArray(value)
    ? value.map((item: unknown) => (typeof item === 'number' ? item : Number.NaN))
    : [];
}

/** A list, or an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A finite number, or undefined. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
