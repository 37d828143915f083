// Prints the tables of docs/results.md from the report of an evaluation: `node scripts/results-tables.mjs [evaluation/report.json]`, made by
// `handfirst evaluate samples/benchmark --preset default,naive,box,body-only,text-only`.
import { readFileSync } from 'node:fs';
import { argv, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';

const ROWS = {
  quality: {
    default: 'two stages (`default`)',
    'body-only': 'body stage alone (`body-only`)',
    'text-only': 'prompt alone (`text-only`)',
  },
  blending: {
    box: 'bounding boxes (`box`)',
    naive: 'precise mask (`naive`)',
    default: 'sequential expansion (`default`)',
  },
  likeness: { default: 'two stages' },
};
const REFERENCE = 'the reference pictures themselves';
const PAPER = {
  quality: [
    '| *paper, YouTube-ASL: two stages* | *.65* | *.70* | *.103* | *.069* | | |',
    '| *paper, YouTube-ASL: ControlNet* | *.58* | *.38* | *.110* | *.093* | | |',
    '| *paper, HaGRID: two stages* | *.76* | *.74* | *.051* | *.088* | | |',
    '| *paper, HaGRID: ControlNet* | *.59* | *.39* | *.094* | *.135* | | |',
  ],
  blending: { box: '16.46 / .49 / .087', naive: '13.03 / .58 / .062', default: '12.13 / .59 / .057' },
};
/** Metrics by their names in the report, and the heads of their columns; `plain`: without interval. */
const QUALITY = [
  ['dap', 'DAP'],
  ['dapHands', 'DAP hands'],
  ['mpjpe', 'MPJPE', 'plain'],
  ['mpjpeHands', 'MPJPE hands', 'plain'],
  ['handsFound', 'hands found'],
  ['legibility', 'letters read'],
];
const BLENDING = [
  ['dap', 'DAP'],
  ['dapHands', 'DAP hands'],
  ['mpjpe', 'MPJPE', 'plain'],
  ['seam', 'seam energy', 'plain'],
];
const LIKENESS = [
  ['psnr', 'PSNR, dB'],
  ['ssim', 'SSIM'],
  ['maskIou', 'mask IoU of the hand stage'],
  ['flicker', 'background flicker, of 255', 'plain'],
  ['flickerHands', 'hands, warped error, of 255', 'plain'],
  ['drift', 'drift of the look, CIEDE2000'],
];

/** Three significant digits, no more than four behind the point: as the report has them (`report/numbers.ts`). */
function short(value) {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 4));
}

function cell(measured, plain) {
  if (!measured || measured.value === null) return '';
  const { value, interval } = measured;
  return plain || !interval ? short(value) : `${short(value)} [${interval.map(short).join(', ')}]`;
}

/** The lines of a table: a row for each of `rows` that was evaluated, and one of the reference. */
function table({ presets }, columns, rows, { reference = true, more } = {}) {
  const of = (preset) => presets.find((one) => one.preset === preset);
  const line = (name, measured, extra = []) =>
    `| ${[name, ...columns.map(([metric, , plain]) => cell(measured(metric), plain)), ...extra].join(' | ')} |`;
  const figure = (preset, metric) => of(preset)?.figures.find(({ name }) => name === metric);
  const head = ['', ...columns.map(([, label]) => label), ...(more ? [more.head] : [])];
  const drawn = Object.entries(rows)
    .filter(([preset]) => of(preset))
    .map(([preset, name]) =>
      line(name, (metric) => figure(preset, metric), more ? [`*${more.cells[preset]}*`] : []),
    );
  const truth = line(REFERENCE, (metric) => figure(presets[0].preset, metric)?.truth);
  return [
    `| ${head.join(' | ')} |`,
    `|${'---|'.repeat(head.length)}`,
    ...drawn,
    ...(reference ? [truth] : []),
  ];
}

function differences({ comparisons }) {
  const shown = new Set([...QUALITY, ...BLENDING, ...LIKENESS].map(([metric]) => metric));
  return comparisons
    .filter(({ name, difference }) => shown.has(name) && difference !== null)
    .map(
      ({ preset, against, label, verdict, count, ...one }) =>
        `- ${preset} - ${against}, ${label}: ${cell({ value: one.difference, interval: one.interval })}, ${verdict} (${count})`,
    );
}

/** What docs/results.md says of a report: its tables, and below them what is to be put into words. */
export function resultsTables(report) {
  const { bundle, benchmark, device, command } = report.about;
  const paper = { head: '*paper: FID / DAP / MPJPE*', cells: PAPER.blending };
  const parts = [
    `Bundle \`${bundle.sha256.slice(0, 8)}\`, ${benchmark.items} items, ${benchmark.frames} frames, ${device}: \`${command.join(' ')}\``,
    [...table(report, QUALITY, ROWS.quality), ...PAPER.quality].join('\n'),
    table(report, BLENDING, ROWS.blending, { reference: false, more: paper }).join('\n'),
    table(report, LIKENESS, ROWS.likeness).join('\n'),
    ['Paired differences, for the text:', ...differences(report)].join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

if (argv[1] === fileURLToPath(import.meta.url))
  stdout.write(resultsTables(JSON.parse(readFileSync(argv[2] ?? 'evaluation/report.json', 'utf8'))));
