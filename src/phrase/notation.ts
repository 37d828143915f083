import { UsageError } from '../errors.js';

/** One part of a phrase: what is signed, and how. */
export interface PhrasePart {
  /** A gloss, letters joined by hyphens, or the name of a keypoint file. */
  readonly text: string;
  /** How many times it is signed. */
  readonly repeat: number;
  /** 1 = as it was recorded, or three letters a second; 0.25 to 2. */
  readonly speed: number;
  /** Seconds for which its end is held; 0 to 10. */
  readonly hold: number;
}

/** Times and speed of a part: `HELLO*2@0.5+0.4s`. */
const SUFFIXED = /^(.+?)(?:\*(\d+))?(?:@(\d*\.?\d+))?(?:\+(\d*\.?\d+)s)?$/u;
const MOST = { repeat: 20, hold: 10 } as const;
const SLOWEST = 0.25;
const FASTEST = 2;

/**
 * The parts of a phrase, which are parted by blanks; quotes keep blanks together. `HELLO*2@0.5+0.4s` is HELLO twice, at half its
 * speed, and held for 0.4 s. Text that `isWhole` knows is taken as it is. Throws UsageError for numbers out of their range.
 */
export function parsePhrase(phrase: string, isWhole: (text: string) => boolean = () => false): PhrasePart[] {
  const tokens = phrase.match(/"[^"]*"\S*|\S+/gu) ?? [];
  return tokens.map((token) => {
    const plain = token.replaceAll('"', '');
    if (isWhole(plain)) return { text: plain, repeat: 1, speed: 1, hold: 0 };
    const [, text = plain, repeat = '1', speed = '1', hold = '0'] = SUFFIXED.exec(plain) ?? [];
    return checked({ text, repeat: Number(repeat), speed: Number(speed), hold: Number(hold) }, plain);
  });
}

/** The phrase that `parsePhrase` reads as these parts. */
export function formatPhrase(parts: readonly PhrasePart[]): string {
  return parts
    .map(({ text, repeat, speed, hold }) => {
      const word = /\s/.test(text) ? `"${text}"` : text;
      const times = repeat === 1 ? '' : `*${repeat}`;
      return `${word}${times}${speed === 1 ? '' : `@${speed}`}${hold === 0 ? '' : `+${hold}s`}`;
    })
    .join(' ');
}

function checked(part: PhrasePart, token: string): PhrasePart {
  const refuse = (what: string): never => {
    throw new UsageError('HF_FIELD_VALUE', `"${token}" in the phrase cannot be signed: ${what}.`, {
      field: 'text',
    });
  };
  const { repeat, speed, hold } = part;
  if (repeat < 1 || repeat > MOST.repeat) refuse(`repeat it 1 to ${MOST.repeat} times, as in HELLO*2`);
  if (speed < SLOWEST || speed > FASTEST)
    refuse(`give a speed from ${SLOWEST} to ${FASTEST}, as in HELLO@0.5`);
  if (hold > MOST.hold) refuse(`hold it for 0 to ${MOST.hold} seconds, as in HELLO+0.4s`);
  return part;
}
