import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../errors.js';
import { type Lexicon, type LexiconEntry, lexiconOf, openLexicon } from '../phrase/index.js';
import type { LexiconRequest, LexiconState } from './phrase-protocol.js';
import { plainName, type Sent, type StoredFile, type Workspace } from './workspace.js';

interface KnownLexicon {
  readonly id: string;
  readonly name: string;
  readonly lexicon: Lexicon;
  /** Signs of a folder of the page's user that were sent, by their names in it; undefined: the folder is on this machine. */
  readonly sent?: Map<string, StoredFile>;
}

/** Where the package keeps its samples, which are a lexicon as well. */
const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));
/** Glosses that are offered of a lexicon. */
const OFFERED = 300;
/** Folders of the page's user that are kept; the oldest goes first. */
const KEPT = 8;

/** The lexicons that a page can take signs from. */
export class Lexicons {
  private readonly known = new Map<string, KnownLexicon>();

  constructor(private readonly workspace: Workspace) {}

  /** Opens the lexicon that the preview was started with, and that of the samples. Throws PoseFileError. */
  async open(folder: string | undefined): Promise<void> {
    if (folder !== undefined) this.keep({ name: folder, lexicon: await openLexicon(folder) });
    // A package without its samples still previews.
    const samples = await openLexicon(SAMPLES).catch(() => undefined);
    if (samples) this.keep({ name: 'samples', lexicon: { ...samples, folder: 'samples' } });
  }

  get states(): LexiconState[] {
    return [...this.known.values()].map(stateOf);
  }

  /** A folder of the page's user, of which nothing is here but names. Throws PoseFileError. */
  add({ name, names, index }: LexiconRequest): LexiconState {
    const folder = plainName(name);
    const lexicon = lexiconOf({ folder, names, ...(index === undefined ? {} : { index }) });
    const sent = [...this.known.values()].filter((known) => known.sent);
    for (const { id } of sent.slice(0, Math.max(0, sent.length + 1 - KEPT))) this.known.delete(id);
    return stateOf(this.keep({ name: folder, lexicon, sent: new Map() }));
  }

  /** Stores a sign of such a folder. Throws UsageError for a file that no gloss of it needs. */
  async receive(id: string, file: string, sent: Sent): Promise<void> {
    const known = this.get(id);
    const { lexicon } = known;
    if (!known.sent || !lexicon.glosses.some((gloss) => lexicon.find(gloss)?.file === file)) {
      throw new UsageError('HF_PREVIEW_GONE', `${plainName(file)} is no sign of the lexicon ${known.name}.`, {
        file,
      });
    }
    known.sent.set(file, await this.workspace.receive(file, sent, 'sign'));
  }

  /** The lexicon, whose entries are on the disk as far as `missing` does not name them. */
  resolve(id: string): { name: string; lexicon: Lexicon; missing: (entry: LexiconEntry) => boolean } {
    const { name, lexicon, sent } = this.get(id);
    if (!sent) return { name, lexicon, missing: () => false };
    const path = ({ file }: LexiconEntry): string | undefined => {
      const stored = sent.get(file);
      return stored && this.workspace.has(stored.id) ? stored.path : undefined;
    };
    const find = (gloss: string): LexiconEntry | undefined => {
      const entry = lexicon.find(gloss);
      return entry && { ...entry, path: path(entry) ?? entry.path };
    };
    return { name, lexicon: { ...lexicon, find }, missing: (entry) => path(entry) === undefined };
  }

  private get(id: string): KnownLexicon {
    const known = this.known.get(id);
    if (known) return known;
    throw new UsageError('HF_PREVIEW_GONE', 'That lexicon is not here any more: choose its folder again.');
  }

  private keep(lexicon: Omit<KnownLexicon, 'id'>): KnownLexicon {
    const known = { id: randomUUID(), ...lexicon };
    this.known.set(known.id, known);
    return known;
  }
}

function stateOf({ id, name, lexicon: { glosses } }: KnownLexicon): LexiconState {
  return { id, name, count: glosses.length, glosses: glosses.slice(0, OFFERED) };
}
