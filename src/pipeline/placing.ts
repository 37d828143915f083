import type { Manifest } from '../models/manifest.js';
import {
  type CleanOptions,
  type ClipStatistics,
  type PoseClip,
  type PrepareOptions,
  placement,
} from '../pose/index.js';
import type { Area } from '../stages/area.js';
import { goalOf } from '../stages/reference/reference.js';
import type { GenerateOptions, SourceOptions } from './options.js';
import { LIVE_MARGIN, personArea } from './person-area.js';
import type { Preset } from './preset.js';
import type { Signer } from './signer.js';

/** One placement for the whole clip, whatever range of it is drawn. */
export function placeOf(
  { reference }: Signer,
  statistics: ClipStatistics,
  { source }: GenerateOptions,
  size: number,
): PrepareOptions {
  const framing = source?.framing ?? (reference ? 'reference' : 'signing');
  const goal = reference && goalOf(reference);
  return {
    ...cleanOptions(source),
    width: size,
    height: size,
    framing,
    statistics,
    ...(goal ? { goal } : {}),
  };
}

/** The person's part of the picture, where the preset draws that alone and the bundle can. */
export function areaOf(
  { body }: Preset,
  { body: { areaStep, autoencoder } }: Manifest,
  { clip, statistics, place }: { clip: PoseClip; statistics: ClipStatistics; place: PrepareOptions },
): Area | undefined {
  if (body.area !== 'person' || !body.pose || areaStep === undefined) return undefined;
  const { size } = autoencoder;
  const { framing = 'signing', goal } = place;
  const placed = placement(statistics, clip.info, { width: size, height: size }, framing, goal);
  return personArea(statistics, placed, size, areaStep, clip.live ? LIVE_MARGIN : undefined);
}

/** What is done to the keypoints before they are placed in the picture. */
export function cleanOptions({ repair = {}, complete }: SourceOptions = {}): CleanOptions {
  const { maxGap, mirror, swaps, anatomy, wrist, bones, smooth } = repair;
  return { maxGap, complete, repair: { mirror, swaps, anatomy, wrist, bones, smooth } };
}
