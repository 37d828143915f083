import { PoseFileError } from '../../../errors.js';
import { shown } from '../../byte-source.js';
import { BODY_FROM_POSE, FACE_FROM_MESH } from '../../point-maps.js';
import type { HolisticLandmarks } from '../holistic-points.js';
import { faceFirst543 } from '../holistic-rows.js';

/** Reads columns of a parquet file; `take` gets each piece with the row it begins at. */
export type ReadColumns = (
  columns: readonly string[],
  rows: { start: number; end: number },
  take: (column: string, values: ArrayLike<unknown>, firstRow: number) => void,
) => Promise<void>;

/** Frames in order, each `Float32Array` [543 * 3], x, y, z of face, left hand, pose, right hand; NaN = missing; undefined = no rows at all. */
export type LandmarkRows = readonly (Float32Array | undefined)[];

const POINTS = 543;
const MOST_FRAMES = 200_000;
/** The sets' names of the models, and the part of a row each fills. */
const MODELS: Readonly<Record<string, keyof HolisticLandmarks>> = {
  face: 'face',
  left_hand: 'leftHand',
  pose: 'pose',
  right_hand: 'rightHand',
};
const AXES = ['x', 'y', 'z'] as const;

function emptyRow(): Float32Array {
  return new Float32Array(POINTS * 3).fill(Number.NaN);
}

function numberIn(values: ArrayLike<unknown>, index: number): number {
  const value = values[index];
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : Number.NaN;
}

/** asl-signs: a row a landmark, with `frame`, `type` and `landmark_index`. Frame numbers without rows become empty frames. */
export async function readLong(name: string, read: ReadColumns, count: number): Promise<LandmarkRows> {
  const frames = new Int32Array(count);
  const places = new Int32Array(count).fill(-1);
  const starts = Object.entries(MODELS).map(
    ([type, model]) => [type, (faceFirst543(3).place(model, 0) ?? 0) / 3] as const,
  );
  const startOf = new Map<unknown, number>(starts);
  await read(['frame'], { start: 0, end: count }, (_, values, first) => {
    for (let index = 0; index < values.length; index += 1) frames[first + index] = numberIn(values, index);
  });
  await read(['type', 'landmark_index'], { start: 0, end: count }, (column, values, first) => {
    for (let index = 0; index < values.length; index += 1) {
      const row = first + index;
      if (row >= count) break;
      if (column === 'type') places[row] = startOf.get(values[index]) ?? -1;
      else if ((places[row] ?? -1) >= 0) places[row] = (places[row] ?? 0) + numberIn(values, index);
    }
  });
  const range = rangeOf(frames);
  if (range.length > MOST_FRAMES) {
    throw new PoseFileError(
      'HF_POSE_TOO_LARGE',
      `${name} has frames from ${range.first} on, ${range.length} of them; ${MOST_FRAMES} is the most.`,
      { file: name },
    );
  }
  // Only frames with rows take memory: a few numbers far apart are few bytes of file.
  const rows: (Float32Array | undefined)[] = new Array(range.length).fill(undefined);
  for (const frame of frames) rows[frame - range.first] ??= emptyRow();
  await read(AXES, { start: 0, end: count }, (column, values, first) => {
    const axis = column === 'x' ? 0 : column === 'y' ? 1 : 2;
    for (let index = 0; index < values.length && first + index < count; index += 1) {
      const place = places[first + index] ?? -1;
      const row = rows[(frames[first + index] ?? 0) - range.first];
      if (row && place >= 0 && place < POINTS) row[place * 3 + axis] = numberIn(values, index);
    }
  });
  return rows;
}

function rangeOf(numbers: Int32Array): { first: number; length: number } {
  let first = Infinity;
  let last = -Infinity;
  for (const number of numbers) {
    if (number < first) first = number;
    if (number > last) last = number;
  }
  return first === Infinity ? { first: 0, length: 0 } : { first, length: last - first + 1 };
}

/** The landmarks that the 133 are made of, with the irises left out, as columns of the wide layout without their axis. */
function neededColumns(): Map<string, number> {
  const layout = faceFirst543(3);
  const wanted: Record<keyof HolisticLandmarks, readonly number[]> = {
    face: [...new Set(FACE_FROM_MESH)],
    leftHand: Array.from({ length: 21 }, (_, index) => index),
    pose: [...new Set(BODY_FROM_POSE)],
    rightHand: Array.from({ length: 21 }, (_, index) => index),
  };
  const columns = new Map<string, number>();
  for (const [type, model] of Object.entries(MODELS)) {
    for (const index of wanted[model]) {
      const place = layout.place(model, index);
      if (place !== undefined) columns.set(`${type}_${index}`, place / 3);
    }
  }
  return columns;
}

/** asl-fingerspelling: a row a frame, of many sequences; one is read, and of it only the columns the 133 need. */
export async function readWide(
  name: string,
  read: ReadColumns,
  count: number,
  columns: readonly string[],
  sequence: string | undefined,
): Promise<LandmarkRows> {
  const { rows, start, end } = await chooseRows(name, read, count, columns, sequence);
  if (rows.length > MOST_FRAMES)
    throw new PoseFileError(
      'HF_POSE_TOO_LARGE',
      `${name} has ${rows.length} frames in a sequence; ${MOST_FRAMES} is the most.`,
      { file: name },
    );
  const frames = new Map(rows.map((row) => [row, emptyRow()]));
  const order = new Map<number, number>();
  if (columns.includes('frame')) {
    await read(['frame'], { start, end }, (_, values, first) => {
      for (let index = 0; index < values.length; index += 1)
        order.set(first + index, numberIn(values, index));
    });
  }
  const known = new Set(columns);
  for (const [column, place] of neededColumns()) {
    for (const [axis, letter] of AXES.entries()) {
      if (!known.has(`${letter}_${column}`)) continue;
      await read([`${letter}_${column}`], { start, end }, (_, values, first) => {
        for (let index = 0; index < values.length; index += 1) {
          const frame = frames.get(first + index);
          if (frame) frame[place * 3 + axis] = numberIn(values, index);
        }
      });
    }
  }
  const sorted = [...frames].sort(([a], [b]) => (order.get(a) ?? a) - (order.get(b) ?? b));
  return sorted.map(([, frame]) => frame);
}

/** The rows of the chosen sequence, or of the only one. */
async function chooseRows(
  name: string,
  read: ReadColumns,
  count: number,
  columns: readonly string[],
  sequence: string | undefined,
): Promise<{ rows: number[]; start: number; end: number }> {
  if (!columns.includes('sequence_id')) {
    return {
      rows: Array.from({ length: Math.min(count, MOST_FRAMES + 1) }, (_, row) => row),
      start: 0,
      end: count,
    };
  }
  const bySequence = new Map<string, number[]>();
  await read(['sequence_id'], { start: 0, end: count }, (_, values, first) => {
    for (let index = 0; index < values.length && first + index < count; index += 1) {
      const id = String(values[index]);
      const rows = bySequence.get(id);
      if (rows) rows.push(first + index);
      else bySequence.set(id, [first + index]);
    }
  });
  const ids = [...bySequence.keys()];
  if (sequence === undefined && ids.length > 1) {
    throw new PoseFileError(
      'HF_POSE_SEQUENCE',
      `${name} holds ${ids.length} sequences; choose one with \`sequence\` ${shown(ids.slice(0, 3).join(' or '))}.`,
      { file: name, field: 'sequence' },
    );
  }
  const rows = bySequence.get(sequence ?? ids[0] ?? '');
  if (!rows) {
    throw new PoseFileError(
      'HF_POSE_SEQUENCE',
      `${name} has no sequence ${sequence ?? ''}; it holds ${shown(ids.slice(0, 3).join(', '))}${ids.length > 3 ? ' and others' : ''}.`,
      { file: name, field: 'sequence' },
    );
  }
  const start = rows[0] ?? 0;
  return { rows, start, end: (rows.at(-1) ?? start) + 1 };
}
