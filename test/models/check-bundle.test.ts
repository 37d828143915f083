import { createHash } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkBundle, loadBundle } from '../../src/models/index.js';
import { copyOfTiny, editManifest, TINY } from './tiny-bundle.js';

const options = { device: 'cpu', threads: 1 };

describe('checkBundle', () => {
  it('finds nothing wrong with a bundle whose graphs do as its manifest says', async () => {
    const check = await checkBundle(await loadBundle(TINY), options);
    expect(check).toEqual({ problems: [], devices: [{ device: 'cpu' }] });
  });

  it('finds altered files without starting a device', async () => {
    const folder = await copyOfTiny();
    await copyFile(path.join(folder, 'body.onnx'), path.join(folder, 'hand.onnx'));
    const bundle = await loadBundle(TINY);
    const altered = await checkBundle({ ...bundle, folder }, options);
    expect(altered.problems).toEqual([expect.stringMatching(/hand\.onnx is not the one that the manifest/)]);
    expect(altered.devices).toEqual([]);
  });

  it.each([
    [
      'a size',
      (text: string) => text.replace('"size": 32', '"size": 64'),
      [
        /body\.onnx .*its "latent" is \[1, 4, 4, 4\] and should be \[1, 4, 8, 8\]/,
        /body-decoder\.onnx/,
        /encoder\.onnx/,
      ],
    ],
    [
      'an output',
      (text: string) => text.replace('"output": "picture"', '"output": "image"'),
      [/hand-decoder\.onnx does not fit the manifest: it has no output "image"/],
    ],
    [
      'an element type',
      (text: string) => text.replace('"from": "tokens"', '"from": "tokens", "type": "int32"'),
      [/prompt\.onnx .*its "tokens" is int64 and should be int32/],
    ],
  ])('says where %s differs', async (_, edit, sentences) => {
    const folder = await copyOfTiny();
    await editManifest(folder, edit);
    const { problems } = await checkBundle(await loadBundle(folder), options);
    for (const sentence of sentences) expect(problems).toContainEqual(expect.stringMatching(sentence));
  });

  it('says which input nothing feeds, and which file is no graph', async () => {
    const bundle = await loadBundle(TINY);
    const manifest = structuredClone(bundle.manifest);
    const { denoiser } = manifest.hand ?? manifest.body;
    denoiser.inputs = denoiser.inputs.filter((input) => input.from !== 'timestep');
    const unfed = await checkBundle({ ...bundle, manifest }, options);
    expect(unfed.problems).toEqual([
      expect.stringMatching(/hand\.onnx .*nothing feeds its input "timestep"/),
    ]);

    const folder = await copyOfTiny();
    const file = path.join(folder, 'encoder.onnx');
    const { length } = await readFile(file);
    await writeFile(file, Buffer.alloc(length, 7));
    const sha256 = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    const files = { ...bundle.manifest.files, 'encoder.onnx': { sha256, bytes: length } };
    const { problems } = await checkBundle({ folder, manifest: { ...bundle.manifest, files } }, options);
    expect(problems).toEqual([
      expect.stringMatching(/encoder\.onnx of bundle "tiny" could not be loaded on cpu \(/),
    ]);
  });
});
