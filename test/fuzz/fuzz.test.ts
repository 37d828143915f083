import { expect, it } from 'vitest';
import { attempt } from './attempt.js';
import { type Finding, fuzzReaders } from './fuzz-readers.js';
import { seeds } from './seeds.js';

it('reads every unbroken seed file', async () => {
  for (const seed of seeds()) expect(await attempt(seed, seed.bytes), seed.name).toBeUndefined();
}, 120_000);

it('answers every broken file with a sentence, in time', async () => {
  const findings: Finding[] = [];
  await fuzzReaders({ runs: 150, seed: 20_250_101 }, (finding) => findings.push(finding));
  expect(findings.map(({ seed, run, what }) => `${seed} ${run}: ${what}`)).toEqual([]);
}, 300_000);
