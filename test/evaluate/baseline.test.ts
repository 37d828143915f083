import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tolerance } from '../../src/cli/evaluate-flags.js';
import { RegressionError, UsageError } from '../../src/errors.js';
import {
  checkBaseline,
  compareWithBaseline,
  DEFAULT_TOLERANCE,
  readBaseline,
} from '../../src/evaluate/report/baseline.js';
import { junit } from '../../src/evaluate/report/junit.js';
import { markdown } from '../../src/evaluate/report/markdown.js';
import type { Report } from '../../src/evaluate/report/report-model.js';
import { summary } from '../../src/evaluate/report/summary.js';
import { temporaryFolder } from '../pipeline/write-clip.js';

/** A report of two frames by their MPJPE and PSNR. */
function report(mpjpe: readonly [number, number], psnr: number | null = 20): Report {
  const figure = { unit: '', interval: null, truth: null, count: 2, of: 'pictures', note: '' };
  const frames = mpjpe.map((value, at) => ({
    id: `item-${at}`,
    kind: 'frame' as const,
    caption: '',
    seed: 0,
    letter: null,
    frames: [
      {
        item: `item-${at}`,
        frame: 0,
        pose: 'pictures/p.webp',
        reference: null,
        truth: {},
        results: [
          { preset: 'default', picture: 'pictures/r.webp', values: { mpjpe: value }, handError: value },
        ],
      },
    ],
  }));
  const benchmark = { name: 'two <frames>', description: '', sha256: 'b', items: 2, frames: 2 };
  return {
    version: 1,
    about: {
      engine: '1',
      engineSha256: 'e',
      benchmark,
      bundle: { name: 'tiny', sha256: 'abcdef0123456789' },
      presets: ['default'],
      device: 'cpu',
      detector: 'd',
      versions: {},
      command: ['handfirst', 'evaluate', 'b'],
    },
    presets: [
      {
        preset: 'default',
        shownHands: true,
        figures: [
          { ...figure, name: 'mpjpe', label: 'MPJPE', better: 'lower', value: (mpjpe[0] + mpjpe[1]) / 2 },
          {
            ...figure,
            name: 'psnr',
            label: 'PSNR',
            unit: 'dB',
            better: 'higher',
            value: psnr,
            note: psnr === null ? 'not measured: no picture has a reference' : '',
          },
        ],
      },
    ],
    items: frames,
    comparisons: [],
    shrink: [],
    baseline: null,
    notes: [],
  };
}

const compared = (before: Report, now: Report, allowed = DEFAULT_TOLERANCE): Report => ({
  ...now,
  baseline: { path: 'last.json', verdicts: compareWithBaseline(before, now, allowed, 'last.json') },
});

describe('a baseline', () => {
  it('passes what is equal, better, or worse within the tolerance', () => {
    const before = report([0.01, 0.03]);
    for (const now of [before, report([0.01, 0.02], 22), report([0.01, 0.0303])])
      expect(() => checkBaseline(compared(before, now))).not.toThrow();
  });

  it('fails with metric, frames and amount', () => {
    const worse = compared(report([0.01, 0.03]), report([0.012, 0.06]));
    expect(() => checkBaseline(worse)).toThrow(RegressionError);
    expect(() => checkBaseline(worse)).toThrow(
      'MPJPE of default got worse by 0.016 (from 0.02 to 0.036, 0.0004 tolerated), most of all in item-1, item-0.',
    );
    const dimmer = compared(report([0.01, 0.03]), report([0.01, 0.03], 17));
    expect(() => checkBaseline(dimmer)).toThrow(
      'PSNR of default got worse by 3 dB (from 20 to 17, 0.4 tolerated).',
    );
  });

  it('fails where a metric can no longer be measured', () => {
    const lost = compared(report([0.01, 0.03]), report([0.01, 0.03], null));
    expect(() => checkBaseline(lost)).toThrow(
      'PSNR of default was 20 and is now not measured: no picture has a reference.',
    );
  });

  it('lets pass what the user says, for all and for one', () => {
    const before = report([0.01, 0.03]);
    const now = report([0.01, 0.04], 15);
    const allowed = tolerance('0.3,psnr=5', DEFAULT_TOLERANCE);
    expect(allowed).toEqual({ share: 0.3, byName: { psnr: 5 } });
    expect(() => checkBaseline(compared(before, now, allowed))).not.toThrow();
    expect(() => compareWithBaseline(before, now, tolerance('psrn=5', DEFAULT_TOLERANCE), 'l')).toThrow(
      'There is no metric "psrn"',
    );
    expect(() => tolerance('much', DEFAULT_TOLERANCE)).toThrow('Give a share such as 0.05');
  });

  it('refuses other items, another preset, and what is no report', async () => {
    const before = report([0.01, 0.03]);
    const fewer = { ...before, items: before.items.slice(0, 1) };
    expect(() => compared(before, fewer)).toThrow(UsageError);
    const other = { ...before, about: { ...before.about, presets: ['fast'] } };
    expect(() => compared(before, other)).toThrow('has figures of the preset "default"');
    const path = join(temporaryFolder(), 'last.json');
    writeFileSync(path, '{}');
    await expect(readBaseline(path)).rejects.toThrow('is no report of an evaluation');
    writeFileSync(path, JSON.stringify(before));
    await expect(readBaseline(path)).resolves.toEqual(before);
  });
});

describe('what is written', () => {
  const worse = compared(report([0.01, 0.03], null), report([0.012, 0.06], null));

  it('as JUnit: a failure, a skipped case, escaped names', () => {
    const xml = junit(worse, new Map([['default', 3]]));
    expect(xml).toContain(
      '<testsuite name="default" tests="2" failures="1" errors="0" skipped="1" time="3.000">',
    );
    expect(xml).toContain(
      'classname="two &lt;frames&gt;.default" name="MPJPE" time="1.500"><failure message="MPJPE of default got',
    );
    expect(xml).toContain('<skipped message="not measured: no picture has a reference"/>');
  });

  it('as Markdown, in tables', () => {
    const text = markdown(worse);
    expect(text).toContain('| preset | MPJPE ↓ |');
    expect(text).toContain('| default | MPJPE ↓ | 0.0360 |');
    expect(text).toContain('- MPJPE of default got worse by 0.016');
  });

  it('as a summary that fits a screen, the worst hands first', () => {
    const lines = summary(worse).trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(summary(worse)).toContain('item-1 0.0600, item-0 0.0120');
    expect(summary(worse)).toContain('Worse than last.json in 1 of 1 figures:');
  });
});
