import { UsageError } from '../errors.js';
import { defined } from '../pose/defined.js';
import { mirrorFrame, type PoseClip, type PoseFrame } from '../pose/index.js';
import { figurePoints, film, type PictureSize } from './figure.js';
import { lettersOf } from './letters.js';
import { holdAt, type Moment, standing } from './motion.js';
import { checkPicture } from './picture-options.js';
import { atRest, type LetterTime, laySpelling, REST, RISE, SINK } from './spelling.js';

/** How a text is spelled. */
export interface SpellOptions {
  /** The signing hand. Default: right. */
  readonly hand?: 'left' | 'right';
  /** 1 = three letters a second; 0.25 to 2. */
  readonly speed?: number;
  /** Frames a second. Default: 25. */
  readonly fps?: number;
  /** Pixels of the picture; the signer is framed from head to hips. Default: 512 x 512. */
  readonly size?: PictureSize;
}

/** A spelled text: a clip in memory like that of a keypoint file, and when each letter stands. */
export interface SpelledClip extends PoseClip {
  readonly info: PoseClip['info'] & { readonly frameCount: number };
  readonly letters: readonly LetterTime[];
}

export const SPELL_DEFAULTS = {
  hand: 'right',
  speed: 1,
  fps: 25,
  size: { width: 512, height: 512 },
} as const;

/**
 * Fingerspells a text in the ASL manual alphabet: a neutral signer raises a relaxed hand, spells and lets it sink. Letters A to Z
 * and digits; case and accents do not matter, blanks and punctuation are pauses. All 133 points with depth, the same for the same
 * text and options; frames are made as they are pulled. Throws UsageError for other characters and options that make no sense.
 */
export function spell(text: string, options: SpellOptions = {}): SpelledClip {
  const { hand, speed, fps, size } = { ...SPELL_DEFAULTS, ...defined(options) };
  checkSpeed(speed);
  checkPicture(fps, size);
  const rest = atRest();
  const { moments, letters, end } = laySpelling(lettersOf(text), REST + RISE, speed);
  const seconds = end + SINK + REST;
  const track: Moment[] = [standing(rest, 0, REST), ...moments, standing(rest, end + SINK, seconds)];
  const frameCount = Math.ceil(seconds * fps - 1e-9);
  async function* frames(): AsyncGenerator<PoseFrame> {
    for (let index = 0; index < frameCount; index += 1) {
      const time = index / fps;
      const frame = film(figurePoints(holdAt(track, time), rest, time), size, index, time);
      yield hand === 'left' ? mirrorFrame(frame, size.width) : frame;
    }
  }
  const info = { format: 'spelled', fps, width: size.width, height: size.height, frameCount, people: 1 };
  return { info, letters, frames, close: async () => {} };
}

/** Refuses speeds that no person spells at. Throws UsageError. */
export function checkSpeed(speed: number): void {
  if (!(speed >= 0.25 && speed <= 2)) {
    throw new UsageError(
      'HF_FIELD_VALUE',
      `A speed of ${speed} cannot be signed; give 0.25 to 2, where 1 is three letters a second.`,
      { field: 'speed' },
    );
  }
}
