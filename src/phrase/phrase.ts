import { UsageError } from '../errors.js';
import { mirrorFrame, type PoseFrame } from '../pose/index.js';
import { figurePoints, film } from './figure.js';
import { type JoinedClip, type JoinOptions, joinOptions, joinSigns, type Sign, signFile } from './join.js';
import { lettersOf } from './letters.js';
import { type Lexicon, type LexiconEntry, openLexicon } from './lexicon.js';
import { holdAt } from './motion.js';
import { checkSpeed, SPELL_DEFAULTS, type SpellOptions } from './spell.js';
import { atRest, laySpelling } from './spelling.js';

/** How a phrase is signed. */
export interface PhraseOptions extends JoinOptions, Pick<SpellOptions, 'hand' | 'speed'> {
  /** Spell glosses that the lexicon does not have. Default: no. */
  readonly spellUnknown?: boolean;
  /** Code of the spoken or signed language whose rows of an index count. Default: all. */
  readonly language?: string;
}

/** Letters joined by hyphens, `A-N-A`: they are spelled. */
const SPELLED = /^[\p{L}\d](?:-[\p{L}\d])+$/u;

/** A gloss of a phrase, and its recording; undefined: it is spelled. */
export interface PhraseItem {
  readonly gloss: string;
  readonly entry: LexiconEntry | undefined;
}

/**
 * Signs a phrase: glosses, parted by blanks, from a lexicon (see `openLexicon`), and letters joined by hyphens (`A-N-A`), which are
 * fingerspelled. Throws UsageError for glosses that the lexicon does not have, naming what is near, and PoseFileError.
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
    language,
    ...joining
  } = options;
  checkSpeed(speed);
  const checked = joinOptions(joining);
  const known = typeof lexicon === 'string' ? await openLexicon(lexicon, language) : lexicon;
  const items = phraseItems(text, known, spellUnknown);
  const recorded = new Map<string, Sign>();
  const signs: Sign[] = [];
  for (const { gloss, entry } of items) {
    const sign =
      recorded.get(gloss) ??
      (entry
        ? await signFile(gloss, entry.path, checked, { part: entry.part })
        : spelledSign(gloss, checked, hand, speed));
    recorded.set(gloss, sign);
    signs.push(sign);
  }
  return joinSigns(signs, checked);
}

/** The glosses of a phrase with their recordings. Throws UsageError as `phrase` does. */
export function phraseItems(text: string, lexicon: Lexicon, spellUnknown = false): PhraseItem[] {
  const glosses = text.trim().split(/\s+/).filter(Boolean);
  if (glosses.length === 0)
    throw new UsageError(
      'HF_PHRASE_EMPTY',
      'The phrase is empty: give glosses such as "HELLO NAME MY A-N-A".',
      { field: 'text' },
    );
  const items = glosses.map((gloss) => ({ gloss, entry: lexicon.find(gloss) }));
  const unknown = items.filter(({ gloss, entry }) => !entry && !SPELLED.test(gloss));
  if (unknown.length > 0 && !spellUnknown) {
    const told = [...new Set(unknown.map(({ gloss }) => gloss))].map((gloss) => {
      const near = lexicon.nearest(gloss);
      return near.length > 0 ? `${gloss} (near it: ${near.join(', ')})` : gloss;
    });
    throw new UsageError(
      'HF_GLOSS_UNKNOWN',
      `The lexicon ${lexicon.folder} has no sign for ${told.join('; ')}. Correct it, or spell it: \`spellUnknown: true\`, or letters as in A-N-A.`,
      { file: lexicon.folder, field: 'text' },
    );
  }
  return items;
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
