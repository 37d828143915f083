import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { reasonOf } from '../src/reason.js';
import { handfirst } from './cli/run.js';

const folder = mkdtempSync(join(tmpdir(), 'handfirst-test-'));
mkdirSync(join(folder, 'full', 'of'), { recursive: true });
afterAll(() => rmSync(folder, { recursive: true }));

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('why something failed', () => {
  it.each([
    ['there is no such file or folder', () => readFileSync(join(folder, 'none'))],
    ['it is a folder', () => readFileSync(folder)],
    ['its name is too long', () => readFileSync(join(folder, 'x'.repeat(300)))],
    ['a part of its path is no folder', () => mkdirSync('/dev/null/a')],
    // What has no words of its own keeps the system's, without code, call and full stop.
    ['it is a folder that is not empty', () => rmdirSync(join(folder, 'full'))],
    [
      'stale file handle$',
      () => {
        throw Object.assign(new Error("ESTALE: stale file handle, open '/a, b'"), { code: 'ESTALE' });
      },
    ],
    [
      'one line',
      () => {
        throw new Error('one line.\nanother');
      },
    ],
  ])('%s', (said, work) => {
    expect(reasonOf(caught(work))).toMatch(new RegExp(`^${said}`));
  });

  it.each([
    [['evaluate', 'run', join(folder, 'none'), '--json']],
    [['evaluate', '--baseline', join(folder, 'none.json'), '--out', join(folder, 'out'), '--limit', '1']],
    [['evaluate', 'rank', join(folder, 'none'), join(folder, 'other')]],
    [['evaluate', 'make', join(folder, 'none'), join(folder, 'out')]],
    [['phrase', 'HELLO', '--lexicon', join(folder, 'none'), '-o', join(folder, 'a.pose')]],
    [['pose', 'info', join(folder, 'none')]],
    [['pose', 'convert', join(folder, 'none'), join(folder, 'a.pose')]],
    [['pose', 'extract', join(folder, 'none'), '-o', join(folder, 'a.pose')]],
    [['generate', join(folder, 'none'), '-o', join(folder, 'a.mp4')]],
    [['generate', 'samples/hello.pose', '--reference', join(folder, 'none'), '-o', join(folder, 'a.mp4')]],
    [['models', 'check', join(folder, 'none')]],
    [['info', join(folder, 'none')]],
    [['spell', 'A', '-o', '/dev/null/a.pose']],
    [['generate', 'samples/hello.pose', '-o', '/dev/null/a/b.mp4']],
    [['pose', 'draw', 'samples/hello.pose', '-o', '/dev/null/a.mp4']],
  ])('is said in words by %j', async (argv) => {
    const { code, out, err } = await handfirst(...argv);
    expect(code).toBeGreaterThan(1);
    expect(out + err).toMatch(/\w/);
    expect(out + err).not.toMatch(/\bE[A-Z]{3,}\b|syscall|errno|should not happen/);
  });
});
