import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadBundle } from '../../../src/models/index.js';
import {
  chooseLayout,
  fastestLayout,
  knownThreads,
  measureThreads,
  possibleLayouts,
  threadLayout,
} from '../../../src/pipeline/choice/threads.js';
import { TINY } from '../../models/tiny-bundle.js';

const GIGABYTE = 2 ** 30;

describe('threadLayout', () => {
  it.each([
    ['a small bundle draws a frame a thread', 8, 20e6, { workers: 8, threads: 1 }],
    ['one thread is one worker', 1, 20e6, { workers: 1, threads: 1 }],
    ['weights that fit into memory once share their threads', 8, 1.5e9, { workers: 1, threads: 8 }],
    ['weights that fit three times', 8, 0.5e9, { workers: 3, threads: 2 }],
    ['weights that do not fit are tried all the same', 4, 40e9, { workers: 1, threads: 4 }],
  ])('%s', (_, threads, bytes, layout) => {
    expect(threadLayout(threads, bytes, 16 * GIGABYTE)).toEqual(layout);
  });
});

describe('the layouts that are measured', () => {
  it.each([
    [1, 20e6, ['1x1']],
    [2, 20e6, ['2x1', '1x2']],
    [6, 20e6, ['6x1', '3x2', '1x6']],
    [8, 0.5e9, ['3x2', '1x8']],
  ])('of %i threads and %d bytes of weights', (threads, bytes, expected) => {
    const layouts = possibleLayouts(threads, bytes, 16 * GIGABYTE);
    expect(layouts.map((one) => `${one.workers}x${one.threads}`)).toEqual(expected);
  });

  it.each([
    ['a thread a frame where another way gains little', [10, 11, 9], { workers: 4, threads: 1 }],
    ['another way where it gains much', [10, 11, 13.5], { workers: 1, threads: 4 }],
  ])('%s', (_, speeds, layout) => {
    expect(fastestLayout(possibleLayouts(4, 20e6, 16 * GIGABYTE), speeds)).toEqual(layout);
  });
});

describe('a way other than the usual', () => {
  const layouts = possibleLayouts(2, 20e6, 16 * GIGABYTE);
  /** Steps a second of two frames at a time and of one, each time they are measured. */
  const chosen = (...rounds: [number, number][]) => {
    const times = [0, 0];
    return chooseLayout(layouts, async (layout) => {
      const at = layouts.indexOf(layout);
      const round = times[at] ?? 0;
      times[at] = round + 1;
      return rounds[round]?.[at] ?? Number.NaN;
    });
  };

  it('is not kept for one slow measurement of the usual one', async () => {
    expect((await chosen([20, 28], [40, 28])).layout).toEqual({ workers: 2, threads: 1 });
  });

  it('is kept where it wins twice', async () => {
    const { layout, speeds } = await chosen([20, 28], [21, 29]);
    expect(layout).toEqual({ workers: 1, threads: 2 });
    expect(speeds).toEqual([21, 29]);
  });

  it('is not measured again where it loses', async () => {
    expect((await chosen([40, 28])).speeds).toEqual([40, 28]);
  });
});

describe('the threads of a run', () => {
  let cache = '';
  beforeEach(() => {
    cache = mkdtempSync(path.join(tmpdir(), 'handfirst-cache-'));
    vi.stubEnv('HANDFIRST_CACHE', cache);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(cache, { recursive: true, force: true });
  });

  it('are those that are asked for', async () => {
    const bundle = await loadBundle(TINY, { verify: false });
    expect(await knownThreads(bundle, { threads: 3, begun: 2 })).toEqual({ workers: 3, threads: 1 });
  });

  it('go on within a graph as a run was begun', async () => {
    const bundle = await loadBundle(TINY, { verify: false });
    expect(await knownThreads(bundle, { begun: 7 })).toMatchObject({ threads: 7 });
  });

  it.skipIf(availableParallelism() < 2)('are measured once a machine, and kept', async () => {
    const bundle = await loadBundle(TINY, { verify: false });
    expect(await knownThreads(bundle, {})).toBeUndefined();
    const measured = await measureThreads(bundle);
    expect(measured.workers * measured.threads).toBeLessThanOrEqual(availableParallelism());
    expect(readdirSync(cache)).toHaveLength(1);
    expect(await knownThreads(bundle, {})).toEqual(measured);
  });
});
