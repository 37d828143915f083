import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { type Figure, type Report, reportSchema } from '../../src/evaluate/report/report-model.js';

const benchmark = fileURLToPath(new URL('../../samples/benchmark/', import.meta.url));
const PRESETS = ['default', 'naive', 'box'];
const ITEMS = ['picture-04', 'picture-11', 'picture-17', 'letter-A', 'letter-W'];

function figure(name: string, label: string, value: number | null, more: Partial<Figure> = {}): Figure {
  const interval: Figure['interval'] = value === null ? null : [value * 0.8, value * 1.15];
  const shared = { unit: '', better: 'higher', count: 5, of: 'frames', note: '' } as const;
  return { name, label, value, interval, truth: null, ...shared, ...more };
}

function figures(series: number): Figure[] {
  const truth = { value: 0.396, interval: [0.31, 0.47] } satisfies Figure['truth'];
  return [
    figure('dapHands', 'DAP hands', 0.274 - series * 0.05, { truth }),
    figure('mpjpeHands', 'MPJPE hands', 0.0443 + series * 0.01, { unit: 'px/side', better: 'lower' }),
    figure('psnr', 'PSNR', 17.6 + series, { unit: 'dB' }),
    figure('fid', 'FID', null, {
      better: 'lower',
      count: 0,
      note: 'Not measured: no <Inception> network was named.',
    }),
  ];
}

/** A report as an evaluation of three presets on five frames could leave it, with its pictures in `folder`. All numbers are made up. */
export async function sampleReport(folder: string): Promise<Report> {
  mkdirSync(folder, { recursive: true });
  for (const [at, item] of ITEMS.entries()) {
    const source = sharp(join(benchmark, item, '00.webp'));
    await source
      .clone()
      .png()
      .toFile(join(folder, `${item}-reference.png`));
    await source
      .clone()
      .negate()
      .png()
      .toFile(join(folder, `${item}-pose.png`));
    for (const [series, preset] of PRESETS.entries())
      await source
        .clone()
        .blur(1 + at + series)
        .png()
        .toFile(join(folder, `${item}-${preset}.png`));
  }
  const items = ITEMS.map((id, at) => ({
    id,
    kind: 'frame',
    caption: 'a woman with red hair & a "plain" top <front>',
    seed: at,
    letter: id.startsWith('letter-') ? id.slice(-1) : null,
    frames: [
      {
        item: id,
        frame: 0,
        pose: `${id}-pose.png`,
        reference: `${id}-reference.png`,
        truth: { oksHands: 0.91 },
        results: PRESETS.map((preset, series) => ({
          preset,
          picture: id === 'letter-W' && series === 2 ? 'lost.png' : `${id}-${preset}.png`,
          values: { oksHands: 0.9 - 0.1 * at, psnr: 20.25, ssim: null },
          handError: id === 'picture-17' ? null : [0.1, 0.4, 0.9, 0.2, 0.4][at],
        })),
      },
    ],
  }));
  const verdict = { preset: 'default', name: 'psnr', label: 'PSNR', tolerance: 0.2, frames: [] };
  return reportSchema.parse({
    version: 1,
    about: {
      engine: '0.1.0',
      engineSha256: 'e'.repeat(64),
      benchmark: {
        name: 'five frames',
        description: 'Rendered signers.',
        sha256: 'b'.repeat(64),
        items: 5,
        frames: 5,
      },
      bundle: { name: 'compact', sha256: 'c'.repeat(64) },
      presets: PRESETS,
      device: 'cpu',
      detector: 'MediaPipe Holistic',
      versions: { sharp: '0.35.5' },
      command: ['handfirst', 'evaluate', 'five', '--preset', PRESETS.join(',')],
    },
    presets: PRESETS.map((preset, series) => ({ preset, shownHands: true, figures: figures(series) })),
    items,
    comparisons: [
      {
        preset: 'naive',
        against: 'default',
        name: 'dapHands',
        label: 'DAP hands',
        difference: -0.05,
        interval: [-0.09, -0.01],
        count: 5,
        verdict: 'worse',
      },
    ],
    shrink: PRESETS.flatMap((preset, series) =>
      [
        { name: 'dapHands', label: 'DAP hands', unit: '', better: 'higher', base: 0.3 },
        { name: 'mpjpeHands', label: 'MPJPE hands', unit: 'px/side', better: 'lower', base: 0.05 },
      ].map(({ base, ...metric }) => ({
        ...metric,
        preset,
        points: [1, 0.8, 0.6, 0.4].map((factor) => {
          const value = base * (factor - series * 0.1);
          return { factor, handSize: 96 * factor, value, interval: [value * 0.9, value * 1.1] };
        }),
      })),
    ),
    baseline: {
      path: 'last.json',
      verdicts: [
        { ...verdict, before: 17.8, now: 17.7, worseBy: 0.1, failed: false, sentence: '' },
        {
          ...verdict,
          name: 'dapHands',
          label: 'DAP hands',
          before: 0.4,
          now: 0.274,
          worseBy: 0.126,
          tolerance: 0.02,
          failed: true,
          frames: ['picture-17', 'picture-11'],
          sentence: 'DAP hands of default fell from 0.400 to 0.274 (let pass: 0.020), most in picture-17.',
        },
      ],
    },
    notes: ['The bundle does not know "frizzy", which 3 captions say.'],
  });
}
