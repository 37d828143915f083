import { randomUUID } from 'node:crypto';
import { extractPose } from '../detect/index.js';
import { commandLine } from '../video/index.js';
import type { Failure, RecordingState } from './protocol.js';
import { failureOf } from './sentence.js';
import type { StoredFile, Workspace } from './workspace.js';

/** Frames a second that are looked at: what recorders in browsers write has no steady rate. */
const FPS = 25;
/** Recordings that are listed; of more the oldest goes. */
const KEPT = 8;

/** Videos of someone signing in which keypoints are looked for, one after another. */
export class Recordings {
  private readonly known = new Map<string, RecordingState>();
  private readonly stop = new AbortController();
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly workspace: Workspace,
    private readonly changed: () => void,
  ) {}

  get states(): RecordingState[] {
    return [...this.known.values()];
  }

  /** Begins to look for keypoints in a stored video, once those before it are done. */
  add(video: StoredFile): RecordingState {
    const state: RecordingState = { id: randomUUID(), name: video.name, state: 'waiting', done: 0 };
    this.known.set(state.id, state);
    for (const old of [...this.known.keys()].slice(0, Math.max(0, this.known.size - KEPT)))
      this.known.delete(old);
    this.last = this.last.then(() => this.look(state.id, video));
    this.changed();
    return state;
  }

  /** Ends what is looked at. */
  async close(): Promise<void> {
    this.stop.abort();
    await this.last;
  }

  private async look(id: string, video: StoredFile): Promise<void> {
    const { signal } = this.stop;
    if (signal.aborted) return;
    this.tell(id, { state: 'drawing' });
    try {
      const name = `${video.name.replace(/\.\w+$/, '')}.pose`;
      const command = ['handfirst', 'pose', 'extract', video.name, '--fps', String(FPS)];
      const file = await this.workspace.make(
        { name, madeBy: [commandLine({ command }, name)] },
        async (path) => {
          const progress = ({ done }: { done: number }) => this.tell(id, { done });
          await extractPose(video.path, path, { fps: FPS, signal, progress });
        },
      );
      this.tell(id, { state: 'done', file: file.id });
    } catch (error) {
      const failure: Failure = failureOf(error, (sentence) => this.workspace.inWords(sentence));
      this.tell(id, { state: 'failed', failure });
    }
  }

  private tell(id: string, change: Partial<RecordingState>): void {
    const before = this.known.get(id);
    if (before) this.known.set(id, { ...before, ...change });
    this.changed();
  }
}
