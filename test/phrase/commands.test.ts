import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handfirst } from '../cli/run.js';
import { framesOf } from './letter-library.js';

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'handfirst-test-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const at = (name: string): string => join(scratch, name);

describe('spell, join and phrase', () => {
  it('go from a text to a phrase', async () => {
    const spelled = await handfirst('spell', 'MY', '-o', at('MY.pose'), '--speed', '2', '--fps', '30');
    expect(spelled).toMatchObject({ code: 0, err: '' });
    expect(spelled.out).toMatch(/MY\.pose: 2 letters, \d+ frames, \d\.\d s/);
    expect((await handfirst('spell', 'OK', '-o', at('NAME.jsonl'), '--hand', 'left')).code).toBe(0);
    const joined = await handfirst(
      'join',
      at('MY.pose'),
      at('NAME.jsonl'),
      '-o',
      at('out/joined.pose'),
      '--no-rest',
    );
    expect(joined).toMatchObject({ code: 0, err: '' });
    expect(joined.out).toMatch(/joined\.pose: 2 signs, \d+ frames/);
    const signed = await handfirst(
      'phrase',
      'name MY A-N-A',
      '--lexicon',
      scratch,
      '-o',
      at('out/p.pose'),
      '--size',
      '640x480',
    );
    expect(signed).toMatchObject({ code: 0, err: '' });
    const frames = await framesOf(at('out/p.pose'));
    expect(signed.out).toContain(`p.pose: 3 signs, ${frames.length} frames`);
    const printed = await handfirst(
      'join',
      at('MY.pose'),
      at('out/p.pose'),
      '-o',
      at('out/j.pose'),
      '--json',
    );
    const told = {
      event: 'done',
      path: at('out/j.pose'),
      signs: 2,
      frames: (await framesOf(at('out/j.pose'))).length,
    };
    expect(JSON.parse(printed.out)).toMatchObject(told);
  });

  it('tell faults in one sentence with their codes, and leave nothing behind', async () => {
    const before = readdirSync(scratch);
    const unknown = await handfirst('phrase', 'NAMES', '--lexicon', scratch, '-o', at('no.pose'));
    expect(unknown.code).toBe(2);
    expect(unknown.err).toMatch(/no sign for NAMES \(near it: NAME\)/);
    expect((await handfirst('spell', '漢字', '-o', at('no.pose'))).code).toBe(2);
    expect((await handfirst('spell', 'A', '-o', at('no.txt'))).err).toMatch(/name it \.pose or \.jsonl/);
    expect((await handfirst('join', at('nowhere.pose'), '-o', at('no.pose'))).code).toBe(3);
    expect((await handfirst('spell', 'A', '-o', at('MY.pose'))).code).toBe(6);
    expect((await handfirst('spell', 'A')).code).toBe(2);
    expect(readdirSync(scratch)).toEqual(before);
  });
});
