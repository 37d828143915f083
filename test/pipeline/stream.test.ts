import fc from 'fast-check';
import { concatMap, from, lastValueFrom, mergeMap, Observable, tap, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../src/errors.js';
import { Credits, endOnAbort, inOrder, pull } from '../../src/pipeline/stream.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Counts what was pulled, and whether it was stopped. */
function counter(length: number) {
  const state = { pulled: 0, returned: false };
  async function* values() {
    try {
      for (let i = 0; i < length; i++) {
        state.pulled++;
        yield i;
      }
    } finally {
      state.returned = true;
    }
  }
  return { state, values: values() };
}

describe('pull', () => {
  it('emits all values and completes', async () => {
    const credits = new Credits(2);
    const { values } = counter(5);
    const seen = pull(values, credits).pipe(
      tap(() => credits.give()),
      toArray(),
    );
    expect(await lastValueFrom(seen)).toEqual([0, 1, 2, 3, 4]);
  });

  it('pulls no more than there are credits while nothing is finished', async () => {
    const { state, values } = counter(100);
    const subscription = pull(values, new Credits(3)).subscribe();
    await pause(20);
    expect(state.pulled).toBe(3);
    subscription.unsubscribe();
  });

  it('never has more in flight than credits, however long the consumer takes', async () => {
    const credits = new Credits(3);
    const { state, values } = counter(40);
    let written = 0;
    let most = 0;
    const run = pull(values, credits).pipe(
      mergeMap(async (i) => {
        await pause((i * 7) % 5);
        return i;
      }, 2),
      inOrder((i) => i),
      concatMap(async (i) => {
        most = Math.max(most, state.pulled - written);
        await pause(1);
        written++;
        credits.give();
        return i;
      }),
      toArray(),
    );
    expect(await lastValueFrom(run)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(most).toBeLessThanOrEqual(3);
  });

  it('tells the source to stop when nobody listens any more', async () => {
    const { state, values } = counter(100);
    const subscription = pull(values, new Credits(1)).subscribe();
    await pause(5);
    subscription.unsubscribe();
    await pause(5);
    expect(state).toEqual({ pulled: 1, returned: true });
  });

  it("passes the source's failure on", async () => {
    async function* broken() {
      yield 1;
      throw new Error('torn page');
    }
    await expect(lastValueFrom(pull(broken(), new Credits(9)))).rejects.toThrow('torn page');
  });
});

describe('inOrder', () => {
  it('restores any order, from any first number, and keeps nothing back', async () => {
    const shuffled = fc.integer({ min: 0, max: 30 }).chain((count) => {
      const numbers = Array.from({ length: count }, (_, i) => i + 7);
      return fc.shuffledSubarray(numbers, { minLength: count, maxLength: count });
    });
    await fc.assert(
      fc.asyncProperty(shuffled, async (numbers) => {
        const ordered = await lastValueFrom(
          from(numbers).pipe(
            inOrder((n) => n, 7),
            toArray(),
          ),
        );
        expect(ordered).toEqual([...numbers].sort((a, b) => a - b));
      }),
    );
  });
});

describe('endOnAbort', () => {
  it('fails at once and lets go of the source', () => {
    const controller = new AbortController();
    let released = false;
    const errors: unknown[] = [];
    new Observable<number>(() => () => {
      released = true;
    })
      .pipe(endOnAbort(controller.signal))
      .subscribe({ error: (error) => errors.push(error) });
    controller.abort();
    expect(errors).toEqual([expect.any(CancelledError)]);
    expect(released).toBe(true);
  });

  it('fails before anything is begun when the signal is aborted already', () => {
    let begun = false;
    const source = new Observable<number>(() => {
      begun = true;
    });
    let failed: unknown;
    source.pipe(endOnAbort(AbortSignal.abort())).subscribe({ error: (error) => (failed = error) });
    expect(failed).toBeInstanceOf(CancelledError);
    expect(begun).toBe(false);
  });
});
