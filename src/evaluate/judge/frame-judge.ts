import { basename, join } from 'node:path';
import type { Detector } from '../../detect/index.js';
import type { Picture } from '../../picture.js';
import { handBox, mostlyShown } from '../../stages/hand-boxes.js';
import type { DrawnHand } from '../../stages/index.js';
import type { ItemSource } from '../source/item-source.js';
import { cropPicture } from './crop-picture.js';
import type { FeatureReader } from './features/feature-reader.js';
import { blanked, likeness, seamOf, skinDifference } from './frame-values.js';
import { cropMaskIous } from './hand-masks.js';
import { poseScores } from './pose-scores.js';
import { personArea, SIDES } from './regions.js';
import { type FrameScores, finite } from './scores.js';
import { writePicture } from './write-picture.js';

/** What judges pictures, opened once. */
export interface JudgeParts {
  readonly detector: Detector;
  /** Networks that the user named. */
  readonly features: FeatureReader;
  /** Folder for the pictures of the report. */
  readonly pictures: string;
}

/** A picture to be judged, and what is known of how it was made. */
export interface JudgedPicture {
  /** Frame of the item. */
  readonly at: number;
  readonly picture: Picture;
  /** File to keep it in. */
  readonly name: string;
  readonly caption: string;
  /** Is the reference itself: it is not compared with itself. */
  readonly isReference: boolean;
  /** Rim round which a seam may show, [size * size]. */
  readonly seam?: ArrayLike<number>;
  /** Of the hand stage. */
  readonly hands?: readonly DrawnHand[];
}

/** Everything that one picture gives. Rejects with what detector and networks reject with. */
export async function judgeFrame(
  parts: JudgeParts,
  source: ItemSource,
  judged: JudgedPicture,
): Promise<FrameScores> {
  const { at, picture, name, isReference, seam, hands = [] } = judged;
  const { size } = source;
  const asked = source.asked[at] ?? new Float32Array(0);
  const known = source.known[at] ?? {};
  const reference = isReference ? undefined : source.references?.[at];
  const detected = parts.detector.detect(picture, { mask: parts.features.inception192 !== undefined });
  const kept = writePicture(join(parts.pictures, name), picture);
  const values: Record<string, number | undefined> = {
    skin: skinDifference(picture, asked, known),
    seam: seam && seamOf(picture, seam),
    ...(reference ? likeness(reference, picture, source.frame, known) : {}),
  };
  const { frame, landmarks } = await detected;
  const found = frame.keypoints;
  await kept;
  values.clipsim = await parts.features.similarity?.(picture, judged.caption);
  return {
    picture: basename(name),
    found: Array.from(found),
    pose: poseScores(asked, found, personArea(asked, known), size),
    values: Object.fromEntries(
      Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, finite(value)]])),
    ),
    maskIous: cropMaskIous(hands, known, size),
    features: await readFeatures(parts.features, picture, landmarks.mask, asked),
  };
}

/** Features of the picture, of the person (as the detector finds it) before grey, and of squares round the hands asked for. */
async function readFeatures(
  { inception192, inception768 }: FeatureReader,
  picture: Picture,
  chances: Float32Array | undefined,
  asked: Float32Array,
): Promise<FrameScores['features']> {
  const person = chances && Uint8Array.from(chances, (chance) => (chance >= 0.5 ? 1 : 0));
  const hands: number[][] = [];
  if (inception768)
    for (const part of handPictures(picture, asked)) hands.push([...(await inception768(part))]);
  return {
    ...(inception192 ? { whole: [...(await inception192(picture))] } : {}),
    ...(inception192 && person ? { person: [...(await inception192(blanked(picture, person)))] } : {}),
    ...(inception768 ? { hands } : {}),
  };
}

/** Side of a hand's picture, in longer sides of its box. */
const MARGIN = 1.5;
/** A hand of fewer pixels a side is no picture. */
const SMALLEST = 16;

function handPictures(picture: Picture, asked: Float32Array): Picture[] {
  return SIDES.flatMap((side) => {
    const box = handBox({ index: 0, time: 0, keypoints: asked }, side, picture.width);
    if (!box || !mostlyShown(box, picture.width)) return [];
    const reach = (Math.max(box.right - box.left, box.bottom - box.top) * MARGIN) / 2;
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const part = cropPicture(picture, {
      left: x - reach,
      top: y - reach,
      width: 2 * reach,
      height: 2 * reach,
    });
    return Math.min(part.width, part.height) >= SMALLEST ? [part] : [];
  });
}
