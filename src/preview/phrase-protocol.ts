import { z } from 'zod';

/*
 * What page and server say to each other about phrases. The page takes the types alone.
 */

const id = z.string().regex(/^[0-9a-f-]{36}$/, 'no name that was given out');
/** Longest text that is spelled, longest phrase in its notation, letters; and most files of one. */
const TEXT = 500;
const PHRASE = 10_000;
const SIGNS = 250;

const spelling = {
  text: z.string().max(TEXT),
  hand: z.enum(['left', 'right']).default('right'),
  speed: z.number().default(1),
};

/** Keypoints to be made: a spelled text, or a phrase in the notation of `handfirst phrase`, of a lexicon's signs, letters and stored files. */
export const phraseRequest = z.discriminatedUnion('how', [
  z.strictObject({ how: z.literal('spell'), ...spelling }),
  z.strictObject({
    how: z.literal('phrase'),
    ...spelling,
    text: z.string().max(PHRASE),
    lexicon: id,
    /** Files that the phrase names. */
    files: z.array(id).max(SIGNS).default([]),
  }),
]);

const fileName = z.string().min(1).max(500);

/** A folder of the user's, by the names of its files; the signs themselves are sent when a phrase needs them. */
export const lexiconRequest = z.strictObject({
  name: z.string().min(1).max(200),
  names: z.array(fileName).max(50_000),
  /** The text of its `index.csv`. */
  index: z.string().optional(),
});

export type PhraseRequest = z.input<typeof phraseRequest>;
export type PlannedPhrase = z.infer<typeof phraseRequest>;
export type LexiconRequest = z.infer<typeof lexiconRequest>;

/** A phrase that was made, or the files of its lexicon that have to be sent before it can be. */
export type PhraseAnswer = { readonly file: string; readonly name: string } | { readonly wanted: string[] };

export interface LexiconState {
  readonly id: string;
  readonly name: string;
  /** How many glosses it has. */
  readonly count: number;
  /** The first of them, to be offered. */
  readonly glosses: readonly string[];
}
