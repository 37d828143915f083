import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { readCsv } from '../csv.js';
import { PoseFileError } from '../errors.js';
import { nearestWords } from '../nearest-words.js';
import { reasonOf } from '../reason.js';
import type { SignPart } from './join.js';

/** Where a sign's recording is. */
export interface LexiconEntry {
  readonly gloss: string;
  readonly path: string;
  /** The same within the lexicon's folder, with `/`. */
  readonly file: string;
  readonly part: SignPart;
}

/** A folder of signs. */
export interface Lexicon {
  readonly folder: string;
  /** The sign of a gloss, without regard to case; undefined where there is none. */
  find(gloss: string): LexiconEntry | undefined;
  /** Glosses that look like one that is not there, nearest first. */
  nearest(gloss: string): string[];
  /** Every gloss (and word of an index) that is found, as it is written there. */
  readonly glosses: readonly string[];
}

/** What a lexicon is made of. */
export interface LexiconFolder {
  readonly folder: string;
  /** Names of its files. */
  readonly names: readonly string[];
  /** The text of its `index.csv`, where it has one. */
  readonly index?: string;
}

const INDEX = 'index.csv';
/** Names of files that can be signs. */
export const SIGN_FILE = /\.(pose|jsonl|ndjson)$/i;

const milliseconds = z.coerce.number().nonnegative();

/** A row of the `index.csv` of a `spoken-to-signed` lexicon; times are milliseconds, an end of 0 is the file's. */
const rowSchema = z.object({
  path: z.string().min(1),
  spoken_language: z.string().default(''),
  signed_language: z.string().default(''),
  start: milliseconds.default(0),
  end: milliseconds.default(0),
  words: z.string().default(''),
  glosses: z.string().default(''),
  priority: z.coerce.number().default(0),
});

type Row = z.infer<typeof rowSchema>;

/**
 * Opens a lexicon: a folder with the `index.csv` of `spoken-to-signed`, or one of files named after their gloss (`HELLO.pose`). In an
 * index the rows of lowest priority number come first, glosses before words; `language` (a code of spoken or signed language, such as
 * ase) leaves the others out. Throws PoseFileError.
 */
export async function openLexicon(folder: string, language?: string): Promise<Lexicon> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new PoseFileError(
      'HF_LEXICON_UNREADABLE',
      `The lexicon ${folder} cannot be read: ${reasonOf(error)}.`,
      { file: folder, field: 'lexicon' },
    );
  });
  const index = names.includes(INDEX) ? await readIndex(join(folder, INDEX)) : undefined;
  return lexiconOf({ folder, names, ...(index === undefined ? {} : { index }) }, language);
}

/** The lexicon of a folder whose names and index are known already. Throws PoseFileError. */
export function lexiconOf({ folder, names, index }: LexiconFolder, language?: string): Lexicon {
  const entries = index === undefined ? named(folder, names) : indexed(folder, index, language);
  if (entries.size === 0) {
    const wanted = language ? ` for the language ${language}` : '';
    throw new PoseFileError(
      'HF_LEXICON_EMPTY',
      `The lexicon ${folder} holds no signs${wanted}; it needs files such as HELLO.pose, or an ${INDEX}.`,
      { file: folder, field: 'lexicon' },
    );
  }
  const written = [...new Set([...entries.values()].map(({ gloss }) => gloss))];
  const glosses = written.map((gloss) => gloss.toUpperCase());
  return {
    glosses: written,
    folder,
    find: (gloss) => entries.get(key(gloss)),
    nearest: (gloss) => nearestWords(gloss.toUpperCase(), [...new Set(glosses)]),
  };
}

/** How glosses are compared: without case, and with `_` and blanks as `-`. */
function key(gloss: string): string {
  return gloss
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[_\s]+/g, '-');
}

function named(folder: string, names: readonly string[]): Map<string, LexiconEntry> {
  const entries = new Map<string, LexiconEntry>();
  for (const name of [...names].sort()) {
    if (!SIGN_FILE.test(name)) continue;
    const gloss = basename(name, extname(name));
    if (!entries.has(key(gloss)))
      entries.set(key(gloss), { gloss, path: join(folder, name), file: name, part: { from: 0 } });
  }
  return entries;
}

function indexed(folder: string, index: string, language: string | undefined): Map<string, LexiconEntry> {
  const rows = rowsOf(index, join(folder, INDEX));
  const spoken = rows.filter(
    (row) => language === undefined || [row.spoken_language, row.signed_language].includes(language),
  );
  const sorted = spoken.sort((a, b) => a.priority - b.priority);
  const entries = new Map<string, LexiconEntry>();
  for (const column of ['glosses', 'words'] as const) {
    for (const row of sorted) {
      const gloss = row[column].trim();
      if (!gloss || entries.has(key(gloss))) continue;
      entries.set(key(gloss), { gloss, ...inside(folder, row.path), part: partOf(row) });
    }
  }
  return entries;
}

function partOf({ start, end }: Row): SignPart {
  return end > 0 ? { from: start / 1000, to: end / 1000 } : { from: start / 1000 };
}

/** A path of the index, which must not lead out of the lexicon. */
function inside(folder: string, name: string): { path: string; file: string } {
  const path = resolve(folder, name);
  const file = relative(resolve(folder), path).split(sep).join('/');
  if (path.startsWith(resolve(folder) + sep)) return { path, file };
  throw new PoseFileError(
    'HF_LEXICON_INDEX',
    `${join(folder, INDEX)} names ${name}, which is outside of the lexicon's folder.`,
    { file: join(folder, INDEX) },
  );
}

function readIndex(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new PoseFileError('HF_LEXICON_UNREADABLE', `${path} cannot be read: ${reasonOf(error)}.`, {
      file: path,
    });
  });
}

/** The rows of an index; `path` names it in sentences. */
function rowsOf(text: string, path: string): Row[] {
  let records: unknown;
  try {
    records = readCsv(text);
  } catch (error) {
    throw new PoseFileError('HF_LEXICON_INDEX', `${path} is no table of commas: ${reasonOf(error)}.`, {
      file: path,
    });
  }
  const rows = z.array(rowSchema).safeParse(records);
  if (rows.success) return rows.data;
  const [issue] = rows.error.issues;
  const [row, column] = issue?.path ?? [];
  throw new PoseFileError(
    'HF_LEXICON_INDEX',
    `${path} has a fault in row ${Number(row) + 2}, column ${String(column)}: ${issue?.message}; it needs path, start, end, words, glosses and priority.`,
    { file: path, field: String(column) },
  );
}
