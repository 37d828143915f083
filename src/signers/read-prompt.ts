import { SIGNER_FIELDS, type SignerField } from '../models/gallery.js';
import { type UnknownWord, wordsOf } from '../models/word-tokenizer.js';
import { nearestWords } from '../nearest-words.js';
import { BEYOND, IGNORED, NOUNS, VALUES } from './words.js';

/** Something that the prompt says of the signer. */
export interface Wish {
  readonly field: SignerField;
  readonly value: string;
  /** The user's own words for it. */
  readonly text: string;
}

/** A prompt as the gallery understands it. */
export interface Wishes {
  readonly wishes: readonly Wish[];
  /** Words that are understood and that no gallery can follow. */
  readonly beyond: readonly string[];
  readonly unknown: readonly UnknownWord[];
}

type Meaning =
  | { readonly kind: 'values'; readonly values: ReadonlyMap<SignerField, string> }
  | { readonly kind: 'noun'; readonly field: SignerField }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'beyond' };

/** What a word says that may describe several things, until a noun decides. */
interface Pending {
  readonly text: string;
  readonly values: ReadonlyMap<SignerField, string>;
}

/** Words that end what is said of a thing. */
const BREAKS = new Set(['in', 'with', 'on', 'wearing', 'against', 'before', 'who']);
/** Fields that a noun's describing words may also mean. */
const AKIN: Partial<Record<SignerField, readonly SignerField[]>> = {
  hair: ['hair', 'hairstyle'],
  cloth: ['cloth', 'sleeve'],
};

const TERMS = terms();
const LONGEST = Math.max(...[...TERMS.keys()].map((term) => term.split(' ').length));

/** Reads a prompt: a colour describes the noun that follows it, and clothes where none does. */
export function readPrompt(prompt: string): Wishes {
  const reader = new Reader();
  for (const clause of prompt.split(/[,.;:]/)) {
    const words = wordsOf(clause);
    for (let at = 0; at < words.length; ) {
      const length = termLength(words, at);
      reader.take(words.slice(at, at + Math.max(1, length)).join(' '));
      at += Math.max(1, length);
    }
    reader.endClause();
  }
  return reader.end();
}

class Reader {
  private readonly wishes = new Map<SignerField, Wish>();
  private readonly beyond = new Set<string>();
  private readonly unknown = new Map<string, UnknownWord>();
  private pending: Pending[] = [];
  /** A noun that nothing was said of yet: "hair is black". */
  private bare: SignerField | undefined;
  /** What follows is worn: "in red". */
  private worn = false;

  take(text: string): void {
    const meaning = TERMS.get(text);
    if (!meaning) {
      this.unknown.set(text, { word: text, nearest: nearestWords(text, [...TERMS.keys()]) });
    } else if (meaning.kind === 'ignored') {
      if (BREAKS.has(text)) this.settlePending();
      if (text === 'in' || text === 'wearing') this.worn = true;
    } else if (meaning.kind === 'beyond') {
      this.beyond.add([...this.pending.map((one) => one.text), text].join(' '));
      this.pending = [];
    } else if (meaning.kind === 'noun') {
      if (this.pending.length === 0) this.bare = meaning.field;
      this.describe(meaning.field);
    } else {
      this.takeValues({ text, values: meaning.values });
    }
  }

  /** At a comma "in red, ..." is whole, and "long, black hair" is not. */
  endClause(): void {
    if (this.worn) this.settlePending();
  }

  end(): Wishes {
    this.settlePending();
    return {
      wishes: [...this.wishes.values()],
      beyond: [...this.beyond],
      unknown: [...this.unknown.values()],
    };
  }

  private takeValues(said: Pending): void {
    const { text, values } = said;
    const [field] = values.keys();
    if (values.size > 1 || field === undefined) {
      this.pending.push(said);
      return;
    }
    if (field === 'gender') this.describe('skin');
    if (field === 'garment') this.describe('cloth');
    this.wish(field, values.get(field) ?? '', text);
  }

  /** What is pending describes this field. */
  private describe(field: SignerField): void {
    for (const { text, values } of this.pending) {
      const meant = (AKIN[field] ?? [field]).find((one) => values.has(one));
      if (meant) this.wish(meant, values.get(meant) ?? '', text);
      else this.beyond.add(text);
    }
    this.pending = [];
    this.worn = false;
  }

  private settlePending(): void {
    this.describe(this.bare ?? 'cloth');
    this.bare = undefined;
  }

  private wish(field: SignerField, value: string, text: string): void {
    this.wishes.set(field, { field, value, text });
  }
}

/** Number of words of the longest known term that begins at `at`; 0 where the word is unknown. */
function termLength(words: readonly string[], at: number): number {
  for (let length = Math.min(LONGEST, words.length - at); length > 0; length--) {
    if (TERMS.has(words.slice(at, at + length).join(' '))) return length;
  }
  return 0;
}

function terms(): ReadonlyMap<string, Meaning> {
  const values = new Map<string, Map<SignerField, string>>();
  for (const [field, value, term] of saidValues()) {
    const fields = values.get(plain(term)) ?? new Map<SignerField, string>();
    if (!fields.has(field)) fields.set(field, value);
    values.set(plain(term), fields);
  }
  const all = new Map<string, Meaning>();
  for (const word of IGNORED) all.set(plain(word), { kind: 'ignored' });
  for (const word of BEYOND) all.set(plain(word), { kind: 'beyond' });
  for (const [noun, field] of Object.entries(NOUNS)) all.set(noun, { kind: 'noun', field });
  for (const [term, fields] of values) all.set(term, { kind: 'values', values: fields });
  return all;
}

/** Every field, value and term for it; trousers and walls have the colours of cloth. */
function saidValues(): [SignerField, string, string][] {
  const said: [SignerField, string, string][] = [];
  const add = (field: SignerField, value: string, others: readonly string[]): void => {
    for (const term of [value, ...others]) said.push([field, value, term]);
  };
  for (const field of SIGNER_FIELDS) {
    for (const [value, others] of Object.entries(VALUES[field])) add(field, value, others);
  }
  for (const [value, others] of Object.entries(VALUES.cloth)) {
    add('trousers', value, others);
    add('wall', value, others);
  }
  return said;
}

/** As `wordsOf` would read it. */
function plain(term: string): string {
  return wordsOf(term).join(' ');
}
