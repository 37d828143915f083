import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Finding, fuzzReaders } from './fuzz-readers.js';

/** `npm run fuzz -- --seconds N --seed S`: every finding is printed and its file kept; the exit code is their number, up to 100. */
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } },
});
const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
let findings = 0;
const seen = new Set<string>();
/** The file in work, for what ends the whole process. */
const last = join(tmpdir(), `handfirst-fuzz-${seed}-last`);
const keep = (base: string, run: number, bytes: Buffer) => {
  writeFileSync(last, bytes);
  writeFileSync(`${last}.txt`, `run ${run}, from ${base}\n`);
};
const found = ({ seed: base, run, what, bytes }: Finding) => {
  findings += 1;
  const kind = what.replace(/\d+/g, 'N').slice(0, 200);
  if (seen.has(kind)) return;
  seen.add(kind);
  const path = join(tmpdir(), `handfirst-fuzz-${seed}-${run}-${base}`);
  writeFileSync(path, bytes);
  console.log(`run ${run}, from ${base}: ${what}\n  kept as ${path}`);
};
const fed = await fuzzReaders({ seconds, seed }, found, keep);
const runs = [...fed.values()].reduce((sum, count) => sum + count, 0);
for (const [name, count] of fed) console.log(`  ${String(count).padStart(6)}  ${name}`);
const memory = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(
  `${runs} files in ${seconds} s, ${findings} findings of ${seen.size} kinds, ${memory} MiB at most (seed ${seed})`,
);
process.exitCode = Math.min(findings, 100);
