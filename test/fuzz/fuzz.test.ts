import { expect, it } from 'vitest';
import { attempt, type Finding, fuzzReaders, seeds } from './fuzz-readers.js';

it('reads every unbroken seed file', async () => {
  for (const { name, bytes } of seeds()) expect(await attempt(name, bytes), name).toBeUndefined();
}, 120_000);

it('answers every broken file with a sentence, in time', async () => {
  const findings: Finding[] = [];
  expect(await fuzzReaders({ runs: 150, seed: 20_250_101 }, (finding) => findings.push(finding))).toBe(150);
  expect(findings.map(({ seed, run, what }) => `${seed} ${run}: ${what}`)).toEqual([]);
}, 300_000);
