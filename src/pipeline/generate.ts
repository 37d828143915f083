import { Observable } from 'rxjs';
import type { GenerateOptions } from './options.js';
import { type FramesOptions, type GeneratedFrame, Session } from './session.js';

/**
 * The clip as a cold stream of frames, in order. Subscribing opens the file, the bundle and a device; completing, failing
 * (with one `HandfirstError`), unsubscribing and the signal close them. `sink` is awaited for each frame: use it
 * where frames are consumed more slowly than they are drawn, so that they do not pile up.
 */
export function generate(
  options: GenerateOptions,
  { sink }: Pick<FramesOptions, 'sink'> = {},
): Observable<GeneratedFrame> {
  return new Observable<GeneratedFrame>((subscriber) => {
    const run = async (): Promise<void> => {
      const session = await Session.open(options);
      // A failure to close comes too late to be told; the worker ends with the program.
      subscriber.add(() => void session.close().catch(() => undefined));
      if (!subscriber.closed) subscriber.add(session.frames({ sink }).subscribe(subscriber));
    };
    run().catch((error: unknown) => subscriber.error(error));
  });
}
