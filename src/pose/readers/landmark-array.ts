import { PoseFileError } from '../../errors.js';
import { anyKnown } from '../person.js';
import { areShares, holisticPerson } from './holistic-points.js';
import {
  orderOf543,
  type RowLayout,
  reduced85,
  rowLandmarks,
  withoutFace75,
  withVisibility258,
  withVisibility1662,
} from './holistic-rows.js';
import { looksLikeNpy, type NpyArray, openNpy } from './npy.js';
import {
  type FileReader,
  type RawClip,
  type RawFrame,
  requirePicture,
  type SourceOptions,
} from './reader.js';

/** Layout of an array's rows: known at once, or by a look at a frame that shows enough. */
type LayoutChoice = (row: Float32Array) => RowLayout | undefined;

/** `.npy` arrays of YouTube-ASL extracts: (T, 85, 3|4), (T, 255), (T, 225), (T, 543, 3|4) (format page: YouTube-ASL extracts). */
export const landmarkArrayReader: FileReader = {
  kind: 'file',
  format: 'landmarks-npy',
  title:
    '.npy of MediaPipe landmarks: (T,85,4), (T,255), (T,225), (T,543,3|4) (YouTube-ASL extracts), (T,1662), (T,258)',
  recognise: (head) => looksLikeNpy(head.bytes) || /\.npy$/i.test(head.name),
  open: async (source, options) => arrayClip(source.name, 'landmarks-npy', await openNpy(source), options),
};

/** A clip from an array of landmarks, in shares of the picture or in pixels. */
export async function arrayClip(
  name: string,
  format: string,
  array: NpyArray,
  options: SourceOptions,
): Promise<RawClip> {
  const choose = layoutChoice(name, array.shape);
  const picture = requirePicture(name, 'an array of landmarks', options);
  const { layout, shares } = await examine(name, array, choose);
  const scale = shares ? { x: picture.width, y: picture.height } : { x: 1, y: 1 };
  async function* frames(): AsyncGenerator<RawFrame> {
    for await (const row of array.rows()) {
      const person = holisticPerson(rowLandmarks(withVisibility(row, layout), layout), scale);
      yield { people: anyKnown(person.keypoints) ? [person] : [] };
    }
  }
  return { format, ...picture, frameCount: array.shape[0] ?? 0, people: 1, tracked: true, frames };
}

/** Where a row's pose has no visibility at all (zeros, as some scripts leave it), every landmark that is there counts as sure. */
function withVisibility(row: Float32Array, layout: RowLayout): Float32Array {
  if (layout.numbers('pose') < 4) return row;
  const places = Array.from({ length: 33 }, (_, index) => layout.place('pose', index)).filter(
    (place) => place !== undefined,
  );
  if (places.some((place) => (row[place + 3] ?? 0) > 0)) return row;
  const copy = row.slice();
  for (const place of places) copy[place + 3] = 1;
  return copy;
}

/** Layouts by the lengths of an array's dimensions after the first; arrays of points also with their numbers in one row. */
const LAYOUTS: readonly { inner: readonly number[]; choose: LayoutChoice }[] = [
  { inner: [1662], choose: () => withVisibility1662 },
  { inner: [258], choose: () => withVisibility258 },
  ...[2, 3, 4].flatMap((numbers) => [
    ...points(85, numbers, () => reduced85(numbers)),
    ...points(75, numbers, () => withoutFace75(numbers)),
    ...points(543, numbers, (row) => orderOf543(row, numbers)),
  ]),
];

function points(
  count: number,
  numbers: number,
  choose: LayoutChoice,
): { inner: number[]; choose: LayoutChoice }[] {
  return [
    { inner: [count, numbers], choose },
    { inner: [count * numbers], choose },
  ];
}

function choiceFor(shape: readonly number[]): LayoutChoice | undefined {
  const inner = shape.slice(1);
  return LAYOUTS.find((layout) => layout.inner.join() === inner.join())?.choose;
}

/** Whether an array of this shape can be frames of landmarks. */
export function isLandmarks(shape: readonly number[]): boolean {
  return choiceFor(shape) !== undefined;
}

function layoutChoice(name: string, shape: readonly number[]): LayoutChoice {
  const choice = choiceFor(shape);
  if (choice) return choice;
  throw new PoseFileError(
    'HF_POSE_POINTS',
    `${name} has shape (${shape.join(', ')}); known are (T, 85, N), (T, 75, N) and (T, 543, N) with N of 2 to 4, the same in one row (255, 225, 1629, 2172), (T, 1662) and (T, 258), T = frames.`,
    { file: name },
  );
}

/** Pulls rows up to the first that shows enough to tell the layout and the unit of its coordinates. */
async function examine(
  name: string,
  array: NpyArray,
  choose: LayoutChoice,
): Promise<{ layout: RowLayout; shares: boolean }> {
  for await (const row of array.rows()) {
    const layout = choose(row);
    if (!layout) continue;
    const flat = coordinates(row, layout);
    if (flat.length > 0) return { layout, shares: areShares(flat) };
  }
  throw new PoseFileError(
    'HF_POSE_NO_PERSON',
    (array.shape[0] ?? 0) === 0
      ? `${name} holds no frames.`
      : `${name} shows no person in any of its frames (${array.shape[0]}).`,
    { file: name },
  );
}

/** x and y of the landmarks of pose and hands that are there. */
function coordinates(row: Float32Array, layout: RowLayout): number[] {
  const found = rowLandmarks(row, layout);
  return [found.pose, found.leftHand, found.rightHand].flatMap((get) =>
    Array.from({ length: 33 }, (_, index) => get?.(index)).flatMap((landmark) =>
      landmark ? [landmark.x, landmark.y] : [],
    ),
  );
}
