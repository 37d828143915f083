/*
 * Phrases without a camera; each gives a clip in memory like that of a keypoint file (`info`, `frames()`), which `writeClip` makes a
 * file of: `spell(text)` fingerspells (with the times of its `letters`), `join(paths)` joins keypoint files, `phrase(text, lexicon)`
 * signs glosses (with the times of its `signs`).
 */
export type { PictureSize } from './figure.js';
export { type GlossTime, glossTimes, spelledTime } from './glosses.js';
export {
  JOIN_DEFAULTS,
  type JoinedClip,
  type JoinOptions,
  join,
  joinOptions,
  joinSigns,
  type Sign,
  type SignTime,
  signFile,
} from './join.js';
export { type Lexicon, type LexiconEntry, type LexiconFolder, lexiconOf, openLexicon } from './lexicon.js';
export { formatPhrase, type PhrasePart, parsePhrase } from './notation.js';
export { type PhraseItem, type PhraseOptions, phrase, phraseItems } from './phrase.js';
export { SPELL_DEFAULTS, type SpelledClip, type SpellOptions, spell } from './spell.js';
export type { LetterTime } from './spelling.js';
export { type WriteClipOptions, writeClip } from './write-clip.js';
