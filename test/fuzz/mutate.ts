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

/** Values that JSON allows and no layout expects. */
const NASTY_VALUES = [
  ...['null', 'true', '""', '[]', '{}', '0', '-1', '1e308', '1e-320', '1e999', '-1e999', 'NaN', '65536.5'],
  ...['4294967296', '9007199254740993', '"1,2,3"', '"é😀\\u0000"', '[[]]', '[null]', '[{}]', '[[[1,2],[3]]]'],
];

const OPENING = new Set(['[', '{']);

/** Where the JSON value that begins at `at` ends, or -1. */
function valueEnd(text: string, at: number): number {
  if (!OPENING.has(text[at] ?? '')) {
    const scalar = /[^\s,:[\]{}]+/y;
    scalar.lastIndex = at;
    return scalar.test(text) ? scalar.lastIndex : -1;
  }
  let depth = 0;
  for (let place = at; place < text.length; place += 1) {
    if (OPENING.has(text[place] ?? '')) depth += 1;
    else if (text[place] === ']' || text[place] === '}') depth -= 1;
    if (depth === 0) return place + 1;
  }
  return -1;
}

/** One value of a JSON text is replaced by another, doubled, or taken out; other bytes stay as they are. */
const changeValue: Mutation = (bytes, random) => {
  if (bytes[0] !== 0x5b && bytes[0] !== 0x7b) return bytes;
  const text = bytes.toString('utf8');
  const from = random() < 0.5 ? early(bytes, random) : place(bytes, random);
  const start = text.slice(from).search(/[[{]|(?<=[[:,]\s*)[^\s,:[\]{}]/);
  const end = start < 0 ? -1 : valueEnd(text, from + start);
  if (end < 0) return bytes;
  const value = text.slice(from + start, end);
  const other = [pick(random, NASTY_VALUES) ?? 'null', `${value},${value}`, ''][
    Math.floor(random() ** 2 * 3)
  ];
  return Buffer.from(text.slice(0, from + start) + (other ?? '') + text.slice(end));
};

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
  changeValue,
  changeValue,
  changeValue,
];

/** The bytes with one to four mutations. */
export function mutate(bytes: Buffer, random: () => number, others: readonly Buffer[]): Buffer {
  let mutated = bytes;
  for (let count = 1 + Math.floor(random() * 4); count > 0; count -= 1) {
    mutated = (pick(random, MUTATIONS) ?? MUTATIONS[0])?.(mutated, random, others) ?? mutated;
  }
  return mutated;
}
