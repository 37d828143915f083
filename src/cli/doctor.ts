import { Command } from 'commander';
import { type Check, examine } from '../doctor/index.js';
import { version } from '../pipeline/index.js';
import { coloursOf } from './colours.js';
import { EXIT_CODES } from './failure.js';
import { withFlags } from './flags-of.js';
import { generateCommand } from './generate.js';
import { pictureProtocol } from './terminal-picture.js';

const MARKS = { ok: '\u2713', warning: '!', failure: '\u2717' } as const;

/** `handfirst doctor`: what works on this machine. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('show what works on this machine, and how to repair the rest')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
A failure keeps videos from being made; a warning is about something optional. The exit code is that of the first failure.

Examples:
  handfirst doctor
  handfirst doctor --json
${EXIT_CODES}`,
    )
    .action(async ({ json }: { json?: boolean }) => {
      const drawing = generateCommand();
      const found = [...(await examine()), checkTerminal()];
      const checks = found.map(({ advice, ...check }) =>
        advice === undefined ? check : { ...check, advice: withFlags(advice, drawing) },
      );
      const failure = checks.find(({ status }) => status === 'failure');
      process.stdout.write(
        json
          ? `${JSON.stringify({ version: version(), works: failure === undefined, checks }, undefined, 2)}\n`
          : `${formatChecks(checks)}\n`,
      );
      if (failure) process.exitCode = failure.exitCode ?? 1;
    });
}

/** A line a check, and below it what to do; then whether videos can be made. */
function formatChecks(checks: readonly Check[], colours = coloursOf(process.stdout)): string {
  const paint = { ok: colours.green, warning: colours.yellow, failure: colours.red };
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, status, detail, advice }) => [
    `${paint[status](MARKS[status])} ${name.padEnd(width)}  ${detail}`,
    ...(advice === undefined ? [] : [`  ${''.padEnd(width)}  ${colours.dim(advice)}`]),
  ]);
  const count = (wanted: Check['status']): number => checks.filter(({ status }) => status === wanted).length;
  const verdict =
    count('failure') > 0
      ? 'Videos cannot be made here: repair what is marked \u2717.'
      : 'Videos can be made here.';
  return [...lines, '', `handfirst ${version()}: ${verdict}`].join('\n');
}

function checkTerminal(): Check {
  const name = 'terminal';
  if (!process.stderr.isTTY) return { name, status: 'ok', detail: 'none: no progress bar is shown' };
  const protocol = pictureProtocol(process.stderr);
  const pictures = protocol ? `shows pictures (${protocol})` : 'shows no pictures while it draws';
  return { name, status: 'ok', detail: `${process.stderr.columns} columns, ${pictures}` };
}
