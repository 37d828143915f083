import { completeFrames } from './complete/complete-frames.js';
import { defined } from './defined.js';
import { EmptyFrames } from './empty-frames.js';
import { EvenSample } from './even-sample.js';
import { FaceMean, type MeanFace } from './face-mean.js';
import { given } from './given.js';
import { confidenceOf, middle } from './person.js';
import { PARTS, type PoseClip, type PoseFrame } from './pose-frame.js';
import { type Anatomy, measureAnatomy } from './repair/anatomy.js';
import { type RepairOptions, repairClip } from './repair/repair-clip.js';
import { type Repair, RepairTally } from './repairs.js';
import { medianStanding, type Standing, standingOf } from './standing.js';

/** What is done to frames before they are drawn, but for their place in the picture. */
export interface CleanOptions {
  /** Longest gap, in frames, that is filled by interpolation. 0 fills none. */
  readonly maxGap?: number;
  /** Points below this confidence count as missing. */
  readonly minConfidence?: number;
  /** What is repaired on the way; what changes fps or shape belongs before, in `repairClip`. */
  readonly repair?: Omit<RepairOptions, 'fps' | 'aspect' | 'maxGap'>;
  /** Complete what a person must have and the file lacks (`completeFrames`). Default yes. */
  readonly complete?: boolean;
}

export const CLEAN_DEFAULTS = { maxGap: 8, minConfidence: 0.05, complete: true } as const;

/** Edges in pixels of the file's picture. */
export interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What a pass over a clip's keypoints says of it: plain values, which may be kept as JSON. */
export interface ClipStatistics {
  readonly frames: number;
  readonly anatomy: Anatomy;
  /** Medians over the clip; undefined where no frame has shoulders. */
  readonly shoulders?: Standing;
  /** What the head and hands that do not hang at rest reach in any frame: the space of signing. Undefined without both. */
  readonly space?: Edges;
  /** The same with shoulders and elbows. */
  readonly seen?: Edges;
  /** The mean face; undefined where no frame has a whole one. */
  readonly face?: MeanFace;
  /** Frames in which nobody is there after all repairs, and which they are, for a sentence; undefined where there are none. */
  readonly empty?: { readonly frames: number; readonly list: string };
  /** What was repaired and completed, and how often. */
  readonly repairs: readonly Repair[];
}

/** Confidence from which a point counts as seen: completed ones have less. */
const SEEN = 0.3;
/** Radius of the head's disc in widths of the shoulders: no keypoint stands for its top. */
const HEAD_RADIUS = 0.45;
/** The waist under the shoulders, in their widths. */
const WAIST = 1.3;

/**
 * Goes through a clip before it is drawn, twice and without memory for it: measures the signer, then finds where shoulders, head and
 * hands are and what must be repaired. The same for the whole clip whatever range of it is drawn.
 */
export async function clipStatistics(clip: PoseClip, options: CleanOptions = {}): Promise<ClipStatistics> {
  const anatomy = await clipAnatomy(clip, options);
  const tally = new RepairTally();
  const standing = new EvenSample<Standing>();
  const space = new Reach();
  const seen = new Reach();
  const face = new FaceMean();
  const empty = new EmptyFrames();
  let frames = 0;
  for await (const { keypoints } of repairedFrames(clip, options, anatomy, tally)) {
    empty.add(frames, keypoints);
    frames += 1;
    const stands = standingOf(keypoints);
    standing.add(() => stands);
    face.add(keypoints);
    addHead(space, keypoints, stands, anatomy);
    addHead(seen, keypoints, stands, anatomy);
    for (const { start, length } of [PARTS.leftHand, PARTS.rightHand]) {
      const signs = isRaised(keypoints, start, stands);
      for (let index = start; index < start + length; index += 1) {
        if (signs) space.add(keypoints, index);
        seen.add(keypoints, index);
      }
    }
    for (const index of [5, 6, 7, 8]) seen.add(keypoints, index);
  }
  return {
    frames,
    anatomy,
    ...given('shoulders', medianStanding(standing.values)),
    ...given('space', space.edges()),
    ...given('seen', seen.edges()),
    ...given('face', face.mean),
    ...given('empty', empty.count > 0 ? { frames: empty.count, list: empty.list() } : undefined),
    repairs: tally.list(),
  };
}

/** Of a clip in which nothing is judged by measures. */
export const NO_ANATOMY: Anatomy = {
  shoulders: 0,
  hand: { left: 0, right: 0 },
  forearm: 0,
  apart: { left: 0, right: 0 },
  mirrored: { left: 0, right: 0 },
  depthSound: false,
};

/** What is known of a clip that comes live: nothing, so its frames are repaired by themselves alone. */
export const LIVE_STATISTICS: ClipStatistics = { frames: 0, anatomy: NO_ANATOMY, repairs: [] };

/** The signer's measures, from the frames before they are repaired. */
export function clipAnatomy(clip: PoseClip, options: CleanOptions = {}): Promise<Anatomy> {
  const { minConfidence, repair } = { ...CLEAN_DEFAULTS, ...defined(options) };
  const plain = repairClip(clearOf(clip, minConfidence), { mirror: repair?.mirror, ...NOTHING_ELSE });
  return measureAnatomy(plain.frames());
}

const NOTHING_ELSE = { swaps: true, anatomy: false, wrist: 'none', bones: false } as const;

/** Frames without faint points, repaired, with short gaps filled and what is missing completed, in pixels of the file's picture. */
export function repairedFrames(
  clip: PoseClip,
  options: CleanOptions,
  anatomy: Anatomy,
  tally?: RepairTally,
): AsyncIterable<PoseFrame> {
  const { maxGap, minConfidence, complete, repair } = { ...CLEAN_DEFAULTS, ...defined(options) };
  const repaired = repairClip(clearOf(clip, minConfidence), { ...repair, maxGap }, { anatomy, tally });
  const frames = repaired.frames();
  return complete ? completeFrames(frames, repaired.info.fps, anatomy, { tally, live: clip.live }) : frames;
}

function clearOf(clip: PoseClip, minConfidence: number): PoseClip {
  return { ...clip, frames: () => dropFaint(clip.frames(), minConfidence) };
}

/** Whether any point of a frame counts as seen. */
export function showsSomebody({ keypoints }: PoseFrame, options: CleanOptions = {}): boolean {
  const { minConfidence } = { ...CLEAN_DEFAULTS, ...defined(options) };
  for (let at = 2; at < keypoints.length; at += 3) {
    const confidence = keypoints[at] ?? 0;
    if (confidence > 0 && confidence >= minConfidence) return true;
  }
  return false;
}

/** Points below `minConfidence` become missing. */
export async function* dropFaint(
  frames: AsyncIterable<PoseFrame>,
  minConfidence: number,
): AsyncGenerator<PoseFrame> {
  for await (const frame of frames) {
    const keypoints = frame.keypoints.slice();
    for (let index = 0; index < keypoints.length; index += 3) {
      if ((keypoints[index + 2] ?? 0) < minConfidence) keypoints.fill(0, index, index + 3);
    }
    yield { ...frame, keypoints };
  }
}

/** Grows round what is added to it. */
class Reach {
  private readonly box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };

  add(keypoints: Float32Array, index: number): void {
    if (confidenceOf(keypoints, index) < SEEN) return;
    this.addDisc(keypoints[index * 3] ?? 0, keypoints[index * 3 + 1] ?? 0, 0);
  }

  addDisc(x: number, y: number, radius: number): void {
    const { box } = this;
    box.left = Math.min(box.left, x - radius);
    box.right = Math.max(box.right, x + radius);
    box.top = Math.min(box.top, y - radius);
    box.bottom = Math.max(box.bottom, y + radius);
  }

  edges(): Edges | undefined {
    return this.box.left === Infinity ? undefined : { ...this.box };
  }
}

/** Whether a hand signs rather than hangs: its wrist is not below the waist. */
function isRaised(keypoints: Float32Array, wrist: number, stands: Standing | undefined): boolean {
  return !stands || (keypoints[wrist * 3 + 1] ?? 0) < stands.y + WAIST * stands.width;
}

function addHead(
  reach: Reach,
  keypoints: Float32Array,
  stands: Standing | undefined,
  { shoulders }: Anatomy,
): void {
  const head = middle(keypoints, [0, 1, 2, 3, 4]);
  if (head) reach.addDisc(head.x, head.y, Math.max(stands?.width ?? 0, shoulders) * HEAD_RADIUS);
}
