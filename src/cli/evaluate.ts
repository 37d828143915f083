import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { UsageError } from '../errors.js';
import {
  checkBaseline,
  DEFAULT_TOLERANCE,
  type EvaluateOptions,
  evaluate,
  markdown,
  REPORT_FILES,
  type Report,
  summary,
  type Tolerance,
  writeBaseline,
} from '../evaluate/index.js';
import { DEVICES } from '../models/index.js';
import * as parse from './arguments.js';
import { runCost } from './evaluate-cost.js';
import { factors, names, stepCounts, tolerance } from './evaluate-flags.js';
import { evaluateMakeCommand } from './evaluate-make.js';
import { evaluateRankCommand } from './evaluate-rank.js';
import { EXIT_CODES } from './failure.js';
import { withFlags } from './flags-of.js';
import { jsonReporter, terminalReporter } from './progress.js';
import { cancelOnSignals } from './signals.js';
import { placeOnDisk } from './standard-output.js';

/** The benchmark that comes with the package. */
const PACKAGED = fileURLToPath(new URL('../../samples/benchmark', import.meta.url));

interface EvaluateFlags {
  readonly out: string;
  readonly preset: readonly string[];
  readonly bundle?: string;
  readonly verify: boolean;
  readonly limit?: number;
  readonly shrink?: readonly number[];
  readonly features?: string;
  /** True: without a list of steps. */
  readonly cost?: readonly number[] | true;
  readonly baseline?: string;
  readonly tolerance: Tolerance;
  readonly updateBaseline?: boolean;
  readonly device?: string;
  readonly threads?: number;
  readonly markdown?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `handfirst evaluate`: `run` (which may be left out), `make`, `rank`. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('measure how well a benchmark is drawn, and whether it got worse')
    .addCommand(runCommand(), { isDefault: true })
    .addCommand(evaluateMakeCommand())
    .addCommand(evaluateRankCommand())
    .addHelpText('after', EXAMPLES);
}

function runCommand(): Command {
  return new Command('run')
    .description('draw a benchmark, find its keypoints again, and measure how well they fit')
    .argument('[benchmark]', 'folder that holds a benchmark.json (default: the one of the package)')
    .optionsGroup('What is compared:')
    .addOption(
      new Option(
        '--preset <names>',
        'presets or .json files, with @BUNDLE for their own bundle; the others are compared with the first',
      )
        .argParser(names)
        .default(['default'], 'default'),
    )
    .option('--bundle <name>', 'model bundle: a name or a folder (default: compact)')
    .option('--limit <n>', 'evaluate only the first n items', parse.wholeNumber(1))
    .option('--shrink <factors>', 'evaluate smaller signers as well, such as 0.8,0.6,0.4,0.2', factors)
    .option(
      '--features <folder>',
      'networks for FID, KID and CLIPSIM, as judge/export_features.py writes them',
    )
    .addOption(
      new Option(
        '--cost [steps]',
        'measure seconds and peak memory per frame instead, with these numbers of steps, such as 50,4',
      ).argParser(stepCounts),
    )
    .optionsGroup('Baseline:')
    .option('--baseline <file>', 'an earlier report.json; exit code 1 where something is worse than there')
    .addOption(
      new Option(
        '--tolerance <amounts>',
        'how much worse still passes: a share, or metric=amount in its own unit',
      )
        .argParser(tolerance)
        .default(DEFAULT_TOLERANCE, '0.02'),
    )
    .option('--update-baseline', 'save this run as the baseline')
    .optionsGroup('Output:')
    .option(
      '-o, --out <folder>',
      'folder of the report, and of results that the next run reuses',
      placeOnDisk,
      'evaluation',
    )
    .option('--markdown', 'print the tables as Markdown instead of the summary')
    .option('--json', 'print progress and figures as JSON lines')
    .option('--quiet', 'print nothing but warnings and failures')
    .optionsGroup('Runtime:')
    .addOption(
      new Option('--device <name>', 'where the models run (default: the first that works)').choices([
        'auto',
        ...DEVICES,
      ]),
    )
    .option(
      '--threads <n>',
      'CPU threads (default: all, used in the way measured to be fastest)',
      parse.wholeNumber(1),
    )
    .option('--no-verify', "do not check the bundle's files against their checksums")
    .optionsGroup('Other:')
    .addHelpText('after', EXAMPLES)
    .action((benchmark: string | undefined, flags: EvaluateFlags, command: Command) =>
      run(benchmark, flags, command),
    );
}

const EXAMPLES = `
"handfirst evaluate run --help" lists the flags of a run. The folder of --out gets report.html, report.json,
report.md and junit.xml. A stopped run continues in the same folder, and a second run there draws only what changed.

Examples:
  handfirst evaluate samples/benchmark
  handfirst evaluate samples/benchmark --preset default,naive,box,body-only,text-only
  handfirst evaluate samples/benchmark --preset paper@models/sd15,humansd@models/humansd
  handfirst evaluate samples/benchmark --cost 4,2,1
  handfirst evaluate samples/benchmark --baseline baseline.json --update-baseline
  handfirst evaluate samples/benchmark --baseline baseline.json --tolerance 0.03,dapHands=0.02
${EXIT_CODES}`;

async function run(benchmark: string | undefined, flags: EvaluateFlags, command: Command): Promise<void> {
  if (flags.cost) {
    const { benchmark: folder, out, presets, bundle, device, threads } = evaluateOptions(benchmark, flags);
    const steps = flags.cost === true ? [] : flags.cost;
    return runCost({ benchmark: folder, out, presets, bundle, device, threads, steps }, command);
  }
  const reporter = flags.json
    ? jsonReporter((line) => process.stdout.write(line), command)
    : terminalReporter(process.stderr.isTTY === true, flags.quiet ?? false, { command });
  const { signal, release } = cancelOnSignals();
  try {
    const report = await evaluate({
      ...evaluateOptions(benchmark, flags),
      progress: ({ done, total }) => reporter.progress({ done, total, resumed: 0 }),
      note: reporter.note,
      signal,
    });
    reporter.stop();
    tell(report, flags, command);
    if (flags.updateBaseline) await writeBaseline(flags.baseline ?? '', report);
    checkBaseline(report);
  } finally {
    reporter.stop();
    release();
  }
}

function tell(report: Report, { markdown: tables, quiet, out, json }: EvaluateFlags, command: Command): void {
  const { presets, comparisons, baseline, notes } = report;
  const path = join(out, REPORT_FILES.json);
  if (json)
    process.stdout.write(
      `${JSON.stringify({ event: 'done', path, presets, comparisons, baseline, notes })}\n`,
    );
  else if (tables) process.stdout.write(markdown(report));
  else if (!quiet) process.stdout.write(`${withFlags(summary(report), command)}The report is in ${out}.\n`);
}

function evaluateOptions(
  benchmark: string | undefined,
  { device, baseline, tolerance: allowed, updateBaseline, ...flags }: EvaluateFlags,
): EvaluateOptions {
  const { preset, out, bundle, verify, limit, shrink, features, threads } = flags;
  if (updateBaseline && baseline === undefined)
    throw new UsageError('HF_FIELD_MISSING', '`updateBaseline` needs the file: name it with `baseline`.', {
      field: 'baseline',
    });
  return {
    benchmark: benchmark ?? PACKAGED,
    out,
    presets: preset,
    bundle,
    verify,
    limit,
    shrink,
    threads,
    device: device === 'auto' ? undefined : device,
    features,
    baseline: baseline === undefined || updateBaseline ? undefined : { path: baseline, tolerance: allowed },
    command: commandOf(benchmark, { device, baseline, tolerance: allowed, ...flags }),
  };
}

/** The command that does the same. */
function commandOf(benchmark: string | undefined, flags: EvaluateFlags): string[] {
  const { preset, bundle, limit, shrink, features, baseline, tolerance: allowed, device, threads } = flags;
  const flag = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [name, String(value)];
  const amounts = [
    allowed.share,
    ...Object.entries(allowed.byName).map(([name, value]) => `${name}=${value}`),
  ];
  return [
    'handfirst',
    'evaluate',
    ...(benchmark === undefined ? [] : [benchmark]),
    ...flag('--preset', preset.join(',')),
    ...flag('--bundle', bundle),
    ...flag('--limit', limit),
    ...flag('--shrink', shrink?.join(',')),
    ...flag('--features', features),
    ...flag('--baseline', baseline),
    ...flag('--tolerance', baseline && amounts.join(',')),
    ...flag('--device', device),
    ...flag('--threads', threads),
  ];
}
