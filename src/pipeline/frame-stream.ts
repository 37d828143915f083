import { Observable, type Observer, Subscriber, type Subscription } from 'rxjs';

type Sink<T> = (value: T) => Promise<void>;
type Taker<T> = (value: T) => unknown;

/**
 * An Observable that can be iterated as well. `draw` starts a stream that awaits `sink` for each value, in order, before it makes more:
 * by that, a loop or an asynchronous `next` holds it back.
 */
export class FrameStream<T> extends Observable<T> implements AsyncIterable<T> {
  constructor(private readonly draw: (sink?: Sink<T>) => Observable<T>) {
    super((subscriber) => draw().subscribe(subscriber));
  }

  /** As in RxJS; where `next` returns a promise, the next value is made when it is fulfilled, and a rejection ends the stream. */
  override subscribe(
    observer?: Partial<Observer<T>> | Taker<T> | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    if (observer instanceof Subscriber) return super.subscribe(observer);
    const given = typeof observer === 'function' ? { next: observer } : (observer ?? {});
    const take: Taker<T> = (value) => given.next?.(value);
    const sink: Sink<T> = async (value) => {
      await take(value);
    };
    return this.draw(sink).subscribe({
      error: 'error' in given ? (reason) => given.error?.(reason) : (error ?? undefined),
      complete: 'complete' in given ? () => given.complete?.() : (complete ?? undefined),
    });
  }

  /** The values one by one; leaving the loop ends the stream. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    let turn = nextTurn<T>();
    let release = (): void => undefined;
    const sink: Sink<T> = (value) => {
      const taken = new Promise<void>((resolve) => {
        release = resolve;
      });
      turn.resolve({ value });
      return taken;
    };
    const subscription = this.draw(sink).subscribe({
      error: (reason) => turn.reject(reason),
      complete: () => turn.resolve(undefined),
    });
    try {
      for (let item = await turn.promise; item; item = await turn.promise) {
        turn = nextTurn();
        yield item.value;
        release();
      }
    } finally {
      subscription.unsubscribe();
    }
  }
}

/** A promise of the next value, of none at the end, or of the failure. */
function nextTurn<T>() {
  let [resolve, reject]: [(item: { value: T } | undefined) => void, (reason: unknown) => void] = [
    () => undefined,
    () => undefined,
  ];
  const promise = new Promise<{ value: T } | undefined>((succeed, fail) => {
    [resolve, reject] = [succeed, fail];
  });
  // A failure while the loop is busy is thrown when it asks again.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
