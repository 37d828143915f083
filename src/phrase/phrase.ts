import { UsageError } from '../errors.js';
import { mirrorFrame, type PoseFrame } from '../pose/index.js';
import { figurePoints, film } from './figure.js';
import { type JoinedClip, type JoinOptions, joinOptions, joinSigns, type Sign, signFile } from './join.js';
import { lettersOf } from './letters.js';
import { type Lexicon, type LexiconEntry, openLexicon, SIGN_FILE } from './lexicon.js';
import { holdAt } from './motion.js';
import { type PhrasePart, parsePhrase } from './notation.js';
import { checkSpeed, SPELL_DEFAULTS, type SpellOptions } from './spell.js';
import { atRest, laySpelling } from './spelling.js';

/** How a phrase is signed. */
export interface PhraseOptions extends JoinOptions, Pick<SpellOptions, 'hand' | 'speed'> {
  /** Spell glosses that the lexicon does not have. Default: no. */
  readonly spellUnknown?: boolean;
  /** Take glosses that name keypoint files (`HELLO.pose`) as these files, where the lexicon has no such sign. Default: yes. */
  readonly files?: boolean;
  /** Code of the spoken or signed language whose rows of an index count. Default: all. */
  readonly language?: string;
}

/** Letters joined by hyphens, `A-N-A`, or one letter before a hyphen, `A-`: they are spelled. */
const SPELLED = /^[\p{L}\d](?:(?:-[\p{L}\d])+|-)$/u;

/** A part of a phrase, and its recording; undefined: it is spelled. */
export interface PhraseItem extends Omit<PhrasePart, 'text'> {
  readonly gloss: string;
  readonly entry: LexiconEntry | undefined;
}

/**
 * Signs a phrase: glosses, parted by blanks, from a lexicon (see `openLexicon`), letters joined by hyphens (`A-N-A`), which are
 * fingerspelled, and names of keypoint files. Each can be repeated, slowed and held (see `parsePhrase`). Throws UsageError for glosses that the lexicon does not have, naming what is near, and PoseFileError.
 */
export async function phrase(
  text: string,
  lexicon: string | Lexicon,
  options: PhraseOptions = {},
): Promise<JoinedClip> {
  const {
    hand = SPELL_DEFAULTS.hand,
    speed = SPELL_DEFAULTS.speed,
    spellUnknown,
    files = true,
    language,
    ...joining
  } = options;
  checkSpeed(speed);
  const checked = joinOptions(joining);
  const known = typeof lexicon === 'string' ? await openLexicon(lexicon, language) : lexicon;
  const items = phraseItems(text, known, { spellUnknown, files });
  const recorded = new Map<string, Sign>();
  const signs: Sign[] = [];
  for (const { gloss, entry, repeat, speed: own, hold } of items) {
    const key = `${gloss} ${own}`;
    const sign =
      recorded.get(key) ??
      (entry
        ? await signFile(gloss, entry.path, slowed(checked, own), { part: entry.part })
        : spelledSign(gloss, checked, hand, speed * own));
    recorded.set(key, sign);
    for (let k = 1; k <= repeat; k++) signs.push(k === repeat ? { ...sign, hold } : sign);
  }
  return joinSigns(signs, checked);
}

/** Read at more frames a second, a recording is slower at the phrase's rate. */
function slowed(options: Required<JoinOptions>, speed: number): Required<JoinOptions> {
  return { ...options, fps: options.fps / speed };
}

/** The parts of a phrase with their recordings. Throws UsageError as `phrase` does. */
export function phraseItems(
  text: string,
  lexicon: Lexicon,
  { spellUnknown = false, files = true }: Pick<PhraseOptions, 'spellUnknown' | 'files'> = {},
): PhraseItem[] {
  const parts = parsePhrase(text, (whole) => lexicon.find(whole) !== undefined);
  if (parts.length === 0)
    throw new UsageError(
      'HF_PHRASE_EMPTY',
      'The phrase is empty: give glosses such as "HELLO NAME MY A-N-A".',
      { field: 'text' },
    );
  const items = parts.map(({ text: gloss, ...how }) => ({
    gloss,
    entry: lexicon.find(gloss) ?? (files ? fileEntry(gloss) : undefined),
    ...how,
  }));
  const unknown = items.filter(({ gloss, entry }) => !entry && !SPELLED.test(gloss));
  if (unknown.length > 0 && !spellUnknown) {
    const named = [...new Set(unknown.map(({ gloss }) => gloss))].map((gloss) => {
      const near = lexicon.nearest(gloss);
      return near.length > 0 ? `${gloss} (near it: ${near.join(', ')})` : gloss;
    });
    throw new UsageError(
      'HF_GLOSS_UNKNOWN',
      `The lexicon ${lexicon.folder} has no sign for ${named.join('; ')}. Correct it, or spell it: \`spellUnknown: true\`, or letters as in A-N-A.`,
      { file: lexicon.folder, field: 'text' },
    );
  }
  return items;
}

/** A keypoint file that is named in place of a gloss. */
function fileEntry(name: string): LexiconEntry | undefined {
  return SIGN_FILE.test(name) ? { gloss: name, path: name, file: name, part: { from: 0 } } : undefined;
}

/** A fingerspelled item without its way up and down. */
function spelledSign(
  gloss: string,
  { fps, size }: Required<JoinOptions>,
  hand: 'left' | 'right',
  speed: number,
): Sign {
  const letters = lettersOf(SPELLED.test(gloss) ? gloss.replaceAll('-', '') : gloss);
  const { moments, end } = laySpelling(letters, 0, speed);
  const rest = atRest();
  const frames = Array.from({ length: Math.max(1, Math.ceil(end * fps - 1e-9)) }, (_, index): PoseFrame => {
    const time = index / fps;
    const frame = film(figurePoints(holdAt(moments, time), rest, time), size, index, time);
    return hand === 'left' ? mirrorFrame(frame, size.width) : frame;
  });
  return { name: gloss, frames };
}
