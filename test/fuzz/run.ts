import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Stated } from './worker.js';

/**
 * `npm run fuzz -- --minutes N --inputs N --seed S`: every reader is fed mutations of every sample, in a process of its own that may take
 * 1 GB and 5 seconds of processor time a file, until the minutes are over or that many files were fed. Every finding is printed and its
 * file kept, and the count once a minute; the exit code is the number of findings, up to 100.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    inputs: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: '1' },
  },
});
const MOST_MEMORY = 1024 ** 3;
const MOST_SECONDS = 5;
const MOST_INPUTS = Number(values.inputs);
const begin = performance.now();
const end = begin + Number(values.minutes) * 60_000;
const fed = new Map<string, number>();
const seen = new Set<string>();
let [findings, inputs, generation, highest] = [0, 0, 0, 0];

/** What a process has used; undefined where the system does not say, or it has ended. */
function usage(pid: number | undefined): { bytes: number; seconds: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
    // Fields 14, 15 and 24 of proc(5): user and system time in hundredths of a second, resident pages of 4 KiB.
    return {
      bytes: Number(stat[21]) * 4096,
      seconds: (Number(stat[11]) + Number(stat[12])) / 100,
    };
  } catch {
    return undefined;
  }
}

function found(name: string, what: string, file: string): void {
  findings += 1;
  const kind = what.replace(/\d+/g, 'N').slice(0, 200);
  if (seen.has(kind)) return;
  seen.add(kind);
  const kept = join(tmpdir(), `handfirst-fuzz-${values.seed}-${findings}-${name}`);
  writeFileSync(kept, readFileSync(file));
  console.log(`from ${name}: ${what}\n  kept as ${kept}`);
}

/** Runs one process until it is stopped for a finding, ends by itself or the time is over. */
function runProcess(): Promise<void> {
  const last = join(tmpdir(), `handfirst-fuzz-${process.pid}-last`);
  const seed = Number(values.seed) * 100_000 + generation;
  generation += 1;
  const child: ChildProcess = fork(
    fileURLToPath(new URL('worker.ts', import.meta.url)),
    [String(seed), last, String(Math.max(0, end - performance.now()) / 1000)],
    { execArgv: ['--import', 'tsx', '--max-old-space-size=900'] },
  );
  let [current, began] = ['', 0];
  let stopped: string | undefined;
  let enough = false;
  child.on('message', (stated: Stated) => {
    if (stated.finding) found(stated.name, stated.finding, last);
    if (!stated.starts) return;
    enough = inputs >= MOST_INPUTS;
    if (enough) child.kill('SIGKILL');
    if (enough) return;
    current = stated.name;
    began = usage(child.pid)?.seconds ?? 0;
    inputs += 1;
    fed.set(current, (fed.get(current) ?? 0) + 1);
  });
  const watch = setInterval(() => {
    const used = usage(child.pid);
    if (!used || current === '') return;
    highest = Math.max(highest, used.bytes);
    if (used.bytes > MOST_MEMORY) stopped = `took ${Math.round(used.bytes / 2 ** 20)} MiB`;
    if (used.seconds - began > MOST_SECONDS) stopped = `took more than ${MOST_SECONDS} s`;
    if (stopped) child.kill('SIGKILL');
  }, 100);
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      if (stopped) found(current, stopped, last);
      else if (code !== 0 && !enough) found(current, `ended the process (${signal ?? code})`, last);
      rmSync(last, { force: true });
      resolve();
    });
  });
}

const minutely = setInterval(() => console.log(`${inputs} files so far, ${findings} findings`), 60_000);
while (performance.now() < end && inputs < MOST_INPUTS) await runProcess();
clearInterval(minutely);
for (const [name, count] of fed) console.log(`  ${String(count).padStart(6)}  ${name}`);
console.log(
  `${inputs} files in ${((performance.now() - begin) / 60_000).toFixed(1)} minutes, ${findings} findings of ${seen.size} kinds, ${Math.round(highest / 2 ** 20)} MiB at most (seed ${values.seed})`,
);
process.exitCode = Math.min(findings, 100);
