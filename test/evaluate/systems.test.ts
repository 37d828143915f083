import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { costTable, measureCost } from '../../src/evaluate/cost.js';
import { openSystems, parseSystem, showsHands } from '../../src/evaluate/draw/systems.js';
import { readManifest } from '../../src/models/read-manifest.js';
import { loadPreset } from '../../src/pipeline/preset.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const TINY = here('../fixtures/tiny-bundle');
const SD15 = here('../fixtures/tiny-sd15');

/** Milliseconds for engines and processes on a busy machine. */
vi.setConfig({ testTimeout: 600_000 });

async function manifestOf(folder: string) {
  return readManifest(await readFile(join(folder, 'manifest.json'), 'utf8'), folder);
}

describe('a row of an evaluation', () => {
  it('is a preset, on the common bundle or on one of its own', () => {
    expect(parseSystem('humansd@models/humansd')).toEqual({ preset: 'humansd', bundle: 'models/humansd' });
    expect(parseSystem('expand')).toEqual({ preset: 'default' });
  });

  it.each([
    ['t2i-adapter', '../fixtures/systems/t2i-adapter', false],
    ['humansd', '../fixtures/systems/humansd', false],
    ['stable-pose', '../fixtures/systems/stable-pose', false],
    ['handrefiner', '../fixtures/systems/handrefiner', false],
    ['controlnet-full', '../fixtures/systems/controlnet-full', true],
    ['text-only', '../fixtures/systems/text-only', false],
    ['controlnet', '../fixtures/systems/controlnet', true],
    ['paper', '../fixtures/tiny-sd15', true],
    ['text-only', '../fixtures/tiny-sd15', false],
  ])('says whether %s is shown hands', async (preset, folder, shown) => {
    expect(showsHands(await manifestOf(here(folder)), loadPreset(preset))).toBe(shown);
  });

  it('cannot stand beside one of another size', async () => {
    const options = {
      benchmark: '',
      out: '',
      presets: ['default', `paper@${SD15}`],
      bundle: TINY,
      device: 'cpu',
    };
    await expect(openSystems(options)).rejects.toThrow(
      /draws 128 pixels and that of default 64.*evaluate them apart/,
    );
  });
});

describe('the engine', () => {
  it('knows no system by its name', async () => {
    const names =
      /humansd|stable-?pose|handrefiner|t2i-?adapter|controlnet-full|(bundle|manifest)\.name\s*[!=]==/i;
    const source = here('../../src');
    const files = (await readdir(source, { recursive: true })).filter((file) => /\.tsx?$/.test(file));
    expect(files.length).toBeGreaterThan(300);
    for (const file of files.filter((name) => !name.startsWith('cli')))
      expect(await readFile(join(source, file), 'utf8'), file).not.toMatch(names);
  });
});

describe('what a frame costs', () => {
  it('is measured in processes of their own, and stands beside table V', async () => {
    const out = await mkdtemp(join(tmpdir(), 'handfirst-cost-test-'));
    onTestFinished(() => rm(out, { recursive: true, force: true }));
    const costs = await measureCost({
      benchmark: here('../../samples/benchmark'),
      out,
      presets: [`body-only@${TINY}`],
      device: 'cpu',
      threads: 1,
      steps: [4, 2],
      program: [process.execPath, '--import', 'tsx', here('../cli/entry.ts')],
    });
    expect(costs.map(({ steps, frames, device }) => [steps, frames, device])).toEqual([
      [4, 3, 'cpu'],
      [2, 3, 'cpu'],
    ]);
    for (const { secondsPerFrame, peakMegabytes } of costs) {
      expect(secondsPerFrame).toBeGreaterThan(0);
      expect(peakMegabytes).toBeGreaterThan(50);
    }
    expect(JSON.parse(await readFile(join(out, 'cost.json'), 'utf8'))).toEqual(costs);
    expect(await readFile(join(out, 'cost.md'), 'utf8')).toBe(costTable(costs));
    expect(costTable(costs)).toMatch(/table V: two-stage.*9\.7.*8700/);
  });

  it('passes on what a system says that cannot be run', async () => {
    const options = {
      benchmark: here('../../samples/benchmark'),
      out: join(tmpdir(), 'handfirst-never'),
      presets: [`default@${here('../fixtures/systems/text-only')}`],
      steps: [],
      program: [process.execPath, '--import', 'tsx', here('../cli/entry.ts')],
    };
    await expect(measureCost(options)).rejects.toThrow(/could not be measured: .*missing/);
  });
});
