/*
 * Phrases without a camera. `spell(text, options)` gives a fingerspelled text as a `PoseClip` in memory (`info`, `frames()`,
 * `letters` with their times), `writeClip(clip, path)` makes a keypoint file of any clip.
 */
export type { PictureSize } from './figure.js';
export { SPELL_DEFAULTS, type SpelledClip, type SpellOptions, spell } from './spell.js';
export type { LetterTime } from './spelling.js';
export { type WriteClipOptions, writeClip } from './write-clip.js';
