import { lastValueFrom } from 'rxjs';
import {
  type Engine,
  type GeneratedFrame,
  type GenerateOptions,
  RunEvents,
  Session,
} from '../../pipeline/index.js';
import type { BenchmarkItem } from '../source/benchmark.js';

/** How a preset draws an item. */
export interface DrawOptions {
  readonly engine: Engine;
  /** Keypoint file, and which of its frames. */
  readonly source: Pick<GenerateOptions, 'input' | 'source'>;
  readonly preset: string;
  readonly signal?: AbortSignal;
}

/**
 * Draws an item by a preset. `sink` takes each frame, and the prompt that it was drawn by; the next frame waits for it. Resolves to the
 * warnings that were given.
 */
export async function drawItem(
  item: BenchmarkItem,
  { engine, source, preset, signal }: DrawOptions,
  sink: (frame: GeneratedFrame, prompt: string) => Promise<void>,
): Promise<string[]> {
  const notes = new Set<string>();
  const events = new RunEvents();
  events.on('note', ({ kind, sentence }) => kind === 'warning' && notes.add(sentence));
  const session = await Session.open(
    {
      ...source,
      // True pictures and masks are in the file's own frame.
      source: { ...source.source, framing: 'source', rotate: 0 },
      look: { prompt: item.caption, seed: item.seed, allowUnknownWords: true },
      method: { preset },
      // Tables of different machines are compared.
      runtime: { precision: 'float32' },
      watch: { intermediates: 'hands', events },
      signal,
    },
    engine,
  );
  try {
    const frames = session.frames({ sink: (frame) => sink(frame, session.signer.prompt) });
    await lastValueFrom(frames, { defaultValue: undefined });
    return [...notes];
  } finally {
    await session.close();
  }
}
