import { EmptyFrames } from './empty-frames.js';
import { anyKnown, confidenceOf } from './person.js';
import { PARTS, type PartName, type PoseFrame } from './pose-frame.js';

/** The parts, in the order in which they are listed. */
export const PART_NAMES: readonly PartName[] = ['body', 'feet', 'face', 'leftHand', 'rightHand'];

/** Sums over the frames that are counted. */
export interface PartCount {
  seen: number;
  /** Known points in the frames in which the part is there. */
  whole: number;
  gap: number;
  longestGap: number;
  confidence: number;
  points: number;
}

/** Counts over a clip, frame by frame. */
export class PoseCounter {
  frames = 0;
  /** Most people seen in a frame, and frames that show several. */
  people = 0;
  crowded = 0;
  depth = false;
  repeated = 0;
  readonly empty = new EmptyFrames();
  readonly box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  readonly parts: Readonly<Record<PartName, PartCount>> = {
    body: emptyCount(),
    feet: emptyCount(),
    face: emptyCount(),
    leftHand: emptyCount(),
    rightHand: emptyCount(),
  };
  private before: Float32Array | undefined;

  add({ keypoints, depth, people }: PoseFrame): void {
    this.frames += 1;
    this.people = Math.max(this.people, people ?? (anyKnown(keypoints) ? 1 : 0));
    if (people !== undefined) this.crowded += 1;
    this.depth ||= depth !== undefined;
    for (const name of PART_NAMES) this.addPart(name, keypoints);
    const someone = anyKnown(keypoints);
    this.empty.add(this.frames - 1, keypoints);
    if (someone && this.before?.every((value, index) => value === keypoints[index])) this.repeated += 1;
    this.before = keypoints;
  }

  private addPart(name: PartName, keypoints: Float32Array): void {
    const { start, length } = PARTS[name];
    const count = this.parts[name];
    let known = 0;
    for (let index = start; index < start + length; index += 1) {
      const confidence = confidenceOf(keypoints, index);
      if (confidence <= 0) continue;
      count.confidence += confidence;
      count.points += 1;
      known += 1;
      if (confidence >= 0.5 && name !== 'feet')
        this.widen(keypoints[index * 3] ?? 0, keypoints[index * 3 + 1] ?? 0);
    }
    if (!isThere(name, keypoints, known)) {
      count.gap += 1;
      return;
    }
    if (count.seen > 0) count.longestGap = Math.max(count.longestGap, count.gap);
    count.seen += 1;
    count.whole += known;
    count.gap = 0;
  }

  private widen(x: number, y: number): void {
    this.box.left = Math.min(this.box.left, x);
    this.box.right = Math.max(this.box.right, x);
    this.box.top = Math.min(this.box.top, y);
    this.box.bottom = Math.max(this.box.bottom, y);
  }
}

/**
 * Whether a part is there, with `known` of its points: the body where both shoulders are, on which all that is drawn hangs (reduced arrays
 * have little more), the face from a quarter of its points on, other parts from half of them.
 */
function isThere(name: PartName, keypoints: Float32Array, known: number): boolean {
  if (name === 'body') return confidenceOf(keypoints, 5) > 0 && confidenceOf(keypoints, 6) > 0;
  return known >= PARTS[name].length * (name === 'face' ? 0.25 : 0.5);
}

function emptyCount(): PartCount {
  return { seen: 0, whole: 0, gap: 0, longestGap: 0, confidence: 0, points: 0 };
}
