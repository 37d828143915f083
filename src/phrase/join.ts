import { PoseFileError, UsageError } from '../errors.js';
import { defined } from '../pose/defined.js';
import {
  type OpenPoseOptions,
  openPoseClip,
  type PoseClip,
  type PoseFrame,
  repairClip,
} from '../pose/index.js';
import { figurePoints, film, type PictureSize } from './figure.js';
import { bridgeArms } from './idle-arms.js';
import { checkPicture } from './picture-options.js';
import { fillFromRest, placeFrames } from './place.js';
import { SPELL_DEFAULTS } from './spell.js';
import { atRest, REST } from './spelling.js';
import { blendFrames, transitionSeconds } from './transition.js';
import { activePart, shouldersOf } from './trim.js';

/** How signs are joined. */
export interface JoinOptions {
  /** Frames a second of the result. Default: 25. */
  readonly fps?: number;
  /** Pixels of the picture; the signer is framed from head to hips. Default: 512 x 512. */
  readonly size?: PictureSize;
  /** Cut each sign to its active part. Default: yes. */
  readonly trim?: boolean;
  /** Begin and end with hanging hands. Default: yes. */
  readonly rest?: boolean;
}

/** A sign of a phrase at the phrase's frame rate and place. */
export interface Sign {
  readonly name: string;
  readonly frames: readonly PoseFrame[];
  /** Seconds for which its end is held. Default: 0. */
  readonly hold?: number;
}

/** When a sign stands, seconds from the clip's beginning. */
export interface SignTime {
  readonly sign: string;
  readonly start: number;
  readonly end: number;
}

/** Signs in a row: a clip in memory like that of a keypoint file. */
export interface JoinedClip extends PoseClip {
  readonly info: PoseClip['info'] & { readonly frameCount: number };
  readonly signs: readonly SignTime[];
}

/** Frames of a sign's file before and after what is used, where only a part is: seconds; `to` undefined = its end. */
export interface SignPart {
  readonly from: number;
  readonly to?: number;
}

export const JOIN_DEFAULTS = {
  fps: SPELL_DEFAULTS.fps,
  size: SPELL_DEFAULTS.size,
  trim: true,
  rest: true,
} as const;

/** Longest gap, in frames of the file, over which points of a sign are filled. */
const MAX_GAP = 8;

/** The resting signer of a picture at a time. */
function resting(size: PictureSize, time: number): PoseFrame {
  return film(figurePoints(atRest(), atRest(), time), size, 0, time);
}

/** The shoulders of the signer to whom all signs are fitted. */
function shouldersIn(size: PictureSize): { x: number; y: number; width: number } {
  const shoulders = shouldersOf([resting(size, 0)]);
  if (!shoulders) throw new RangeError('The resting signer has shoulders.');
  return shoulders;
}

/**
 * Makes a sign of an open clip: repaired, resampled, cut to its active part, scaled and moved to the signer of the picture, with what
 * the file never shows hanging at rest. Throws PoseFileError where no frame shows both shoulders.
 */
async function signOf(
  name: string,
  clip: PoseClip,
  options: Required<JoinOptions>,
  part: SignPart = { from: 0 },
): Promise<Sign> {
  const { fps, size, trim } = options;
  const frames: PoseFrame[] = [];
  for await (const frame of repairClip(clip, { fps, maxGap: MAX_GAP }).frames()) {
    if (frame.time < part.from - 1e-9 || (part.to !== undefined && frame.time >= part.to)) continue;
    frames.push(frame);
  }
  if (frames.length === 0)
    throw new PoseFileError('HF_POSE_NO_FRAMES', `${name} holds no frames in the part that is asked for.`, {
      file: name,
    });
  const shoulders = shouldersOf(frames);
  if (!shoulders) {
    throw new PoseFileError(
      'HF_POSE_SHOULDERS',
      `${name} shows both shoulders in no frame, so it cannot be fitted to a signer; use another recording.`,
      { file: name },
    );
  }
  const { from, to } = trim ? activePart(frames, fps) : { from: 0, to: frames.length };
  const placed = placeFrames(frames.slice(from, to), shoulders, shouldersIn(size));
  const idle = resting(size, 0);
  return { name, frames: bridgeArms(fillFromRest(placed, idle), idle, fps) };
}

/** Joins signs by transitions whose length goes with the way of the hands. */
export function joinSigns(signs: readonly Sign[], options: JoinOptions = {}): JoinedClip {
  const { fps, size, rest } = joinOptions(options);
  const { width } = shouldersIn(size);
  const frames: PoseFrame[] = [];
  const times: SignTime[] = [];
  const still = Array.from({ length: Math.max(1, Math.round(REST * fps)) }, (_, at) =>
    resting(size, at / fps),
  );
  const append = (next: readonly PoseFrame[]): void => {
    const [before, first] = [frames.at(-1), next[0]];
    if (before && first) frames.push(...transition(before, first, fps, width));
    frames.push(...next);
  };
  if (rest) append(still);
  for (const { name, frames: signed, hold = 0 } of signs) {
    const sign = [...signed, ...held(signed, Math.round(hold * fps))];
    append(sign);
    times.push({ sign: name, start: (frames.length - sign.length) / fps, end: frames.length / fps });
  }
  if (rest) append(still);
  const info = {
    format: 'joined',
    fps,
    width: size.width,
    height: size.height,
    frameCount: frames.length,
    people: 1,
  };
  async function* pulled(): AsyncGenerator<PoseFrame> {
    for (const [index, frame] of frames.entries()) yield { ...frame, index, time: index / fps };
  }
  return { info, signs: times, frames: pulled, close: async () => {} };
}

/** The last frame, over and over. */
function held(frames: readonly PoseFrame[], count: number): PoseFrame[] {
  const last = frames.at(-1);
  return last ? Array.from({ length: count }, () => last) : [];
}

/** The frames between two. */
function transition(from: PoseFrame, to: PoseFrame, fps: number, width: number): PoseFrame[] {
  const steps = Math.max(2, Math.round(transitionSeconds(from, to, width) * fps));
  return Array.from({ length: steps - 1 }, (_, at) => blendFrames(from, to, (at + 1) / steps));
}

/**
 * Joins keypoint files: each is cut to its active part, brought to one signer, rate and picture, and follows the one before in a
 * smooth transition. Throws PoseFileError, and UsageError where there is nothing to join.
 */
export async function join(
  paths: readonly string[],
  options: JoinOptions = {},
  open: OpenPoseOptions = {},
): Promise<JoinedClip> {
  const checked = joinOptions(options);
  if (paths.length === 0)
    throw new UsageError('HF_FIELD_MISSING', 'There is nothing to join: name keypoint files.', {
      field: 'paths',
    });
  const signs: Sign[] = [];
  for (const path of paths) signs.push(await signFile(path, path, checked, { open }));
  return joinSigns(signs, checked);
}

/** Reads a sign's file. */
export async function signFile(
  name: string,
  path: string,
  options: Required<JoinOptions>,
  { open = {}, part }: { open?: OpenPoseOptions; part?: SignPart } = {},
): Promise<Sign> {
  const clip = await openPoseClip(path, open);
  try {
    return await signOf(name, clip, options, part);
  } finally {
    await clip.close();
  }
}

/** Options with their defaults, checked. */
export function joinOptions(options: JoinOptions): Required<JoinOptions> {
  const all = { ...JOIN_DEFAULTS, ...defined(options) };
  checkPicture(all.fps, all.size);
  return all;
}
