import { HAND_EDGES } from '../draw-skeleton.js';

/** A component as the header of a `.pose` file has it. */
export interface ComponentDefinition {
  readonly name: string;
  readonly points: readonly string[];
  /** Pairs of places of points. */
  readonly limbs: readonly (readonly [number, number])[];
  readonly colour: readonly [number, number, number];
}

const BODY_POINTS = [
  'nose',
  'left_eye',
  'right_eye',
  'left_ear',
  'right_ear',
  'left_shoulder',
  'right_shoulder',
  'left_elbow',
  'right_elbow',
  'left_wrist',
  'right_wrist',
  'left_hip',
  'right_hip',
  'left_knee',
  'right_knee',
  'left_ankle',
  'right_ankle',
  'left_big_toe',
  'left_small_toe',
  'left_heel',
  'right_big_toe',
  'right_small_toe',
  'right_heel',
];
const BODY_LIMBS: readonly (readonly [number, number])[] = [
  [15, 13],
  [13, 11],
  [16, 14],
  [14, 12],
  [11, 12],
  [5, 11],
  [6, 12],
  [5, 6],
  [5, 7],
  [6, 8],
  [7, 9],
  [8, 10],
  [1, 2],
  [0, 1],
  [0, 2],
  [1, 3],
  [2, 4],
  [3, 5],
  [4, 6],
  [15, 17],
  [15, 18],
  [15, 19],
  [16, 20],
  [16, 21],
  [16, 22],
];

/** First and last point of each open line of the 68: jaw, brows, bridge, nostrils, eyes, lips. */
const FACE_LINES: readonly (readonly [number, number])[] = [
  [0, 16],
  [17, 21],
  [22, 26],
  [27, 30],
  [31, 35],
  [36, 41],
  [42, 47],
  [48, 67],
];
const FACE_LIMBS = FACE_LINES.flatMap(([first, last]) =>
  Array.from({ length: last - first }, (_, index): readonly [number, number] => [
    first + index,
    first + index + 1,
  ]),
);
const HAND_POINTS = Array.from({ length: 21 }, (_, index) => `hand_${index}`);

/** The components of COCO-WholeBody's 133 points, in their order, with names and limbs as the Python package pose-format has them. */
export const COCO_COMPONENTS: readonly ComponentDefinition[] = [
  { name: 'BODY', points: BODY_POINTS, limbs: BODY_LIMBS, colour: [0, 255, 0] },
  {
    name: 'FACE',
    points: Array.from({ length: 68 }, (_, index) => `face-${index}`),
    limbs: FACE_LIMBS,
    colour: [255, 255, 255],
  },
  { name: 'LEFT_HAND', points: HAND_POINTS, limbs: HAND_EDGES, colour: [0, 255, 0] },
  { name: 'RIGHT_HAND', points: HAND_POINTS, limbs: HAND_EDGES, colour: [255, 128, 0] },
];
