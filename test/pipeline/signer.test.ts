import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { settle } from '../../src/pipeline/method.js';
import { loadPreset, type PresetOverrides } from '../../src/pipeline/preset.js';
import { chooseSigner, type SignerParts } from '../../src/pipeline/signer.js';
import { FakeRunner, fakeConditions, fakeManifest, floats } from '../stages/fake-model.js';
import { temporaryFolder } from './write-clip.js';

/** Knows `red`, `blue` and `someone`; reads four words. */
const tokenizer = {
  encode(prompt: string) {
    const words = prompt.split(' ').filter((word) => word !== '');
    const known = ['', 'red', 'blue', 'someone'];
    const ids = words.map((word) => known.indexOf(word)).filter((id) => id > 0);
    const unknown = words
      .filter((word) => !known.includes(word))
      .map((word) => ({ word, nearest: ['red', 'blue'] }));
    return { ids: ids.slice(0, 4), unknown, cut: ids.length > 4 ? 'the rest' : '' };
  },
};

function parts(overrides: PresetOverrides = {}, change?: Parameters<typeof fakeManifest>[0]) {
  const manifest = fakeManifest(change);
  const preset = loadPreset('default', overrides);
  const runner = new FakeRunner();
  const warnings: string[] = [];
  const warn = (sentence: string) => warnings.push(sentence);
  const choices = settle(manifest, preset, { hand: false, body: false }, warn);
  const all: SignerParts = { manifest, runner, tokenizer, draw: fakeConditions, preset, choices, warn };
  return { all, runner, warnings };
}

describe('choosing the signer', () => {
  it('gives the prompt graph padded tokens and the noise of the seed', async () => {
    const { all, runner } = parts({ look: { drawReference: false } });
    await chooseSigner(all, { prompt: 'blue someone', seed: 3 });
    const [run] = runner.inputsOf('prompt.onnx');
    expect(run?.tokens).toEqual({ dims: [1, 4], data: BigInt64Array.of(2n, 3n, 0n, 0n) });
    // First and last of torch.randn(20) with a CPU generator of seed 3, PyTorch 2.15.
    expect(floats(run?.seed)[0]).toBeCloseTo(-0.0766443, 5);
    expect(floats(run?.seed)[19]).toBeCloseTo(1.352754, 5);
    expect([...floats(run?.style)]).toEqual([0, 0, 0]);
  });

  it('draws a reference first, without one, and reads the look again from it', async () => {
    const { all, runner } = parts({ look: { drawReference: true } });
    const signer = await chooseSigner(all, {});
    expect(runner.inputsOf('body.onnx')).not.toHaveLength(0);
    const runs = runner.inputsOf('prompt.onnx');
    expect(runs.map(({ style }) => [...floats(style)].every((v) => v === 0))).toEqual([true, false]);
    // The fake body is blue, and the picture that is read is the one that was drawn.
    const [picture] = runner.inputsOf('reference.onnx');
    expect(picture?.picture?.dims).toEqual([1, 3, 8, 8]);
    const [red = 0, , blue = 0] = floats(runs[1]?.style);
    expect(blue).toBeGreaterThan(red);
    expect(signer.look.reference.style?.data).toEqual(runs[1]?.style?.data);
  });

  it('draws none where the preset or the bundle does without', async () => {
    const without = parts({ look: { drawReference: false } });
    await chooseSigner(without.all, {});
    expect(without.runner.inputsOf('body.onnx')).toHaveLength(0);
    const plain = parts({ look: { drawReference: true } }, (raw) => {
      raw.reference = undefined;
    });
    await chooseSigner(plain.all, {});
    expect(plain.runner.inputsOf('body.onnx')).toHaveLength(0);
  });

  it("reads the user's own picture, and draws none", async () => {
    const path = join(temporaryFolder(), 'me.png');
    await sharp({
      create: { width: 40, height: 20, channels: 4, background: { r: 255, g: 0, b: 51, alpha: 1 } },
    })
      .png()
      .toFile(path);
    const { all, runner } = parts();
    await chooseSigner(all, { reference: path });
    expect(runner.inputsOf('body.onnx')).toHaveLength(0);
    const [run] = runner.inputsOf('reference.onnx');
    const values = floats(run?.picture);
    expect([values[0], values[64], values[128]].map((v) => Math.round((v ?? 0) * 100) / 100)).toEqual([
      1, -1, -0.6,
    ]);
  });

  it('reads the negative prompt only where guidance is on, and says when it is off', async () => {
    const off = parts({ look: { drawReference: false } });
    expect((await chooseSigner(off.all, { negativePrompt: 'red' })).look.negative).toBeUndefined();
    expect(off.warnings).toEqual([expect.stringMatching(/negative prompt changes nothing.*`guidance`/)]);
    const on = parts({ look: { drawReference: false }, body: { guidance: 3 } });
    expect((await chooseSigner(on.all, { negativePrompt: 'red' })).look.negative).toBeDefined();
    expect(on.runner.inputsOf('prompt.onnx').map(({ tokens }) => tokens?.data[0])).toEqual([3n, 1n]);
  });
});

describe('what cannot be used', () => {
  it('refuses unknown words with their nearest known ones, or warns of them', async () => {
    const { all, warnings } = parts();
    const refused = chooseSigner(all, { prompt: 'redd blue' });
    await expect(refused).rejects.toBeInstanceOf(UsageError);
    await expect(chooseSigner(all, { prompt: 'redd blue' })).rejects.toThrow(
      /a word that the bundle "fake" does not know: "redd" \(nearest: red, blue\); .*`allowUnknownWords: true`/,
    );
    await chooseSigner(all, { prompt: 'redd blue', allowUnknownWords: true });
    expect(warnings).toEqual([expect.stringMatching(/"redd".*left unheard/)]);
  });

  it('refuses what is too long for the bundle', async () => {
    const prompt = 'red red red red red';
    await expect(chooseSigner(parts().all, { prompt })).rejects.toThrow(/longer than the bundle.*"the rest"/);
  });

  it('refuses a picture that is none, and one that the bundle cannot take', async () => {
    const path = join(temporaryFolder(), 'me.png');
    writeFileSync(path, 'no picture');
    await expect(chooseSigner(parts().all, { reference: path })).rejects.toThrow(
      /reference picture .* cannot be read/,
    );
    const plain = parts({ look: { drawReference: true } }, (raw) => {
      raw.reference = undefined;
      raw.prompt?.inputs.pop();
    });
    await expect(chooseSigner(plain.all, { reference: path })).rejects.toThrow(/takes no reference picture/);
  });
});
