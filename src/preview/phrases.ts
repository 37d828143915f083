import {
  glossTimes,
  type Lexicon,
  type LexiconEntry,
  phrase,
  phraseItems,
  spell,
  spelledTime,
  writeClip,
} from '../phrase/index.js';
import type { PoseClip } from '../pose/index.js';
import { type Caption, commandLine } from '../video/index.js';
import type { Lexicons } from './lexicons.js';
import type { PhraseAnswer, PlannedPhrase } from './phrase-protocol.js';
import type { StoredFile, Workspace } from './workspace.js';

type Plan<How extends PlannedPhrase['how']> = Extract<PlannedPhrase, { how: How }>;

/** A phrase before it is written. */
interface Draft {
  readonly clip: PoseClip;
  /** What it is called, without an ending. */
  readonly title: string;
  /** What is signed when. */
  readonly captions: readonly Caption[];
  /** Arguments of the command that makes it, from `handfirst` on. */
  readonly command: readonly string[];
  /** Commands that make what it is made of. */
  readonly before?: readonly string[];
}

interface Signs {
  /** The lexicon's, for the command. */
  readonly name: string;
  readonly lexicon: Lexicon;
  readonly stored: readonly StoredFile[];
  readonly missing: (entry: LexiconEntry) => boolean;
}

/** Phrases that are made in the page: fingerspelled, or of signs, letters and files. */
export class Phrases {
  private readonly stop = new AbortController();
  private readonly pending = new Set<Promise<unknown>>();

  constructor(
    private readonly workspace: Workspace,
    private readonly lexicons: Lexicons,
  ) {}

  /** Makes a phrase into a file of the workspace. Throws UsageError and PoseFileError. */
  async make(request: PlannedPhrase): Promise<PhraseAnswer> {
    if (request.how === 'phrase') {
      const { lexicon, missing } = this.signs(request);
      const items = phraseItems(request.text, lexicon, { files: false });
      const files = items.flatMap(({ entry }) => (entry && missing(entry) ? [entry.file] : []));
      if (files.length > 0) return { wanted: [...new Set(files)] };
    }
    const work = this.write(request);
    this.pending.add(work);
    try {
      const { id, name } = await work;
      return { file: id, name };
    } finally {
      this.pending.delete(work);
    }
  }

  /** Ends what is being made. */
  async close(): Promise<void> {
    this.stop.abort();
    await Promise.allSettled(this.pending);
  }

  private async write(request: PlannedPhrase): Promise<StoredFile> {
    const { clip, title, captions, command, before = [] } = await this.draft(request);
    const { signal } = this.stop;
    const { name, madeBy } = this.named(shortened(title), (name) => [
      ...before,
      commandLine({ command: [...command] }, name),
    ]);
    return this.workspace.make({ name, madeBy, captions }, async (path) => {
      await writeClip(clip, path, { signal });
    });
  }

  /** A name that no other phrase has, since one command may make a file of both. */
  private named(
    title: string,
    commands: (name: string) => string[],
  ): { name: string; madeBy: readonly string[] } {
    for (let k = 1; ; k++) {
      const name = k === 1 ? `${title}.pose` : `${title}-${k}.pose`;
      const madeBy = commands(name);
      const others = this.workspace.made.filter((file) => file.name === name);
      if (others.every((file) => file.madeBy?.join() === madeBy.join())) return { name, madeBy };
    }
  }

  private async draft(request: PlannedPhrase): Promise<Draft> {
    return request.how === 'spell' ? spelled(request) : this.signed(request);
  }

  /** The signs that the phrase may name: those of the lexicon, and the stored files by their names. */
  private signs({ lexicon: id, files }: Pick<Plan<'phrase'>, 'lexicon' | 'files'>): Signs {
    const stored = files.map((file) => this.workspace.file(file));
    const { name, lexicon, missing } = this.lexicons.resolve(id);
    const fileOf = (gloss: string) => stored.find((file) => file.name === gloss);
    return {
      name,
      stored,
      missing: (entry) => fileOf(entry.gloss) === undefined && missing(entry),
      lexicon: {
        ...lexicon,
        find(gloss) {
          const file = fileOf(gloss);
          if (!file) return lexicon.find(gloss);
          return { gloss, path: file.path, file: file.name, part: { from: 0 } };
        },
      },
    };
  }

  private async signed({ text, hand, speed, ...from }: Plan<'phrase'>): Promise<Draft> {
    const { name, lexicon, stored } = this.signs(from);
    const clip = await phrase(text, lexicon, { hand, speed, files: false });
    const flags = ['--lexicon', name, ...how(hand, speed)];
    return {
      clip,
      title: glossTimes(clip)
        .map((sign) => sign.text)
        .join(' '),
      captions: glossTimes(clip),
      command: ['handfirst', 'phrase', argument(text), ...flags],
      before: [...new Set(stored.flatMap(({ madeBy = [] }) => madeBy))],
    };
  }
}

function spelled({ text, hand, speed }: Plan<'spell'>): Draft {
  const clip = spell(text, { hand, speed });
  const command = ['handfirst', 'spell', argument(text), ...how(hand, speed)];
  return { clip, title: text, captions: spelledTime(clip, text), command };
}

function how(hand: 'left' | 'right', speed: number): string[] {
  return [...(hand === 'right' ? [] : ['--hand', hand]), ...(speed === 1 ? [] : ['--speed', String(speed)])];
}

/** A text that no command line takes for a flag: a blank before it is a pause before the first letter. */
function argument(text: string): string {
  return text.startsWith('-') ? ` ${text}` : text;
}

/** A text as a name of a file. */
function shortened(text: string): string {
  const plain = text.trim().replace(/[^\p{L}\p{N}-]+/gu, '-');
  return plain.slice(0, 60).replace(/^-+|-+$/g, '') || 'phrase';
}
