import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { CancelledError } from '../errors.js';

/**
 * Permissions to take something in: the stream's whole back-pressure. A frame takes one before it is read and gives
 * it back once it has been written, so no more than `count` frames exist at a time.
 */
export class Credits {
  private readonly waiting: (() => void)[] = [];

  constructor(private count: number) {}

  async take(): Promise<void> {
    if (this.count > 0) this.count--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  give(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.count++;
  }
}

/** Emits the values of `source`, each pulled only when a credit is there. Unsubscribing returns the iterator. */
export function pull<T>(source: AsyncIterable<T>, credits: Credits): Observable<T> {
  return new Observable<T>((subscriber) => {
    const iterator = source[Symbol.asyncIterator]();
    const run = async (): Promise<void> => {
      while (!subscriber.closed) {
        await credits.take();
        if (subscriber.closed) return;
        const { done, value } = await iterator.next();
        if (done) return subscriber.complete();
        subscriber.next(value);
      }
    };
    run().catch((error: unknown) => subscriber.error(error));
    return () => {
      iterator.return?.()?.catch(() => undefined);
    };
  });
}

/** Restores the order of values numbered `first`, `first + 1` ... that arrive in any order. */
export function inOrder<T>(numberOf: (value: T) => number, first = 0): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable<T>((subscriber) => {
      const early = new Map<number, T>();
      let next = first;
      return source.subscribe({
        next(value) {
          early.set(numberOf(value), value);
          for (let ready = early.get(next); ready !== undefined; ready = early.get(next)) {
            early.delete(next++);
            subscriber.next(ready);
          }
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}

/** Passes everything on until `signal` is aborted; then fails at once with `CancelledError` and lets go of the source. */
export function endOnAbort<T>(signal: AbortSignal | undefined): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable<T>((subscriber) => {
      if (!signal) return source.subscribe(subscriber);
      const fail = (): void => subscriber.error(cancellation());
      if (signal.aborted) return fail();
      signal.addEventListener('abort', fail, { once: true });
      subscriber.add(() => signal.removeEventListener('abort', fail));
      return source.subscribe(subscriber);
    });
}

/** What a cancelled run ends with. */
export function cancellation(): CancelledError {
  return new CancelledError('HF_CANCELLED', 'Cancelled before the end.');
}
