import { PoseFileError } from '../errors.js';
import type { ByteSource } from './byte-source.js';

/** A value inside a JSON file: where it stands, its text, and its first byte's offset in the file. */
export interface JsonValue {
  /** Keys and places from the outermost value in; empty for an outermost value itself. */
  readonly path: readonly (string | number)[];
  readonly text: string;
  readonly offset: number;
}

/** One value must be shorter than this: a frame of JSON is rarely 1 MiB. */
const LONGEST_VALUE = 16 * 1024 * 1024;
const CHUNK = 1024 * 1024;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const OPEN_OBJECT = 0x7b;
/** White space, the record separator of JSON text sequences, and the byte-order mark. */
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d, 0x1e, 0xef, 0xbb, 0xbf]);

function opens(byte: number): boolean {
  return byte === OPEN_LIST || byte === OPEN_OBJECT;
}

function closes(byte: number): boolean {
  return byte === 0x5d || byte === 0x7d;
}

interface Level {
  readonly object: boolean;
  /** Offset of its bracket. */
  readonly start: number;
  count: number;
  key: string;
}

/** The bytes around the place of reading. */
class Window {
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  private start = 0;

  constructor(readonly source: ByteSource) {}

  get offset(): number {
    return this.start + this.at;
  }

  /** Drops what was read and reads on; false at the end of the file. */
  async more(): Promise<boolean> {
    const rest = this.bytes.subarray(this.at);
    const next = await this.source.read(this.start + this.bytes.length, Math.max(CHUNK, rest.length));
    if (next.length === 0) return false;
    this.start += this.at;
    this.at = 0;
    this.bytes = rest.length === 0 ? next : Buffer.concat([rest, next]);
    return true;
  }

  /** The next byte that is no white space, or undefined at the end of the file. */
  async peek(): Promise<number | undefined> {
    for (;;) {
      while (this.at < this.bytes.length) {
        const byte = this.bytes[this.at] ?? 0;
        if (!SPACE.has(byte)) return byte;
        this.at += 1;
      }
      if (!(await this.more())) return undefined;
    }
  }

  /** Text of the value at `at`, which is left behind. */
  async value(): Promise<string> {
    for (;;) {
      const end = valueEnd(this.bytes, this.at);
      if (end >= 0) return this.upTo(end);
      if (this.bytes.length - this.at > LONGEST_VALUE) {
        throw new PoseFileError(
          'HF_POSE_TOO_LARGE',
          `${this.source.name} has a value longer than ${LONGEST_VALUE / 1024 / 1024} MiB at byte ${this.offset}, where a frame should be.`,
          { file: this.source.name },
        );
      }
      if (await this.more()) continue;
      if (isScalar(this.bytes[this.at] ?? 0)) return this.upTo(this.bytes.length);
      throw cutOff(this.source, this.offset);
    }
  }

  private upTo(end: number): string {
    const text = this.bytes.toString('utf8', this.at, end);
    this.at = end;
    return text;
  }
}

function isScalar(byte: number): boolean {
  return byte !== QUOTE && !opens(byte);
}

/** One past the last byte of the value that begins at `start`, or -1 where the bytes end before it does. */
function valueEnd(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      at = stringEnd(bytes, at);
      if (at < 0) return -1;
      if (depth === 0) return at + 1;
    } else if (opens(byte)) {
      depth += 1;
    } else if (closes(byte)) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (byte === COMMA || SPACE.has(byte))) {
      return at;
    }
  }
  return -1;
}

/** Place of the quote that ends the string which begins at `start`, or -1. */
function stringEnd(bytes: Buffer, start: number): number {
  for (let at = start + 1; at < bytes.length; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at;
  }
  return -1;
}

/** `start` is the first byte of what has no end. */
function cutOff(source: ByteSource, start: number): PoseFileError {
  return new PoseFileError(
    'HF_POSE_CUT_OFF',
    `${source.name} is cut off or broken: what begins at byte ${start} of its JSON does not end before the file does, at byte ${source.size}; copy or write it again.`,
    { file: source.name },
  );
}

/**
 * Goes through a JSON file, or several JSON values one after another (JSON lines), without holding more than a value: opens each
 * object or array whose path `descend` accepts and yields everything inside it that it does not accept. Throws PoseFileError
 * with the place for text that is no JSON.
 */
export async function* jsonValues(
  source: ByteSource,
  descend: (path: readonly (string | number)[]) => boolean,
): AsyncGenerator<JsonValue> {
  const window = new Window(source);
  const levels: Level[] = [];
  for (;;) {
    const byte = await window.peek();
    if (byte === undefined) {
      const open = levels.at(-1);
      if (open) throw cutOff(source, open.start);
      return;
    }
    const level = levels.at(-1);
    if (level && closes(byte)) {
      window.at += 1;
      levels.pop();
      continue;
    }
    if (byte === COMMA) {
      window.at += 1;
      continue;
    }
    if (level) await enter(window, level);
    const path = levels.map(({ object, key, count }) => (object ? key : count - 1));
    const opening = await window.peek();
    if (opening !== undefined && opens(opening) && descend(path)) {
      levels.push({ object: opening === OPEN_OBJECT, start: window.offset, count: 0, key: '' });
      window.at += 1;
      continue;
    }
    const offset = window.offset;
    const text = await window.value();
    if (text === '')
      throw new PoseFileError('HF_POSE_DAMAGED', `${source.name} is no sound JSON at byte ${offset}.`, {
        file: source.name,
      });
    yield { path, text, offset };
  }
}

/** Counts a value of an open array, or reads the key of an open object. */
async function enter(window: Window, level: Level): Promise<void> {
  level.count += 1;
  if (!level.object) return;
  const offset = window.offset;
  const key = parseJson(window.source, { path: [], text: await window.value(), offset });
  if (typeof key !== 'string' || (await window.peek()) !== COLON) {
    throw new PoseFileError(
      'HF_POSE_DAMAGED',
      `${window.source.name} is no sound JSON at byte ${offset}: a name and a colon should be there.`,
      { file: window.source.name },
    );
  }
  level.key = key;
  window.at += 1;
}

/** Parses a value's text. NaN and Infinity, which Python writes, become null. Throws PoseFileError with the place. */
export function parseJson(source: ByteSource, value: JsonValue): unknown {
  try {
    return JSON.parse(value.text);
  } catch (error) {
    const text = value.text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) =>
      token.startsWith('"') ? token : 'null',
    );
    try {
      return JSON.parse(text);
    } catch {
      const what =
        error instanceof Error ? error.message.replace(/\s+/g, ' ').slice(0, 120) : 'it cannot be parsed';
      throw new PoseFileError(
        'HF_POSE_DAMAGED',
        `${source.name} is no sound JSON in the value at byte ${value.offset}: ${what}.`,
        { file: source.name },
      );
    }
  }
}
