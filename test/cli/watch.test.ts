import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { drawOnChange } from '../../src/cli/watch.js';
import { CancelledError, PoseFileError, UsageError } from '../../src/errors.js';
import { temporaryFolder } from '../pipeline/write-clip.js';

vi.setConfig({ testTimeout: 60_000 });

/** Watches a file; `work` says what each drawing does. */
function watching(work: (signal: AbortSignal, turn: number) => Promise<void> = async () => undefined) {
  const file = join(temporaryFolder(), 'clip.pose');
  writeFileSync(file, '1');
  const end = new AbortController();
  const seen = { draws: 0, waits: 0, failures: 0 };
  const done = drawOnChange({
    paths: [file],
    ignored: [],
    draw: (signal) => work(signal, seen.draws++),
    waiting: () => seen.waits++,
    failed: () => seen.failures++,
    signal: end.signal,
  });
  return { file, seen, done, end: () => end.abort() };
}

const long = { timeout: 30_000 };

it('draws again when the file has changed, once for what is written in pieces', async () => {
  const { file, seen, done, end } = watching();
  await expect.poll(() => seen.waits, long).toBe(1);
  for (let piece = 0; piece < 5; piece++) {
    appendFileSync(file, '2');
    await new Promise((resolve) => setTimeout(resolve, 80));
  }
  await expect.poll(() => seen.waits, long).toBe(2);
  expect(seen).toEqual({ draws: 2, waits: 2, failures: 0 });
  end();
  await done;
});

it('begins anew where the file changes while it draws, and goes on after a file that cannot be read', async () => {
  const { file, seen, done, end } = watching(async (signal, turn) => {
    if (turn === 2) throw new PoseFileError('HF_POSE_EMPTY', 'It is empty.');
    if (turn > 0) return;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    throw new CancelledError('HF_CANCELLED', 'Cancelled.');
  });
  await expect.poll(() => seen.draws, long).toBe(1);
  writeFileSync(file, '22');
  await expect.poll(() => seen.waits, long).toBe(1);
  expect(seen).toEqual({ draws: 2, waits: 1, failures: 0 });
  writeFileSync(file, '333');
  await expect.poll(() => seen.failures, long).toBe(1);
  expect(seen.waits).toBe(2);
  end();
  await done;
});

it('ends at once where the first drawing cannot be done, and when it is cancelled in the middle', async () => {
  await expect(
    watching(async () => {
      throw new UsageError('HF_FIELD_VALUE', 'No.');
    }).done,
  ).rejects.toThrow('No.');
  const { seen, done, end } = watching(async (signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    throw new CancelledError('HF_CANCELLED', 'Cancelled.');
  });
  await expect.poll(() => seen.draws, long).toBe(1);
  end();
  await expect(done).rejects.toThrow('Cancelled.');
});
