import type { Picture } from '../picture.js';
import { BODY_SIZE, type BodyLandmarks, findBody, nextBodyRegion, readBody } from './body.js';
import { BodyFilter } from './calm.js';
import { readFace } from './face.js';
import { LEFT_HAND, RIGHT_HAND, readHand } from './hand.js';
import type { Models } from './models.js';
import { personMask } from './person-mask.js';
import { type Points, pointAt, type Region } from './region.js';

/** What MediaPipe Holistic sees of one person, all in pixels of the picture; what it does not see is absent. */
export interface HolisticLandmarks {
  readonly body?: {
    /** `Float32Array`, `[33, 3]`: x, y, z. */
    readonly points: Points;
    /** `Float32Array` [33], 0..1. */
    readonly visibility: Float32Array;
  };
  /** `Float32Array`, `[468, 3]`: x, y, z. */
  readonly face?: Points;
  /** The signer's left, `Float32Array`, `[21, 3]`: x, y, z. */
  readonly leftHand?: Points;
  readonly rightHand?: Points;
  /** Where asked for: chance that a pixel shows the person, `Float32Array` [height * width], 0..1. */
  readonly mask?: Float32Array;
  /** How many people the picture shows; absent where the person was followed from the frame before. */
  readonly people?: number;
}

/** What is carried from one frame of a video to the next. */
export interface ClipMemory {
  readonly filter: BodyFilter | undefined;
  readonly fps: number;
  readonly smooth: boolean;
  readonly region?: Region;
  readonly seen?: HolisticLandmarks;
}

export function startClip(fps: number, smooth: boolean): ClipMemory {
  return { fps, smooth, filter: new BodyFilter(fps) };
}

/** Finds one person in one picture (MediaPipe: HolisticLandmarkCpu). With `memory`, as the next frame of a video. */
export async function findPerson(
  models: Models,
  picture: Picture,
  { mask = false, memory }: { mask?: boolean; memory?: ClipMemory } = {},
): Promise<{ landmarks: HolisticLandmarks; memory: ClipMemory | undefined }> {
  const finding = memory?.region ? undefined : await findBody(models, picture);
  const region = memory?.region ?? finding?.region;
  const raw = region && (await readBody(models, picture, region));
  if (!region || !raw) return { landmarks: {}, memory: memory && startClip(memory.fps, memory.smooth) };
  const calm = memory?.filter?.next(raw, bodySize(raw));
  const body = memory?.smooth && calm ? calm : raw;
  const before = memory?.seen;
  const landmarks: HolisticLandmarks = {
    body: { points: body.points, visibility: body.visibility },
    leftHand: await readHand(models, picture, body, LEFT_HAND, before?.leftHand),
    rightHand: await readHand(models, picture, body, RIGHT_HAND, before?.rightHand),
    face: await readFace(models, picture, body.points, before?.face),
    ...(mask ? { mask: personMask(raw.mask, BODY_SIZE, region, picture) } : {}),
    ...(finding ? { people: finding.people } : {}),
  };
  const next = memory && { ...memory, region: nextBodyRegion((calm ?? raw).helpers), seen: landmarks };
  return { landmarks, memory: next };
}

/** Side in pixels of the square that the helping points span. */
function bodySize({ helpers }: BodyLandmarks): number {
  const [middle, reach] = [pointAt(helpers, 0), pointAt(helpers, 1)];
  return 2 * Math.hypot(reach.x - middle.x, reach.y - middle.y);
}
