import { counted } from '../../counted.js';
import { PoseFileError } from '../../errors.js';
import { type ByteSource, shown } from '../byte-source.js';

/** An array in a `.npy` file, rows pulled one by one. */
export interface NpyArray {
  /** Lengths of the dimensions, the first = rows. */
  readonly shape: readonly number[];
  /** Rows in order, each `Float32Array` of the product of the other dimensions. */
  rows(): AsyncGenerator<Float32Array>;
}

const MAGIC = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]);
const CHUNK = 1024 * 1024;
/** Fortran-ordered arrays have their rows scattered and must be read whole. */
const LARGEST_SCATTERED = 256 * 1024 * 1024;
const LARGEST_ROW = 16 * 1024 * 1024;

type ReadNumber = (view: DataView, at: number, little: boolean) => number;

/** numpy's number types that keypoints come in, by the letters of `descr`. */
const NUMBERS: Readonly<Record<string, { size: number; read: ReadNumber }>> = {
  f2: { size: 2, read: (view, at, little) => half(view.getUint16(at, little)) },
  f4: { size: 4, read: (view, at, little) => view.getFloat32(at, little) },
  f8: { size: 8, read: (view, at, little) => view.getFloat64(at, little) },
  i2: { size: 2, read: (view, at, little) => view.getInt16(at, little) },
  i4: { size: 4, read: (view, at, little) => view.getInt32(at, little) },
  u2: { size: 2, read: (view, at, little) => view.getUint16(at, little) },
};

/** Value of IEEE 754 half-precision bits. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Whether bytes begin like a `.npy` file. */
export function looksLikeNpy(bytes: Buffer): boolean {
  return bytes.length >= 10 && bytes.subarray(0, 6).equals(MAGIC);
}

interface Header {
  readonly descr: string;
  readonly scattered: boolean;
  readonly shape: readonly number[];
  /** Bytes of magic and header. */
  readonly length: number;
}

/**
 * Opens a `.npy` array of numbers (numpy's format specification, versions 1 to 3). Throws PoseFileError for other content,
 * Python objects, truncated data and absurd shapes.
 */
export async function openNpy(source: ByteSource): Promise<NpyArray> {
  const header = await readHeader(source);
  const type = NUMBERS[header.descr.slice(1)];
  if (!type) {
    throw new PoseFileError(
      'HF_POSE_POINTS',
      `${source.name} holds numpy type ${shown(header.descr, 20)}, not plain numbers; save it again with .astype('float32').`,
      { file: source.name },
    );
  }
  const width = header.shape.slice(1).reduce((product, side) => product * side, 1);
  const rows = header.shape[0] ?? 0;
  if (width === 0 || width * type.size > LARGEST_ROW) {
    throw new PoseFileError(
      'HF_POSE_POINTS',
      `${source.name} has shape (${header.shape.join(', ')}), which no keypoints have.`,
      { file: source.name },
    );
  }
  const needed = rows * width * type.size;
  if (source.size - header.length < needed) {
    throw new PoseFileError(
      'HF_POSE_CUT_OFF',
      `${source.name} is cut off: shape (${header.shape.join(', ')}) needs ${counted(needed, 'byte')} after byte ${header.length}, and it ends at byte ${source.size}; copy it again.`,
      { file: source.name },
    );
  }
  const little = header.descr[0] !== '>';
  const layout = { source, start: header.length, rows, width, type, little, inner: header.shape.slice(1) };
  return { shape: header.shape, rows: () => (header.scattered ? readScattered(layout) : readRows(layout)) };
}

interface Layout {
  readonly source: ByteSource;
  readonly start: number;
  readonly rows: number;
  readonly width: number;
  readonly type: { size: number; read: ReadNumber };
  readonly little: boolean;
  /** Lengths of the dimensions but the first. */
  readonly inner: readonly number[];
}

async function* readRows({ source, start, rows, width, type, little }: Layout): AsyncGenerator<Float32Array> {
  const rowBytes = width * type.size;
  const step = Math.max(1, Math.floor(CHUNK / rowBytes));
  for (let first = 0; first < rows; first += step) {
    const count = Math.min(step, rows - first);
    const bytes = await source.read(start + first * rowBytes, count * rowBytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let row = 0; row < count; row += 1) {
      const values = new Float32Array(width);
      for (let index = 0; index < width; index += 1)
        values[index] = type.read(view, (row * width + index) * type.size, little);
      yield values;
    }
  }
}

/** Fortran order: the first dimension varies fastest, so that a row's numbers lie `rows` apart, its last dimension slowest. */
async function* readScattered(layout: Layout): AsyncGenerator<Float32Array> {
  const { source, start, rows, width, type, little, inner } = layout;
  const size = rows * width * type.size;
  if (size > LARGEST_SCATTERED) {
    throw new PoseFileError(
      'HF_POSE_TOO_LARGE',
      `${source.name} is in Fortran order and too large to turn; save it again with numpy.ascontiguousarray.`,
      { file: source.name },
    );
  }
  const bytes = await source.read(start, size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places = Array.from({ length: width }, (_, index) => fortranPlace(index, inner));
  for (let row = 0; row < rows; row += 1) {
    yield Float32Array.from(places, (place) => type.read(view, (place * rows + row) * type.size, little));
  }
}

/** Place in Fortran order of the number at `index` in C order, in an array of these sides. */
function fortranPlace(index: number, sides: readonly number[]): number {
  let rest = index;
  let place = 0;
  const steps = sides.map((_, axis) => sides.slice(0, axis).reduce((product, side) => product * side, 1));
  for (let axis = sides.length - 1; axis >= 0; axis -= 1) {
    const side = sides[axis] ?? 1;
    place += (rest % side) * (steps[axis] ?? 1);
    rest = Math.floor(rest / side);
  }
  return place;
}

async function readHeader(source: ByteSource): Promise<Header> {
  const start = await source.read(0, 12);
  if (!looksLikeNpy(start))
    throw new PoseFileError('HF_POSE_DAMAGED', `${source.name} does not begin like a .npy file.`, {
      file: source.name,
    });
  const wide = (start[6] ?? 1) > 1;
  const length = wide ? start.readUInt32LE(8) : start.readUInt16LE(8);
  const at = wide ? 12 : 10;
  if (length > 65536)
    throw new PoseFileError(
      'HF_POSE_DAMAGED',
      `${source.name} says that its .npy header has ${length} bytes; 65536 is the most.`,
      { file: source.name },
    );
  const text = (await source.read(at, length)).toString('latin1');
  const descr = /'descr':\s*'([^']+)'/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (descr === undefined || shape === undefined) {
    const objects = text.includes("'|O'") || text.includes('[(');
    throw new PoseFileError(
      'HF_POSE_POINTS',
      objects
        ? `${source.name} holds Python objects or records, not plain numbers; save it again as one float32 array.`
        : `${source.name} has no sound .npy header at byte ${at}.`,
      { file: source.name },
    );
  }
  const sides = shape
    .split(',')
    .filter((side) => side.trim() !== '')
    .map(Number);
  return { descr, scattered: /'fortran_order':\s*True/.test(text), shape: sides, length: at + length };
}
