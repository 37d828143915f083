import type { Manifest } from '../models/manifest.js';
import {
  type CleanOptions,
  type ClipStatistics,
  type Placement,
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

/** How a clip's frames are placed, by what is known of all of them. */
export type ClipPlace = PrepareOptions & { readonly statistics: ClipStatistics };

/** One placement for the whole clip, whatever range of it is drawn. */
export function placeOf(
  { reference }: Signer,
  statistics: ClipStatistics,
  { source }: GenerateOptions,
  size: number,
): ClipPlace {
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

/** Where `place` puts a clip: scale and shift from pixels of the file to those of the picture, and how trunk and head are changed. */
export function placementOf({ info }: PoseClip, place: ClipPlace): Placement {
  const { width, height, framing = 'signing', goal, statistics } = place;
  return placement(statistics, info, { width, height }, framing, goal);
}

/** The person's part of the picture, where the preset draws that alone and the bundle can. */
export function areaOf(
  { body }: Preset,
  { body: { areaStep, autoencoder } }: Manifest,
  clip: PoseClip,
  place: ClipPlace,
): Area | undefined {
  if (body.area !== 'person' || !body.pose || areaStep === undefined) return undefined;
  const margin = clip.live ? LIVE_MARGIN : undefined;
  return personArea(place.statistics, placementOf(clip, place), autoencoder.size, areaStep, margin);
}

/** What is done to the keypoints before they are placed in the picture. */
export function cleanOptions({ repair = {}, complete }: SourceOptions = {}): CleanOptions {
  const { maxGap, mirror, swaps, anatomy, wrist, bones, smooth } = repair;
  return { maxGap, complete, repair: { mirror, swaps, anatomy, wrist, bones, smooth } };
}
