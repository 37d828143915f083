import { readFile, writeFile } from 'node:fs/promises';

/*
 * Spoils a weight of an ONNX file where it lies: protobuf's wire format is read just far enough to find the tensors' bytes.
 */

interface Field {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** ModelProto.graph, GraphProto.initializer, TensorProto.raw_data. */
const [GRAPH, INITIALIZER, RAW_DATA] = [7, 5, 9];

/** Turns the signs of all values of the file's largest weight (float16 or float32, little-endian). */
export async function spoilLargestWeight(path: string): Promise<void> {
  const bytes = await readFile(path);
  const within = (number: number, { start, end }: Pick<Field, 'start' | 'end'>) =>
    fieldsOf(bytes, start, end).filter((field) => field.number === number);
  const tensors = within(GRAPH, { start: 0, end: bytes.length })
    .flatMap((graph) => within(INITIALIZER, graph))
    .flatMap((tensor) => within(RAW_DATA, tensor));
  const [largest] = tensors.sort((a, b) => b.end - b.start - (a.end - a.start));
  if (!largest) throw new Error(`${path} holds no weights`);
  for (let at = largest.start + 1; at < largest.end; at += 2) bytes[at] = (bytes[at] ?? 0) ^ 0x80;
  await writeFile(path, bytes);
}

/** The length-delimited fields of a message; others are passed over. */
function fieldsOf(bytes: Buffer, start: number, end: number): Field[] {
  const fields: Field[] = [];
  let at = start;
  const varint = (): number => {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
  };
  while (at < end) {
    const tag = varint();
    const kind = tag % 8;
    if (kind === 0) varint();
    else if (kind === 1) at += 8;
    else if (kind === 5) at += 4;
    else {
      const length = varint();
      fields.push({ number: Math.floor(tag / 8), start: at, end: at + length });
      at += length;
    }
  }
  return fields;
}
