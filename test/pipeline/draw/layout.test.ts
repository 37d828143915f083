import { describe, expect, it } from 'vitest';
import { threadLayout } from '../../../src/pipeline/draw/layout.js';

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
