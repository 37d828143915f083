import { Observable, tap } from 'rxjs';
import type { Engine } from './engine.js';
import { FrameStream } from './frame-stream.js';
import type { GenerateOptions } from './options.js';
import { type FramesOptions, type GeneratedFrame, Session } from './session.js';

/**
 * The clip's frames in order, for `for await` and as an Observable. Iterating or subscribing opens the keypoints, the bundle and a device;
 * completing, failing (with one `HandfirstError`), leaving the loop, unsubscribing and the signal close them.
 *
 * A loop, and a subscriber whose `next` returns a promise, take one frame at a time: reading and drawing wait, and no more than
 * `runtime.lookAhead + 1` frames exist at once. Operators of RxJS cannot ask a stream to wait, so frames pile up behind slow ones.
 *
 * An `engine` of `openEngine` stays open for the next clip.
 */
export function generate(options: GenerateOptions, engine?: Engine): FrameStream<GeneratedFrame> {
  return new FrameStream((sink) => drawn(options, engine, sink));
}

function drawn(
  options: GenerateOptions,
  engine: Engine | undefined,
  sink: FramesOptions['sink'],
): Observable<GeneratedFrame> {
  return new Observable<GeneratedFrame>((subscriber) => {
    const run = async (): Promise<void> => {
      const session = await Session.open(options, engine);
      // A failure to close comes too late to be heard; the worker ends with the program.
      subscriber.add(() => void session.close().catch(() => undefined));
      if (subscriber.closed) return;
      const total = session.frameCount;
      const tell = ({ index }: GeneratedFrame): void => {
        options.watch?.events?.emit('progress', {
          done: index + 1,
          resumed: 0,
          ...(total === undefined ? {} : { total }),
        });
      };
      subscriber.add(session.frames({ sink }).pipe(tap(tell)).subscribe(subscriber));
    };
    run().catch((error: unknown) => subscriber.error(error));
  });
}
