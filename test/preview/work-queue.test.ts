import { expect, it } from 'vitest';
import { type Work, WorkQueue } from '../../src/preview/work-queue.js';

function work(urgent: boolean, run: () => Promise<void>): Work & { stop: AbortController } {
  const stop = new AbortController();
  return { urgent, signal: stop.signal, run, stop };
}

const moment = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

it('does one thing at a time, what is urgent between two frames of what is not', async () => {
  const events: string[] = [];
  let running = 0;
  const queue = new WorkQueue<Work>(() => undefined);
  const alone = async (name: string) => {
    expect(++running).toBe(1);
    events.push(name);
    await moment();
    running--;
  };
  const long = (name: string) =>
    work(false, async () => {
      for (const frame of [1, 2]) {
        await alone(`${name} ${frame}`);
        await queue.giveWay();
      }
    });
  queue.add(long('a'));
  queue.add(long('b'));
  queue.add(work(true, () => alone('quick')));
  await expect.poll(() => queue.entries.length).toBe(0);
  expect(events).toEqual(['a 1', 'quick', 'a 2', 'b 1', 'b 2']);
});

it('leaves out what was cancelled while it waited', async () => {
  const events: string[] = [];
  const queue = new WorkQueue<Work>(() => undefined);
  const say = (name: string) => async () => {
    events.push(name);
    await moment();
  };
  const second = work(false, say('second'));
  for (const piece of [work(false, say('first')), second, work(false, say('third'))]) queue.add(piece);
  second.stop.abort();
  expect(queue.entries).toHaveLength(2);
  await expect.poll(() => queue.entries.length).toBe(0);
  expect(events).toEqual(['first', 'third']);
});

it('begins nothing new before those that cancelled work gave way to have ended', async () => {
  const events: string[] = [];
  const queue = new WorkQueue<Work>(() => undefined);
  const first = work(false, async () => {
    queue.add(
      work(true, async () => {
        events.push('quick begins');
        await moment();
        events.push('quick ends');
      }),
    );
    // Cancelled: it ends without waiting for what it let go first.
    void queue.giveWay();
  });
  queue.add(first);
  queue.add(work(false, async () => void events.push('next')));
  await expect.poll(() => events).toEqual(['quick begins', 'quick ends', 'next']);
});
