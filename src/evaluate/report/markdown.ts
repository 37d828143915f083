import { counted } from '../../counted.js';
import { short, withInterval } from './numbers.js';
import type { Figure, Report } from './report-model.js';

/** The report as Markdown: tables in the shape of the paper's, then everything. */
export function markdown(report: Report): string {
  const { about } = report;
  const { benchmark, bundle, device, detector } = about;
  const parts = [
    `# ${benchmark.name}`,
    [
      benchmark.description,
      `${counted(benchmark.items, 'item')}, ${counted(benchmark.frames, 'frame')}. Bundle ${bundle.name} (\`${bundle.sha256.slice(0, 12)}\`) on ${device}.`,
      `Detector: ${detector}. 95 % intervals (bootstrap) in brackets.`,
    ]
      .filter((line) => line !== '')
      .join('\n'),
    `    ${about.command.join(' ')}`,
    ...section('Pose and quality', presetTable(report, QUALITY)),
    ...section('Blending', presetTable(report, BLENDING)),
    ...section('Differences', differences(report)),
    ...section('Size of the hands', sizes(report)),
    ...section('All figures', all(report)),
    ...section('Against the baseline', baseline(report)),
    ...section(
      'Notes',
      report.notes.map((note) => `- ${note}`),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Columns of the paper's tables I and II, and of its ablation. */
const QUALITY = ['dap', 'dapHands', 'mpjpe', 'mpjpeHands', 'clipsim', 'fidPerson', 'kidPerson'];
const BLENDING = ['fid', 'dap', 'mpjpe', 'seam', 'psnr', 'ssim'];

function section(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? [`## ${title}`, lines.join('\n')] : [];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

/** A row a preset, and one of the reference by the same evaluator; a column a metric. */
function presetTable({ presets }: Report, names: readonly string[]): string[] {
  const [first] = presets;
  if (!first) return [];
  const pick = (figures: readonly Figure[]): Figure[] =>
    names.flatMap((name) => figures.find((figure) => figure.name === name) ?? []);
  const stated = (figure: Figure): string => (figure.value === null ? 'not measured' : withInterval(figure));
  const head = pick(first.figures).map(heading);
  const rows = presets.map(({ preset, shownHands, figures }) => [
    shownHands ? preset : `${preset} (shown no hands)`,
    ...pick(figures).map(stated),
  ]);
  const truth = pick(first.figures).map(({ truth: one }) => (one ? withInterval(one) : ''));
  return table(['preset', ...head], [...rows, ['reference', ...truth]]);
}

function heading({ label, unit, better }: Figure): string {
  return `${label}${unit ? ` (${unit})` : ''} ${better === 'higher' ? '↑' : '↓'}`;
}

function differences({ comparisons }: Report): string[] {
  if (comparisons.length === 0) return [];
  const rows = comparisons.map(({ preset, against, label, difference, interval, count, verdict }) => [
    preset,
    against,
    label,
    withInterval({ value: difference, interval }),
    verdict,
    String(count),
  ]);
  return table(['preset', 'against', 'metric', 'difference', 'verdict', 'of'], rows);
}

/** A row a preset and metric, a column a size. */
function sizes({ shrink }: Report): string[] {
  const [first] = shrink;
  if (!first) return [];
  const head = first.points.map(({ factor, handSize }) => `${factor} (${short(handSize)} px)`);
  const rows = shrink.map(({ preset, label, points }) => [preset, label, ...points.map(withInterval)]);
  return table(['preset', 'metric', ...head], rows);
}

function all({ presets }: Report): string[] {
  const rows = presets.flatMap(({ preset, figures }) =>
    figures.map((figure) => [
      preset,
      heading(figure),
      withInterval(figure),
      figure.truth ? withInterval(figure.truth) : '',
      `${figure.count} ${figure.of}`,
      figure.note,
    ]),
  );
  return table(['preset', 'metric', 'value', 'reference', 'of', 'note'], rows);
}

function baseline({ baseline: compared }: Report): string[] {
  if (!compared) return [];
  const failed = compared.verdicts.filter((verdict) => verdict.failed);
  if (failed.length === 0) return [`Nothing got worse than ${compared.path}.`];
  return failed.map(({ sentence }) => `- ${sentence}`);
}
