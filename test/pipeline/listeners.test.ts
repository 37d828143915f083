import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lastValueFrom, tap } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { generate } from '../../src/pipeline/index.js';
import { SOURCE, TINY, temporaryFolder, writeClip } from './write-clip.js';

vi.setConfig({ testTimeout: 240_000 });

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

it.each([undefined, 20])(
  'leaves no listener of a drawn frame on the signal of the run, also after the garbage is collected: look-ahead %s',
  async (lookAhead) => {
    const warnings: string[] = [];
    const hear = ({ name }: Error): void => void warnings.push(name);
    process.on('warning', hear);
    let added = 0;
    let removed = 0;
    const { addEventListener, removeEventListener } = AbortSignal.prototype;
    vi.spyOn(AbortSignal.prototype, 'addEventListener').mockImplementation(function (
      this: AbortSignal,
      ...given
    ) {
      added += given[0] === 'abort' ? 1 : 0;
      addEventListener.apply(this, given);
    });
    vi.spyOn(AbortSignal.prototype, 'removeEventListener').mockImplementation(function (
      this: AbortSignal,
      ...given
    ) {
      removed += given[0] === 'abort' ? 1 : 0;
      removeEventListener.apply(this, given);
    });
    const frames = generate({
      input: writeClip(temporaryFolder(), 60),
      source: SOURCE,
      method: { bundle: TINY },
      runtime: { device: 'cpu', threads: 1, lookAhead },
    });
    await lastValueFrom(frames.pipe(tap(() => collectGarbage())));
    process.off('warning', hear);
    vi.restoreAllMocks();
    expect(warnings).not.toContain('MaxListenersExceededWarning');
    expect(added).toBeGreaterThanOrEqual(60);
    // What is left are listeners of the run itself, a few however long it is.
    expect(added - removed).toBeLessThan(20);
  },
);
