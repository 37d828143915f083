import { describe, expect, it } from 'vitest';
import { resultsTables } from '../../scripts/results-tables.mjs';
import { type Figure, reportSchema } from '../../src/evaluate/report/report-model.js';

function figure(name: string, value: number | null, more: Partial<Figure> = {}): Figure {
  const shared = { label: name, unit: '', better: 'higher', count: 3, of: 'frames', note: '' } as const;
  const interval: Figure['interval'] = value === null ? null : [value / 2, value * 2];
  return { name, value, interval, truth: null, ...shared, ...more };
}

const report = reportSchema.parse({
  version: 1,
  about: {
    engine: '0.5.0',
    engineSha256: 'e',
    benchmark: { name: 'signers', description: '', sha256: 's', items: 3, frames: 5 },
    bundle: { name: 'compact', sha256: '0123456789abcdef' },
    presets: ['default', 'naive', 'text-only'],
    device: 'cpu',
    detector: 'MediaPipe',
    versions: {},
    command: ['handfirst', 'evaluate'],
  },
  presets: [
    {
      preset: 'default',
      figures: [
        figure('dap', 0.6934, { truth: { value: 0.791, interval: [0.7, 0.8] } }),
        figure('mpjpe', 0.01404),
        figure('seam', 3.6249),
        figure('psnr', 21.04),
      ],
    },
    { preset: 'naive', figures: [figure('dap', 0.7), figure('seam', 3.5)] },
    { preset: 'text-only', figures: [figure('dap', 0), figure('mpjpe', null)] },
  ],
  items: [],
  comparisons: [
    {
      preset: 'naive',
      against: 'default',
      name: 'dap',
      label: 'DAP',
      difference: 0.0069,
      interval: [-0.01, 0.02],
      count: 3,
      verdict: 'unclear',
    },
    {
      preset: 'naive',
      against: 'default',
      name: 'fid',
      label: 'FID',
      difference: 1,
      interval: null,
      count: 3,
      verdict: 'worse',
    },
  ],
  shrink: [],
  baseline: null,
  notes: [],
});

describe('the tables of docs/results.md', () => {
  const lines = resultsTables(report).split('\n');
  const row = (start: string, nth = 0): string[] =>
    (lines.filter((line) => line.startsWith(`| ${start}`))[nth] ?? '')
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1);

  it('has a row for each preset that was evaluated, with intervals where the column has them', () => {
    expect(row('two stages (`default`)')).toEqual([
      'two stages (`default`)',
      '0.693 [0.347, 1.39]',
      '',
      '0.0140',
      '',
      '',
      '',
    ]);
    expect(row('prompt alone')).toEqual(['prompt alone (`text-only`)', '0 [0, 0]', '', '', '', '', '']);
    expect(row('body stage alone')).toEqual([]);
    expect(row('the reference pictures')[1]).toBe('0.791 [0.700, 0.800]');
  });

  it("puts the paper's figures beside the blending", () => {
    expect(row('sequential expansion').slice(-2)).toEqual(['3.62', '*12.13 / .59 / .057*']);
    expect(row('precise mask').slice(-2)).toEqual(['3.50', '*13.03 / .58 / .062*']);
  });

  it('gives every row of a table as many cells as its head', () => {
    const tables = resultsTables(report)
      .split('\n\n')
      .filter((part) => part.startsWith('|'));
    const widths = tables.map((part) => [
      ...new Set(part.split('\n').map((line) => line.split('|').length - 2)),
    ]);
    expect(widths).toEqual([[7], [6], [7]]);
  });

  it('lists the differences of what it shows, and no others', () => {
    expect(lines.filter((line) => line.startsWith('- '))).toEqual([
      '- naive - default, DAP: 0.0069 [-0.0100, 0.0200], unclear (3)',
    ]);
  });
});
