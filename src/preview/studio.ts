import { givesPersonMask, takesReference } from '../models/reference-uses.js';
import {
  type Engine,
  type GenerateOptions,
  listPresets,
  loadPreset,
  openEngine,
  presetFits,
  topicsOf,
  version,
} from '../pipeline/index.js';
import { Clips } from './clips.js';
import { Lexicons } from './lexicons.js';
import { Looks } from './looks.js';
import { Phrases } from './phrases.js';
import type { About, ClipState, PreviewState } from './protocol.js';
import { Recordings } from './recordings.js';
import { Runs } from './runs.js';
import { sentenceOf } from './sentence.js';
import { StateFeed } from './state-feed.js';
import { Workspace } from './workspace.js';

/** Options of a preview. */
export interface StudioOptions {
  /** Keypoint file to begin with. */
  readonly input?: string;
  /** Folder of signs to make phrases of, beside the samples (see `openLexicon`). */
  readonly lexicon?: string;
  readonly method?: GenerateOptions['method'];
  readonly runtime?: GenerateOptions['runtime'];
  readonly limits?: Partial<About['limits']>;
}

const LIMITS: About['limits'] = { keypointBytes: 512 * 1024 ** 2, pictureBytes: 32 * 1024 ** 2 };

/** Everything behind the page: models that stay loaded, files, clips, and what is drawn of them. */
export class Studio {
  readonly limits: About['limits'];
  readonly clips: Clips;
  readonly runs: Runs;
  readonly lexicons: Lexicons;
  readonly phrases: Phrases;
  readonly looks: Looks;
  readonly recordings: Recordings;
  private warm: PreviewState['engine'];

  private constructor(
    readonly workspace: Workspace,
    private readonly engine: Engine,
    readonly feed: StateFeed,
    options: StudioOptions,
  ) {
    this.limits = { ...LIMITS, ...options.limits };
    this.warm = { state: 'loading', device: engine.runner.device };
    const { size } = engine.bundle.manifest.body.autoencoder;
    this.clips = new Clips(workspace, size, feed.changed);
    this.looks = new Looks(engine, workspace);
    this.recordings = new Recordings(workspace, feed.changed);
    this.lexicons = new Lexicons(workspace);
    this.phrases = new Phrases(workspace, this.lexicons);
    const ready = engine.warm().then(() => engine);
    this.runs = new Runs({
      workspace,
      clips: this.clips,
      engine: ready,
      started: { method: options.method, runtime: options.runtime },
      changed: feed.changed,
    });
    ready.then(
      () => this.tell({ state: 'ready', device: engine.runner.device }),
      (error: unknown) => this.tell({ state: 'failed', error: sentenceOf(error) }),
    );
  }

  /** Opens models and the first file. Throws `HandfirstError`s; then nothing is left behind. */
  static async open(options: StudioOptions): Promise<Studio> {
    const workspace = await Workspace.open();
    const feed = new StateFeed();
    let engine: Engine | undefined;
    try {
      engine = await openEngine(options);
      const studio = new Studio(workspace, engine, feed, options);
      await studio.lexicons.open(options.lexicon);
      if (options.input !== undefined) {
        await studio.clips.add({ file: workspace.adopt(options.input).id, source: {} });
      }
      return studio;
    } catch (error) {
      feed.close();
      await engine?.close();
      await workspace.close();
      throw error;
    }
  }

  about(): About {
    const { manifest } = this.engine.bundle;
    return {
      version: version(),
      bundle: {
        name: manifest.name,
        size: manifest.body.autoencoder.size,
        defaultPrompt: manifest.defaultPrompt,
        takesReference: takesReference(manifest),
        signers: this.engine.gallery?.signers.map(({ name, words }) => ({ name, words })) ?? [],
        replacesBackground: givesPersonMask(manifest),
        topics: topicsOf(this.engine),
      },
      presets: listPresets().map((name) => {
        const preset = loadPreset(name);
        return { name, description: preset.description, fits: presetFits(manifest, preset) };
      }),
      limits: this.limits,
    };
  }

  state(): PreviewState {
    return {
      engine: this.warm,
      clips: this.clips.states,
      recordings: this.recordings.states,
      runs: this.runs.states,
      queue: this.runs.waiting,
    };
  }

  /** Opens a file that was stored. Sentences name it as the user does. */
  async openClip(request: Parameters<Clips['add']>[0]): Promise<ClipState> {
    return this.clips.add(request);
  }

  /** Ends what is being drawn, and removes everything that was written. */
  async close(): Promise<void> {
    this.runs.close();
    this.feed.close();
    await this.engine.close();
    await this.recordings.close();
    await this.phrases.close();
    await this.clips.close();
    await this.workspace.close();
  }

  private tell(warm: PreviewState['engine']): void {
    this.warm = warm;
    this.feed.changed();
  }
}
