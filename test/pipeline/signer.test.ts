import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { settle } from '../../src/pipeline/method.js';
import { loadPreset, type PresetOverrides } from '../../src/pipeline/preset.js';
import { chooseSigner, type SignerParts } from '../../src/pipeline/signer.js';
import { FakeRunner, fakeManifest, floats } from '../stages/fake-model.js';

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
  const all: SignerParts = { manifest, runner, tokenizer, preset, choices, warn };
  return { all, runner, warnings };
}

describe('choosing the signer', () => {
  it('gives the prompt graph padded tokens and the noise of the seed', async () => {
    const { all, runner } = parts();
    await chooseSigner(all, { prompt: 'blue someone', seed: 3 });
    const [run] = runner.inputsOf('prompt.onnx');
    expect(run?.tokens).toEqual({ dims: [1, 4], data: BigInt64Array.of(2n, 3n, 0n, 0n) });
    // First and last of torch.randn(20) with a CPU generator of seed 3, PyTorch 2.15.
    expect(floats(run?.seed)[0]).toBeCloseTo(-0.0766443, 5);
    expect(floats(run?.seed)[19]).toBeCloseTo(1.352754, 5);
  });

  it('reads the negative prompt only where guidance is on, and says when it is off', async () => {
    const off = parts();
    expect((await chooseSigner(off.all, { negativePrompt: 'red' })).look.negative).toBeUndefined();
    expect(off.warnings).toEqual([expect.stringMatching(/negative prompt changes nothing.*`guidance`/)]);
    const on = parts({ body: { guidance: 3 } });
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
    expect(warnings).toEqual([expect.stringMatching(/"redd".*unknown words are ignored/)]);
  });

  it('refuses what is too long for the bundle', async () => {
    const prompt = 'red red red red red';
    await expect(chooseSigner(parts().all, { prompt })).rejects.toThrow(/longer than the bundle.*"the rest"/);
  });

  it('refuses a picture where the bundle takes none', async () => {
    await expect(chooseSigner(parts().all, { reference: 'me.png' })).rejects.toThrow(
      /takes no reference picture: leave `reference` out/,
    );
  });
});
