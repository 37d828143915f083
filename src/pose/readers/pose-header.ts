import { counted } from '../../counted.js';
import { PoseFileError } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';

/** One component of a `.pose` file, as its header gives it. */
export interface PoseComponent {
  readonly name: string;
  /** One letter a number of a point, such as `XYZC`; C = confidence; letters beside X, Y, Z (a depth camera's K) are passed over. */
  readonly format: string;
  readonly points: readonly string[];
}

/** Header of a `.pose` file (format page: header, little-endian). */
export interface PoseHeader {
  /** 0, 0.1 or 0.2. */
  readonly version: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly components: readonly PoseComponent[];
  /** Points of all components. */
  readonly pointCount: number;
  /** Coordinates a point in versions 0.1 and 0.2: the longest format without its C. */
  readonly dimensions: number;
  /** Bytes of the header; the body follows. */
  readonly length: number;
}

/** A header longer than this is no header: Holistic's takes 30 KB. */
const LARGEST_HEADER = 32 * 1024 * 1024;
const VERSIONS = [0, 0.1, 0.2];

class EndOfBytes extends Error {}

/** Version of a `.pose` file by its first four bytes, rounded as float32 needs it; undefined for other files. */
function poseVersion(bytes: Buffer): number | undefined {
  if (bytes.length < 12) return undefined;
  const version = Math.round(bytes.readFloatLE(0) * 1000) / 1000;
  return VERSIONS.find((known) => known === version);
}

/** Whether the bytes begin like a `.pose` file: a known version and a first component whose format begins with X and Y. */
export function looksLikePose(bytes: Buffer): boolean {
  if (poseVersion(bytes) === undefined || bytes.readUInt16LE(10) === 0) return false;
  try {
    const cursor = new HeaderCursor(bytes, 12, false);
    const name = cursor.text();
    return name.length > 0 && /^XY[A-Z]{0,6}$/.test(cursor.text());
  } catch {
    return false;
  }
}

/** Reads strings and numbers one after another; throws EndOfBytes past the end. */
class HeaderCursor {
  constructor(
    readonly bytes: Buffer,
    public offset: number,
    /** Whether lengths of strings count characters, as one writer has it, instead of bytes. */
    readonly codePoints: boolean,
  ) {}

  u16(): number {
    this.need(2);
    const value = this.bytes.readUInt16LE(this.offset);
    this.offset += 2;
    return value;
  }

  skip(length: number): void {
    this.need(length);
    this.offset += length;
  }

  text(): string {
    const length = this.u16();
    let size = length;
    if (this.codePoints) {
      size = 0;
      for (let count = 0; count < length; count += 1) size += utf8Length(this.bytes[this.offset + size] ?? 0);
    }
    this.need(size);
    this.offset += size;
    return this.bytes.toString('utf8', this.offset - size, this.offset);
  }

  private need(length: number): void {
    if (this.offset + length > this.bytes.length) throw new EndOfBytes();
  }
}

function utf8Length(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

function parse(bytes: Buffer, version: number, codePoints: boolean): PoseHeader {
  const cursor = new HeaderCursor(bytes, 4, codePoints);
  const [width, height, depth] = [cursor.u16(), cursor.u16(), cursor.u16()];
  const components: PoseComponent[] = [];
  for (let count = cursor.u16(); count > 0; count -= 1) {
    const name = cursor.text();
    const format = cursor.text();
    const [points, limbs, colors] = [cursor.u16(), cursor.u16(), cursor.u16()];
    const names: string[] = [];
    for (let point = 0; point < points; point += 1) names.push(cursor.text());
    cursor.skip(limbs * 4 + colors * 6);
    components.push({ name, format, points: names });
  }
  const pointCount = components.reduce((sum, component) => sum + component.points.length, 0);
  const dimensions = Math.max(0, ...components.map((component) => component.format.length)) - 1;
  return { version, width, height, depth, components, pointCount, dimensions, length: cursor.offset };
}

function sound(header: PoseHeader): boolean {
  return header.components.every(({ format }) => /^(?:[A-Z]{1,7})C$/.test(format)) && header.pointCount > 0;
}

/**
 * Reads the header of a `.pose` file. Names of one known writer count characters where bytes are meant; such a header is read
 * that way when it makes no sense the right way. Throws PoseFileError with the place for anything that is no header.
 */
export async function readPoseHeader(source: ByteSource): Promise<PoseHeader> {
  for (let size = 256 * 1024; ; size *= 4) {
    const bytes = await source.read(0, Math.min(size, LARGEST_HEADER));
    const version = poseVersion(bytes);
    if (version === undefined)
      throw new PoseFileError('HF_POSE_DAMAGED', wrongStart(source, bytes), { file: source.name });
    for (const codePoints of [false, true]) {
      try {
        const header = parse(bytes, version, codePoints);
        if (sound(header)) return header;
      } catch (error) {
        if (!(error instanceof EndOfBytes)) throw error;
      }
    }
    if (bytes.length >= source.size) {
      throw new PoseFileError(
        'HF_POSE_DAMAGED',
        `${source.name} is no sound .pose file: its header does not end, or has components without points or with unknown formats, ` +
          `within its ${counted(source.size, 'byte')}; write or copy the file again.`,
        { file: source.name },
      );
    }
    if (size >= LARGEST_HEADER) {
      throw new PoseFileError(
        'HF_POSE_DAMAGED',
        `${source.name} is no sound .pose file: its header is longer than ${LARGEST_HEADER / 1024 / 1024} MiB.`,
        { file: source.name },
      );
    }
  }
}

function wrongStart(source: ByteSource, bytes: Buffer): string {
  if (bytes.length < 12) {
    return `${source.name} ends after ${counted(bytes.length, 'byte')}, inside the header of a .pose file; write or copy the file again.`;
  }
  const version = bytes.readFloatLE(0);
  return `${source.name} is no .pose file of a known version: its first four bytes say ${version.toPrecision(3)}; known are 0.0, 0.1 and 0.2.`;
}
