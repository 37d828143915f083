/** A small, seeded generator of numbers 0..1 (mulberry32), so that a run can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

/** Numbers and texts that formats trip over. */
const NASTY_NUMBERS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
const NASTY_FLOATS = [Number.NaN, Infinity, -Infinity, 3e38, -3e38, 1e-45, 65536.5];
const NASTY_TEXTS = [
  'NaN',
  '-Infinity',
  'null',
  '1e999',
  '-0',
  '"',
  '\\u0000',
  '\\ud800',
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  '[[[[[[[[',
  '{"a":',
  '99999999999999999999',
  '"é😀"',
  '"\\',
  '\n',
  '\uFEFF',
  "'descr': '|O'",
  '(999999999, 225)',
  '(4, 0)',
  'True',
];

function pick<T>(random: () => number, list: readonly T[]): T | undefined {
  return list[Math.floor(random() * list.length)];
}

type Mutation = (bytes: Buffer, random: () => number, others: readonly Buffer[]) => Buffer;

const place = (bytes: Buffer, random: () => number) => Math.floor(random() * bytes.length);

/** Places near the beginning are mutated more often: headers decide. */
const early = (bytes: Buffer, random: () => number) => Math.floor(random() ** 4 * bytes.length);

function overwrite(bytes: Buffer, at: number, patch: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  patch.copy(copy, at, 0, Math.max(0, Math.min(patch.length, copy.length - at)));
  return copy;
}

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => overwrite(bytes, early(bytes, random), Buffer.from([Math.floor(random() * 256)])),
  (bytes, random) =>
    overwrite(
      bytes,
      early(bytes, random),
      Buffer.from([(bytes[early(bytes, random)] ?? 0) ^ (1 << (random() * 8))]),
    ),
  (bytes, random) => {
    const patch = Buffer.alloc(4);
    patch.writeUInt32LE(pick(random, NASTY_NUMBERS) ?? 0, 0);
    return overwrite(bytes, early(bytes, random), patch.subarray(0, random() < 0.5 ? 2 : 4));
  },
  (bytes, random) => {
    const patch = Buffer.alloc(4);
    patch.writeFloatLE(pick(random, NASTY_FLOATS) ?? 0, 0);
    return overwrite(bytes, place(bytes, random), patch);
  },
  (bytes, random) => bytes.subarray(0, random() < 0.5 ? place(bytes, random) : early(bytes, random)),
  (bytes, random) => {
    const [from, at] = [place(bytes, random), place(bytes, random)];
    const piece = bytes.subarray(from, from + Math.floor(random() * 1000));
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
  },
  (bytes, random) => {
    const at = early(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + Math.floor(random() * 100))]);
  },
  (bytes, random) => {
    const at = early(bytes, random);
    const text = Buffer.from(pick(random, NASTY_TEXTS) ?? '');
    const cut = random() < 0.5 ? 0 : text.length;
    return Buffer.concat([bytes.subarray(0, at), text, bytes.subarray(at + cut)]);
  },
  (bytes, random, others) => {
    const other = pick(random, others) ?? bytes;
    const at = place(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(place(other, random))]);
  },
];

/** The bytes with one to four mutations. */
export function mutate(bytes: Buffer, random: () => number, others: readonly Buffer[]): Buffer {
  let mutated = bytes;
  for (let count = 1 + Math.floor(random() * 4); count > 0; count -= 1) {
    mutated = (pick(random, MUTATIONS) ?? MUTATIONS[0])?.(mutated, random, others) ?? mutated;
  }
  return mutated;
}
