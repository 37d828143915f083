import type { DoneClip } from './done.js';
import type { ClipFailure } from './failure.js';
import type { ClipOrder } from './order.js';

/** What became of a clip. */
export type ClipOutcome =
  | { readonly kind: 'done'; readonly done: DoneClip }
  | { readonly kind: 'failed'; readonly failure: ClipFailure };

/** Draws clips: processes of this machine, or workers behind a queue. */
export interface ClipRunner {
  /** Clips that are worth giving at a time. */
  readonly width: number;
  /**
   * Draws a clip, puts its video into the store and writes its record. Rejects where it is cancelled, or where nothing more can be drawn
   * at all; what is wrong with the clip alone is an outcome.
   */
  run(order: ClipOrder, signal: AbortSignal): Promise<ClipOutcome>;
  close(): Promise<void>;
}
