import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, createTokenizer, loadBundle } from '../../src/models/index.js';
import type { FloatTensors, GraphRunner, Tensors } from '../../src/models/tensor.js';
import { settle } from '../../src/pipeline/method.js';
import { loadPreset, type PresetOverrides } from '../../src/pipeline/preset.js';
import { chooseSigner } from '../../src/pipeline/signer.js';
import { drawConditions } from '../../src/stages/conditions/index.js';

/** Gives what it is given as the prompt's hidden states. */
class Echo implements GraphRunner {
  readonly device = 'cpu';
  readonly busyMs = 0;
  async run(_: string, { tokens }: Tensors): Promise<FloatTensors> {
    return { text: { dims: [1], data: Float32Array.from(tokens?.data ?? [], Number) } };
  }
  async close(): Promise<void> {}
}

let bundle: Bundle;
let encode: (words: string) => number[];

beforeAll(async () => {
  bundle = await loadBundle(fileURLToPath(new URL('../fixtures/tiny-sd15', import.meta.url)));
  const tokenizer = await createTokenizer(bundle);
  const { padToken, maxTokens } = bundle.manifest.prompt ?? expect.fail('the bundle reads words');
  encode = (words) => {
    const ids = tokenizer?.encode(words).ids ?? [];
    return [...ids, ...new Array<number>(maxTokens - ids.length).fill(padToken)];
  };
});

async function lookWith(preset: string, overrides: PresetOverrides, negativePrompt?: string) {
  const chosen = loadPreset(preset, { hand: { draw: false }, ...overrides });
  const warn = (sentence: string): never => expect.fail(sentence);
  const { manifest } = bundle;
  const choices = settle(manifest, chosen, { hand: false, body: false }, warn);
  const tokenizer = await createTokenizer(bundle);
  const parts = {
    manifest,
    runner: new Echo(),
    draw: drawConditions,
    preset: chosen,
    choices,
    warn,
    tokenizer,
  };
  const { look, prompt } = await chooseSigner(parts, { prompt: 'a woman', negativePrompt });
  const ids = (texts: FloatTensors | undefined) => texts?.text && [...texts.text.data];
  return { prompt, seen: ids(look.prompt), negative: ids(look.negative), refine: ids(look.refineNegative) };
}

describe("a preset's words", () => {
  const prompt = { suffix: 'plain', negative: 'blurry' };

  it('are put after the prompt, and taken as the negative prompt', async () => {
    const look = await lookWith('body-only', { prompt });
    expect(look.seen).toEqual(encode('a woman, plain'));
    expect(look.negative).toEqual(encode('blurry'));
    expect(look.prompt).toBe('a woman');
  });

  it('give way to the negative prompt of the user', async () => {
    const look = await lookWith('body-only', { prompt, refine: { draw: true, negative: 'a man' } }, 'photo');
    expect(look.negative).toEqual(encode('photo'));
    expect(look.refine).toBeUndefined();
  });

  it('are other ones in the stage that refines, where it has its own', async () => {
    const look = await lookWith('body-only', { prompt, refine: { draw: true, negative: 'a man' } });
    expect([look.negative, look.refine]).toEqual([encode('blurry'), encode('a man')]);
  });

  it('are cut where there is no room for them', async () => {
    const look = await lookWith('humansd', {});
    expect(look.seen?.length).toBe(encode('').length);
    expect(look.seen).not.toEqual(encode('a woman'));
  });

  it('are those that the systems were published with', () => {
    expect(loadPreset('controlnet').prompt.suffix).toBe('best quality, extremely detailed');
    expect(loadPreset('humansd').prompt.suffix).toBe('detailed background, best quality, extremely detailed');
    expect(loadPreset('handrefiner').refine.negative).toMatch(/^fake 3D rendered image, .*, blue$/);
    for (const name of ['controlnet', 'humansd', 't2i-adapter'])
      expect(loadPreset(name).prompt.negative).toMatch(/^longbody, lowres, .*, worst quality, low quality$/);
    for (const name of ['paper', 'text-only', 'stable-pose'])
      expect(loadPreset(name).prompt).toEqual({ suffix: '', negative: '' });
  });
});
