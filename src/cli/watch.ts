import { once } from 'node:events';
import { resolve, sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { watch } from 'chokidar';
import { CancelledError, PoseFileError } from '../errors.js';

/** What is watched, and what is done when it changes. */
export interface WatchOptions {
  /** Files and folders. */
  readonly paths: readonly string[];
  /** Files and folders among them that the drawing itself changes. */
  readonly ignored: readonly string[];
  /** Draws; `again` is false the first time. The signal is aborted when a file changes meanwhile, or everything ends. */
  readonly draw: (signal: AbortSignal, again: boolean) => Promise<void>;
  /** After each drawing, when it waits for a change. */
  readonly waiting: () => void;
  /** Says why a drawing failed; it waits for the next change then. */
  readonly failed: (error: unknown) => void;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/** A file counts as written when its size has not changed for this long. */
const STILL_MS = 400;
/** After the last change, since folders change file by file. */
const CALM_MS = 200;

/**
 * Draws, and again whenever a file changes. Half-written files are waited for; a change while it draws begins anew. Resolves when the
 * signal is aborted while it waits. Rejects where it is aborted in the middle, and where the first drawing fails by something else
 * than its keypoints.
 */
export async function drawOnChange({
  paths,
  ignored,
  draw,
  waiting,
  failed,
  signal,
}: WatchOptions): Promise<void> {
  const own = ignored.filter(Boolean).map((path) => resolve(path));
  const watcher = watch([...paths], {
    ignored: (path) => own.some((name) => resolve(path) === name || resolve(path).startsWith(name + sep)),
    ignoreInitial: true,
    awaitWriteFinish: { stabilityThreshold: STILL_MS, pollInterval: 50 },
  });
  let run = new AbortController();
  let changed = true;
  let wake = (): void => undefined;
  const onChange = (): void => {
    changed = true;
    run.abort();
    wake();
  };
  watcher.on('all', onChange);
  const onAbort = (): void => {
    run.abort();
    wake();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await once(watcher, 'ready');
    for (let again = false; !signal.aborted; again = true) {
      while (again && changed) {
        changed = false;
        await wait(CALM_MS);
      }
      changed = false;
      run = new AbortController();
      if (signal.aborted) run.abort();
      try {
        await draw(run.signal, again);
      } catch (error) {
        if (signal.aborted) throw error;
        if (!(changed && error instanceof CancelledError)) {
          if (!again && !(error instanceof PoseFileError)) throw error;
          failed(error);
        }
      }
      if (changed || signal.aborted) continue;
      waiting();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    await watcher.close();
  }
}
