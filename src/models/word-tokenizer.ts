import { z } from 'zod';
import { nearestWords } from '../nearest-words.js';

const id = z.number().int().min(0);
const term = z.string().regex(/^[^\s]+( [^\s]+)*$/);

/**
 * `vocabulary.json` of a bundle whose text encoder knows whole words. All terms are lower case; a term may be several words with a single
 * space between them, and the longest term wins.
 */
export const vocabularySchema = z.object({
  /** Id that fills a short prompt; the manifest's `padToken`. */
  pad: id,
  /** Id that training used for words it did not know; prompts never carry it, since unknown words are reported. */
  unknown: id.optional(),
  words: z.record(term, id),
  /** Term -> the known term that it is read as. */
  synonyms: z.record(term, term).default({}),
  /** Words without meaning to the model: `a`, `the`, `with`. */
  ignored: z.array(term).default([]),
  /** Known term -> what it can describe (`hair colour`, `garment` ...), for help texts. */
  attributes: z.record(term, z.array(z.string())).default({}),
});

export type Vocabulary = z.infer<typeof vocabularySchema>;

/** A word of the prompt that the model does not know, and known terms that look like it. */
export interface UnknownWord {
  readonly word: string;
  readonly nearest: string[];
}

/** A prompt in token ids, without padding. */
export interface Encoded {
  readonly ids: number[];
  readonly unknown: UnknownWord[];
  /** Part of the prompt that did not fit into the model's tokens; empty where all did. */
  readonly cut: string;
}

/** Turns prompts into the token ids of a bundle's prompt graph. */
export interface Tokenizer {
  /** The prompt as the text encoder takes it, with the words that it does not know. */
  encode(prompt: string): Encoded;
  /** What can be described -> the words for it; empty where every word is taken. */
  readonly topics: Readonly<Record<string, readonly string[]>>;
}

/** Reads prompts word by word. Unknown words have no id: they come back with their nearest known ones. */
export class WordTokenizer implements Tokenizer {
  readonly topics: Readonly<Record<string, readonly string[]>>;
  private readonly known: Map<string, number | undefined>;
  private readonly offered: string[];
  private readonly longest: number;

  constructor(
    vocabulary: Vocabulary,
    private readonly maxTokens: number,
  ) {
    const { words, synonyms, ignored } = vocabulary;
    this.topics = topicsOf(vocabulary);
    this.known = new Map<string, number | undefined>(ignored.map((word) => [word, undefined]));
    for (const [synonym, word] of Object.entries(synonyms)) this.known.set(synonym, words[word]);
    for (const [word, wordId] of Object.entries(words)) this.known.set(word, wordId);
    this.offered = [...Object.keys(words), ...Object.keys(synonyms)];
    this.longest = Math.max(1, ...[...this.known.keys()].map((word) => word.split(' ').length));
  }

  encode(prompt: string): Encoded {
    const words = wordsOf(prompt);
    const ids: number[] = [];
    const unknown = new Map<string, UnknownWord>();
    for (let at = 0; at < words.length; ) {
      const length = this.termLength(words, at);
      const word = words.slice(at, at + Math.max(1, length)).join(' ');
      const wordId = this.known.get(word);
      if (length === 0) unknown.set(word, { word, nearest: nearestWords(word, this.offered) });
      if (wordId !== undefined) {
        if (ids.length === this.maxTokens)
          return { ids, unknown: [...unknown.values()], cut: words.slice(at).join(' ') };
        ids.push(wordId);
      }
      at += Math.max(1, length);
    }
    return { ids, unknown: [...unknown.values()], cut: '' };
  }

  /** Number of words of the longest known term that begins at `at`; 0 where the word is unknown. */
  private termLength(words: readonly string[], at: number): number {
    for (let length = Math.min(this.longest, words.length - at); length > 0; length--) {
      if (this.known.has(words.slice(at, at + length).join(' '))) return length;
    }
    return 0;
  }
}

/** The vocabulary's attributes turned round; synonyms stand with the word that they mean. */
function topicsOf({ attributes, synonyms }: Vocabulary): Record<string, string[]> {
  const topics = new Map<string, string[]>();
  const meanings = [
    ...Object.keys(attributes).map((word) => [word, word] as const),
    ...Object.entries(synonyms),
  ];
  for (const [word, meaning] of meanings) {
    for (const topic of attributes[meaning] ?? []) topics.set(topic, [...(topics.get(topic) ?? []), word]);
  }
  return Object.fromEntries([...topics].map(([topic, words]) => [topic, words.sort()]));
}

/** Words in lower case; everything but letters, digits and apostrophes within a word stands between words. */
export function wordsOf(prompt: string): string[] {
  const text = prompt.normalize('NFKC').toLowerCase().replaceAll('\u2019', "'");
  return text.match(/[\p{L}\p{N}]+(?:'[\p{L}\p{N}]+)*/gu) ?? [];
}
