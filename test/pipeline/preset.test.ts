import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { manifestSchema } from '../../src/models/manifest.js';
import { presetFits, settle } from '../../src/pipeline/method.js';
import { listPresets, loadPreset } from '../../src/pipeline/preset.js';
import { fakeManifest } from '../stages/fake-model.js';
import { temporaryFolder } from './write-clip.js';

describe('presets', () => {
  it('come with the package, each readable and with a description', () => {
    expect(listPresets()).toEqual([
      'body-only',
      'box',
      'controlnet',
      'controlnet-full',
      'default',
      'fast',
      'handrefiner',
      'humansd',
      'hyper',
      'lcm',
      'live',
      'lora',
      'naive',
      'paper',
      'stable-pose',
      't2i-adapter',
      'tcd',
      'text-only',
    ]);
    for (const name of listPresets()) expect(loadPreset(name).description).not.toBe('');
  });

  it('hold what the paper says: 50 steps, expansion, two of them free', () => {
    expect(loadPreset('paper')).toMatchObject({
      hand: { draw: true, steps: 50 },
      body: { steps: 50 },
      blending: { mode: 'expand', freeSteps: 2 },
      composite: { paste: true },
    });
  });

  it('draw no hands in body-only', () => {
    expect(loadPreset('body-only')).toMatchObject({ hand: { draw: false }, blending: { mode: 'none' } });
  });

  it('show the body stage no pose in text-only', () => {
    expect(loadPreset('text-only')).toMatchObject({ hand: { draw: false }, body: { pose: false } });
  });

  it('take overrides field by field, and undefined changes nothing', () => {
    const preset = loadPreset('paper', {
      body: { steps: 20, guidance: undefined },
      blending: { mode: 'box' },
    });
    expect(preset.body.steps).toBe(20);
    expect(preset.hand.steps).toBe(50);
    expect(preset.blending).toMatchObject({ mode: 'box', freeSteps: 2 });
  });

  it('can be a file of the user', () => {
    const path = join(temporaryFolder(), 'mine.json');
    writeFileSync(path, JSON.stringify({ body: { steps: 3 } }));
    expect(loadPreset(path)).toMatchObject({ body: { steps: 3 }, blending: { mode: 'expand' } });
  });

  it.each([
    ['an unknown name', () => loadPreset('fastest'), /no preset "fastest": choose body-only, box/],
    ['a missing file', () => loadPreset('/nowhere/p.json'), /preset file \/nowhere\/p.json cannot be read/],
    ['a value out of range', () => loadPreset('default', { body: { steps: 0 } }), /not usable at body.steps/],
    [
      'an unknown field',
      () => loadPreset('default', { body: { stepz: 1 } as object }),
      /not usable at body.*stepz/,
    ],
    [
      'an unknown group',
      () => loadPreset('default', { bodies: { steps: 1 } } as object),
      /preset "default" is not usable: unrecognized key: "bodies"/,
    ],
  ])('refuse %s in one sentence', (_, load, sentence) => {
    expect(load).toThrow(UsageError);
    expect(load).toThrow(sentence);
  });
});

describe('settling with the bundle', () => {
  const manifest = fakeManifest();
  const lenient = { hand: false, body: false };

  it("takes the bundle's first number of steps and its guidance where the preset says nothing", () => {
    expect(settle(manifest, loadPreset(), lenient, fail)).toMatchObject({
      handSteps: 4,
      bodySteps: 4,
      handGuidance: 1,
      bodyGuidance: 1,
    });
  });

  it('takes any number where the bundle was trained for all, 50 by default', () => {
    const free = fakeManifest((raw) => {
      raw.hand.sampler.trainedSteps = undefined;
      raw.body.sampler.trainedSteps = undefined;
      raw.body.guidance = 7.5;
    });
    expect(settle(free, loadPreset(), lenient, fail)).toMatchObject({
      handSteps: 50,
      bodySteps: 50,
      bodyGuidance: 7.5,
    });
    expect(settle(free, loadPreset('default', { body: { steps: 13 } }), lenient, fail).bodySteps).toBe(13);
  });

  it("takes a preset's sampler where the bundle was not trained for its own, and else says so", () => {
    const free = fakeManifest((raw) => {
      raw.body.sampler.trainedSteps = undefined;
    });
    const preset = loadPreset('default', { body: { sampler: { kind: 'tcd', eta: 0.5 } } });
    const { bodySampler, handSampler } = settle(free, preset, lenient, fail);
    expect(bodySampler).toEqual({ ...free.body.sampler, kind: 'tcd', eta: 0.5 });
    expect(handSampler).toEqual(free.hand.sampler);
    const warnings: string[] = [];
    const own = settle(manifest, preset, lenient, (sentence) => warnings.push(sentence));
    expect(own.bodySampler).toEqual(manifest.body.sampler);
    expect(warnings.join()).toMatch(/was trained for its own: drawing with that one/);
  });

  it('draws a preset of another number in the nearest one that was trained, and says so', () => {
    const warnings: string[] = [];
    const choices = settle(manifest, loadPreset('paper'), lenient, (sentence) => warnings.push(sentence));
    expect(choices).toMatchObject({ handSteps: 4, bodySteps: 4 });
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/asks for 50 steps in the hand stage.*drawing in 4/);
  });

  it('fit a bundle that draws them with the steps, sampler and stages they ask for', () => {
    const file = new URL('../../models/compact/manifest.json', import.meta.url);
    const compact = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const fitting = listPresets().filter((name) => presetFits(compact, loadPreset(name)));
    expect(fitting).toEqual(['body-only', 'box', 'default', 'fast', 'live', 'naive', 'text-only']);
  });

  it('refuses a number that the user names and the bundle was not trained for', () => {
    const preset = loadPreset('default', { body: { steps: 3 } });
    expect(() => settle(manifest, preset, { hand: false, body: true }, fail)).toThrow(
      /trained to draw its body stage in 4 or 2 steps, not in 3: choose `steps: 4`/,
    );
  });
});

function fail(sentence: string): never {
  throw new Error(`unexpected warning: ${sentence}`);
}
