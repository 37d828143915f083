import type { HolisticLandmarks, Landmark, LandmarkGetter } from './holistic-points.js';

type Model = keyof HolisticLandmarks;

/** Arrays of Holistic landmarks: how many numbers a landmark of each model has, and where they stand in a row. */
export interface RowLayout {
  /** Numbers of a landmark: 2 (x, y), 3 (and z) or 4 (and visibility). */
  numbers(model: Model): number;
  /** Place in the row of the first number of landmark `index` of a model, or undefined where the layout leaves it out. */
  place(model: Model, index: number): number | undefined;
}

/** The paper's reduced pose: shoulders, elbows, hips. */
const REDUCED_POSE = [11, 12, 13, 14, 23, 24];
/** The paper's reduced face mesh: nose, eyes, brows, lips, outline, and the two irises. */
const REDUCED_FACE = [
  0, 4, 13, 14, 17, 33, 37, 39, 46, 52, 55, 61, 64, 81, 82, 93, 133, 151, 152, 159, 172, 178, 181, 263, 269,
  276, 282, 285, 291, 294, 311, 323, 362, 386, 397, 468, 473,
];

/** Layout whose models follow one another whole, each `[model, landmarks, numbers a landmark]`. */
function inOrder(order: readonly (readonly [Model, number, number])[]): RowLayout {
  return {
    numbers: (model) => order.find(([name]) => name === model)?.[2] ?? 0,
    place(model, index) {
      let start = 0;
      for (const [name, length, numbers] of order) {
        if (name === model) return index < length ? start + index * numbers : undefined;
        start += length * numbers;
      }
      return undefined;
    },
  };
}

/** 85 landmarks: 6 of the pose, 37 of the face, left and right hand (format page: YouTube-ASL extracts, 2). */
export function reduced85(numbers: number): RowLayout {
  const landmark = (model: Model, index: number): number | undefined => {
    if (model === 'leftHand') return 43 + index;
    if (model === 'rightHand') return 64 + index;
    const found = (model === 'pose' ? REDUCED_POSE : REDUCED_FACE).indexOf(index);
    return found < 0 ? undefined : found + (model === 'pose' ? 0 : REDUCED_POSE.length);
  };
  return {
    numbers: () => numbers,
    place(model, index) {
      const at = landmark(model, index);
      return at === undefined ? undefined : at * numbers;
    },
  };
}

/** 75 landmarks: pose, left and right hand (layout 3). */
export const withoutFace75 = (numbers: number) =>
  inOrder([
    ['pose', 33, numbers],
    ['leftHand', 21, numbers],
    ['rightHand', 21, numbers],
  ]);

/** 543 landmarks as in the Kaggle sets: face, left hand, pose, right hand (layout 4). */
export const faceFirst543 = (numbers: number) =>
  inOrder([
    ['face', 468, numbers],
    ['leftHand', 21, numbers],
    ['pose', 33, numbers],
    ['rightHand', 21, numbers],
  ]);

/** 543 landmarks with the pose first, as other scripts write them. */
const poseFirst543 = (numbers: number) =>
  inOrder([
    ['pose', 33, numbers],
    ['face', 468, numbers],
    ['leftHand', 21, numbers],
    ['rightHand', 21, numbers],
  ]);

/** 1662 numbers, as tutorials keep Holistic: the pose with visibility, then face and hands without. */
export const withVisibility1662 = inOrder([
  ['pose', 33, 4],
  ['face', 468, 3],
  ['leftHand', 21, 3],
  ['rightHand', 21, 3],
]);

/** The same without the face: 258 numbers. */
export const withVisibility258 = inOrder([
  ['pose', 33, 4],
  ['leftHand', 21, 3],
  ['rightHand', 21, 3],
]);

/**
 * Which of the two orders of 543 a frame is in. The first 33 places hold either the pose, whose elbows and hips lie far from the
 * face, or points of the face itself. Undefined where the frame shows too little to tell.
 */
export function orderOf543(row: Float32Array, numbers: number): RowLayout | undefined {
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  const at = (index: number) => ({
    x: row[index * numbers] ?? Number.NaN,
    y: row[index * numbers + 1] ?? Number.NaN,
  });
  const seen = ({ x, y }: { x: number; y: number }) =>
    Number.isFinite(x) && Number.isFinite(y) && (x !== 0 || y !== 0);
  for (let index = 33; index < 468; index += 1) {
    const point = at(index);
    if (!seen(point)) continue;
    box.left = Math.min(box.left, point.x);
    box.right = Math.max(box.right, point.x);
    box.top = Math.min(box.top, point.y);
    box.bottom = Math.max(box.bottom, point.y);
  }
  const first = Array.from({ length: 33 }, (_, index) => at(index)).filter(seen);
  if (first.length === 0) return box.left === Infinity ? undefined : faceFirst543(numbers);
  if (box.left === Infinity) return poseFirst543(numbers);
  const [wide, tall] = [(box.right - box.left) / 4, (box.bottom - box.top) / 4];
  const outside = first.filter(
    ({ x, y }) => x < box.left - wide || x > box.right + wide || y < box.top - tall || y > box.bottom + tall,
  );
  return outside.length >= 6 ? poseFirst543(numbers) : faceFirst543(numbers);
}

/** The landmarks of a row. A landmark whose numbers are NaN, or all 0, is missing. */
export function rowLandmarks(row: Float32Array, layout: RowLayout): HolisticLandmarks {
  const getter =
    (model: Model): LandmarkGetter =>
    (index) => {
      const place = layout.place(model, index);
      if (place === undefined) return undefined;
      return landmark(row, place, layout.numbers(model), model === 'pose');
    };
  return {
    pose: getter('pose'),
    face: getter('face'),
    leftHand: getter('leftHand'),
    rightHand: getter('rightHand'),
  };
}

/** MediaPipe says visibility of pose landmarks alone; elsewhere the fourth number is 0 or meaningless. */
function landmark(
  row: Float32Array,
  at: number,
  numbers: number,
  hasVisibility: boolean,
): Landmark | undefined {
  const x = row[at] ?? Number.NaN;
  const y = row[at + 1] ?? Number.NaN;
  if (!Number.isFinite(x) || !Number.isFinite(y) || (x === 0 && y === 0)) return undefined;
  const z = numbers > 2 ? row[at + 2] : undefined;
  const visibility = hasVisibility && numbers > 3 ? (row[at + 3] ?? 0) : 1;
  return {
    x,
    y,
    ...(z === undefined ? {} : { z }),
    confidence: Number.isFinite(visibility) ? visibility : 0,
  };
}
