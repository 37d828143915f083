import type { Picture } from '../../picture.js';
import { type HandSide, PARTS } from '../../pose/pose-frame.js';
import type { ItemSource } from '../source/item-source.js';
import { colourDrift, frameChange, regionColour } from './metrics/index.js';
import {
  backgroundRegion,
  combine,
  faceRegion,
  handRegion,
  handsRegion,
  SIDES,
  torsoRegion,
} from './regions.js';
import { type ClipScores, finite } from './scores.js';
import { movementBack, warpedChange } from './warp.js';

/** Flicker and drift of a clip's pictures; null for a single picture. */
export function clipScores(source: ItemSource, pictures: readonly Picture[]): ClipScores | null {
  if (pictures.length < 2) return null;
  return {
    background: finite(backgroundFlicker(source, pictures)),
    hands: finite(handFlicker(source, pictures)),
    drift: finite(lookDrift(source, pictures)),
  };
}

function mean(values: readonly (number | undefined)[]): number | undefined {
  const there = values.filter((value) => value !== undefined && Number.isFinite(value));
  return there.length > 0
    ? there.reduce((sum: number, value) => sum + (value ?? 0), 0) / there.length
    : undefined;
}

/** Mean change between frames of what is background in both (models/training: judge/colours.py, still_background). */
function backgroundFlicker({ asked, known, size }: ItemSource, pictures: readonly Picture[]) {
  const regions = pictures.map((_, at) =>
    backgroundRegion(asked[at] ?? new Float32Array(0), known[at] ?? {}, size),
  );
  return mean(
    pictures.slice(1).map((picture, at) => {
      const [before, here, there] = [pictures[at], regions[at], regions[at + 1]];
      return (
        before &&
        here &&
        frameChange(
          before,
          picture,
          combine(here, there, (a, b) => a && b),
        )
      );
    }),
  );
}

/** Mean warped error of hands that are in both of two frames. */
function handFlicker(source: ItemSource, pictures: readonly Picture[]): number | undefined {
  return mean(
    pictures
      .slice(1)
      .flatMap((picture, at) => SIDES.map((side) => handChange(source, pictures[at], picture, at, side))),
  );
}

/** Warped error of a hand between frames `at` and `at + 1`. */
function handChange(
  { asked, known, size }: ItemSource,
  before: Picture | undefined,
  picture: Picture,
  at: number,
  side: HandSide,
): number | undefined {
  const { start, length } = side === 'left' ? PARTS.leftHand : PARTS.rightHand;
  const [from, to] = [asked[at], asked[at + 1]];
  const region = to && handRegion(to, known[at + 1] ?? {}, side, size);
  if (!before || !from || !to || !region) return undefined;
  const part = (points: Float32Array): Float32Array => points.subarray(start * 3, (start + length) * 3);
  const movement = movementBack(part(to), part(from));
  return movement && warpedChange(before, picture, region, movement);
}

/** Mean over face, hands and torso of their colour's way from the first frame. */
function lookDrift({ asked, known, size }: ItemSource, pictures: readonly Picture[]): number | undefined {
  return mean(
    [faceRegion, handsRegion, torsoRegion].map((regionOf) =>
      colourDrift(
        pictures.map((picture, at) => {
          const points = asked[at];
          const region = points && regionOf(points, known[at] ?? {}, size);
          return region && regionColour(picture, region);
        }),
      ),
    ),
  );
}
