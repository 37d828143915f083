import { EvenSample, quantile } from '../even-sample.js';
import { confidenceOf, distanceOf, middle } from '../person.js';
import { handPoint, PARTS, type PoseFrame } from '../pose-frame.js';
import {
  type Bend,
  bendOf,
  FAR_HAND,
  handLength,
  SIDES,
  type Sides,
  turnOfBend,
  turnOfHand,
  WRONG_TURN,
  wristGap,
} from './hand-measures.js';

/** The trunk's length against the shoulders' width of someone who faces the camera, at the least. */
const TRUNK = 0.62;
/** Widths of the head against that of the shoulders: ears, jaw, eyes. */
const HEAD_SPANS = [
  { from: 3, to: 4, share: 0.42 },
  { from: PARTS.face.start + 1, to: PARTS.face.start + 15, share: 0.45 },
  { from: 1, to: 2, share: 0.19 },
] as const;
/** Shares are reported of hands that can be judged in at least this many frames. */
const ENOUGH = 3;

/** What a clip's own frames say of its signer. */
export interface Anatomy {
  /** Median width of the shoulders, or what trunk and head say of it, pixels; 0 where nothing tells. */
  readonly shoulders: number;
  /** Median length of each hand (`handLength`), pixels; 0 = never seen. */
  readonly hand: Sides<number>;
  /** Length of the forearms when they lie across the view, pixels; 0 = never seen. */
  readonly forearm: number;
  /** Share of the frames in which a hand lies far from a sure wrist of the body. */
  readonly apart: Sides<number>;
  /** Share of the frames that tell, by a hand's depth or else by its forearm, in which it is mirrored. */
  readonly mirrored: Sides<number>;
  /** Whether depth counts as PoseFrame says: the nose nearer than the ears. */
  readonly depthSound: boolean;
}

interface Measures {
  readonly scale: number | undefined;
  readonly hand: Sides<number>;
  readonly forearms: readonly number[];
  readonly gap: Sides<number | undefined>;
  readonly turn: Sides<number | undefined>;
  readonly nose: number;
  /** What a hand's forearm may say, once the signer's lengths are known. */
  readonly bend: Sides<Bend | undefined>;
}

/** Goes through the frames once and measures the signer. Memory does not grow with the clip. */
export async function measureAnatomy(frames: AsyncIterable<PoseFrame>): Promise<Anatomy> {
  const sample = new EvenSample<Measures>();
  for await (const frame of frames) sample.add(() => measure(frame));
  const all = sample.values;
  const shoulders = median(all.flatMap(({ scale }) => scale ?? []));
  const sided = <T>(of: (side: 'left' | 'right') => T): Sides<T> => ({
    left: of('left'),
    right: of('right'),
  });
  const hand = sided((side) => median(all.flatMap((one) => (one.hand[side] > 0 ? one.hand[side] : []))));
  const forearm =
    quantile(
      all.flatMap(({ forearms }) => forearms),
      0.95,
    ) ?? 0;
  const noses = all.flatMap(({ nose }) => (Number.isNaN(nose) ? [] : nose));
  const depthSound = noses.length > 0 && median(noses) < 0;
  return {
    shoulders,
    hand,
    forearm,
    apart: sided((side) =>
      share(
        all.flatMap(({ gap }) => gap[side] ?? []),
        (gap) => gap > FAR_HAND * shoulders,
      ),
    ),
    mirrored: sided((side) => {
      const byDepth = all.flatMap(({ turn }) =>
        depthSound && Math.abs(turn[side] ?? 0) > WRONG_TURN ? (turn[side] ?? 0) : [],
      );
      const byForearm = all.flatMap((one) => turnOfBend(one.bend[side], { forearm, hand: hand[side] }) ?? []);
      return share(byDepth.length < ENOUGH ? byForearm : byDepth, (turn) => turn < 0);
    }),
    depthSound,
  };
}

function measure({ keypoints, depth }: PoseFrame): Measures {
  const sided = <T>(of: (side: 'left' | 'right') => T): Sides<T> => ({
    left: of('left'),
    right: of('right'),
  });
  return {
    scale: bodyWidth(keypoints),
    hand: sided((side) => handLength(keypoints, side)),
    forearms: SIDES.flatMap((side) => {
      const [elbow, wrist] = side === 'left' ? [7, 9] : [8, 10];
      if (confidenceOf(keypoints, wrist) < 0.5 || confidenceOf(keypoints, elbow) < 0.3) return [];
      return distanceOf(keypoints, elbow, wrist) ?? [];
    }),
    gap: sided((side) =>
      confidenceOf(keypoints, handPoint(side, 0)) > 0 ? wristGap(keypoints, side) : undefined,
    ),
    turn: sided((side) => turnOfHand(keypoints, depth, side)),
    nose: depth
      ? (depth[0] ?? Number.NaN) - ((depth[3] ?? Number.NaN) + (depth[4] ?? Number.NaN)) / 2
      : Number.NaN,
    bend: sided((side) => bendOf(keypoints, side)),
  };
}

/** Width of the shoulders as the frame shows them, or what the trunk says of it when they are turned, or the head; undefined without all. */
function bodyWidth(keypoints: Float32Array): number | undefined {
  const shoulders = distanceOf(keypoints, 5, 6);
  if (shoulders !== undefined) return Math.max(shoulders, TRUNK * trunkLength(keypoints));
  for (const { from, to, share: part } of HEAD_SPANS) {
    const span = distanceOf(keypoints, from, to);
    if (span !== undefined && span > 0) return span / part;
  }
  return undefined;
}

/** From the middle of the shoulders to that of the hips, pixels; 0 where one of the four is missing or guessed. */
function trunkLength(keypoints: Float32Array): number {
  if ([5, 6, 11, 12].some((index) => confidenceOf(keypoints, index) < 0.3)) return 0;
  const [top, bottom] = [middle(keypoints, [5, 6]), middle(keypoints, [11, 12])];
  return top && bottom ? Math.hypot(top.x - bottom.x, top.y - bottom.y) : 0;
}

/** Pixels that the width of the signer's shoulders takes in a frame, turned or not; 0 where nothing tells. */
export function frameScale(keypoints: Float32Array, { shoulders }: Pick<Anatomy, 'shoulders'>): number {
  return Math.max(bodyWidth(keypoints) ?? shoulders, 0.6 * shoulders);
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5) ?? 0;
}

/** Share of the values that hold, 0 where they are too few. */
function share(values: readonly number[], holds: (value: number) => boolean): number {
  return values.length < ENOUGH ? 0 : values.filter(holds).length / values.length;
}
