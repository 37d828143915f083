import type { Command } from 'commander';
import { type CostOptions, measureCost } from '../evaluate/index.js';
import { terminalReporter } from './progress.js';
import { cancelOnSignals } from './signals.js';

/** `handfirst evaluate --cost`: prints what a frame costs, by system and number of steps. */
export async function runCost(
  options: Omit<CostOptions, 'program' | 'note' | 'signal'>,
  command: Command,
): Promise<void> {
  const reporter = terminalReporter(process.stderr.isTTY === true, false, { command });
  const { signal, release } = cancelOnSignals();
  const [, script = ''] = process.argv;
  try {
    const { table } = await measureCost({
      ...options,
      // This program once more: a process of its own has memory of its own.
      program: [process.execPath, ...process.execArgv, script],
      note: (sentence) => reporter.note({ kind: 'device', sentence }),
      signal,
    });
    reporter.stop();
    process.stdout.write(`${table}\nAlso in ${options.out}, as cost.md and cost.json.\n`);
  } finally {
    reporter.stop();
    release();
  }
}
