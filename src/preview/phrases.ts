import {
  type JoinOptions,
  joinOptions,
  joinSigns,
  phrase,
  phraseItems,
  type Sign,
  signFile,
  spell,
  writeClip,
} from '../phrase/index.js';
import type { PoseClip } from '../pose/index.js';
import { commandLine } from '../video/index.js';
import type { Clips } from './clips.js';
import type { Lexicons } from './lexicons.js';
import type { PhraseAnswer, PlannedPhrase } from './phrase-protocol.js';
import type { StoredFile, Workspace } from './workspace.js';

type Plan<How extends PlannedPhrase['how']> = Extract<PlannedPhrase, { how: How }>;

/** A phrase before it is written. */
interface Draft {
  readonly clip: PoseClip;
  /** What it is called, without an ending. */
  readonly title: string;
  /** Arguments of the command that makes it, from `handfirst` on. */
  readonly command: readonly string[];
  /** Commands that make what it is made of. */
  readonly before?: readonly string[];
}

/** Phrases that are made in the page: fingerspelled, signed from a lexicon, joined. */
export class Phrases {
  private readonly stop = new AbortController();
  private readonly pending = new Set<Promise<unknown>>();

  constructor(
    private readonly workspace: Workspace,
    private readonly clips: Clips,
    private readonly lexicons: Lexicons,
  ) {}

  /** Makes a phrase into a file of the workspace. Throws UsageError and PoseFileError. */
  async make(request: PlannedPhrase): Promise<PhraseAnswer> {
    if (request.how === 'sign') {
      const { lexicon, missing } = this.lexicons.resolve(request.lexicon);
      const items = phraseItems(request.text, lexicon, request.spellUnknown);
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
    const { clip, title, command, before = [] } = await this.draft(request);
    const { signal } = this.stop;
    const { name, madeBy } = this.named(shortened(title), (name) => [
      ...before,
      commandLine({ command: [...command] }, name),
    ]);
    return this.workspace.make(name, madeBy, async (path) => {
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

  private draft(request: PlannedPhrase): Draft | Promise<Draft> {
    if (request.how === 'spell') return spelled(request);
    return request.how === 'sign' ? this.signed(request) : this.joined(request);
  }

  private async signed({ text, hand, speed, lexicon: id, spellUnknown }: Plan<'sign'>): Promise<Draft> {
    const { name, lexicon } = this.lexicons.resolve(id);
    const clip = await phrase(text, lexicon, { hand, speed, spellUnknown });
    const flags = ['--lexicon', name, ...(spellUnknown ? ['--spell-unknown'] : []), ...how(hand, speed)];
    return { clip, title: text, command: ['handfirst', 'phrase', argument(text), ...flags] };
  }

  private async joined({ files }: Plan<'join'>): Promise<Draft> {
    const stored = files.map((id) => this.workspace.file(id));
    const options: Required<JoinOptions> = joinOptions({});
    const signs: Sign[] = [];
    for (const { id, name, path } of stored) {
      this.stop.signal.throwIfAborted();
      // What a file does not say was said when it was looked at.
      const { framing: _, ...open } = this.clips.sourceOf(id);
      signs.push(await signFile(name, path, options, { open }));
    }
    return {
      clip: joinSigns(signs, options),
      title: stored.map(({ name }) => stem(name)).join(' '),
      command: ['handfirst', 'join', ...stored.map(({ name }) => name)],
      before: [...new Set(stored.flatMap(({ madeBy = [] }) => madeBy))],
    };
  }
}

function spelled({ text, hand, speed }: Plan<'spell'>): Draft {
  const clip = spell(text, { hand, speed });
  return { clip, title: text, command: ['handfirst', 'spell', argument(text), ...how(hand, speed)] };
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

function stem(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? name;
  return last.replace(/\.[^.]*$/, '');
}
