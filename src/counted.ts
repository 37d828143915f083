/** A number with its noun, for sentences: `1 clip`, `2 clips`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
