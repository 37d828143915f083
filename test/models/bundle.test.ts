import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BundleError } from '../../src/errors.js';
import { listBundles, loadBundle } from '../../src/models/index.js';
import { copyOfTiny, editManifest, TINY, temporaryFolder } from './tiny-bundle.js';

async function failureOf(nameOrFolder: string, verify = true): Promise<string> {
  const error: unknown = await loadBundle(nameOrFolder, { verify }).then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(BundleError);
  const message = error instanceof BundleError ? error.message : '';
  expect(message, 'one sentence').toMatch(/^[A-Z][^\n]*\.$/);
  return message;
}

describe('loadBundle', () => {
  it('reads a folder and fills in what the manifest leaves out', async () => {
    const { folder, manifest } = await loadBundle(TINY);
    expect(folder).toBe(TINY);
    expect(manifest.name).toBe('tiny');
    expect(manifest.body.schedule.trainSteps).toBe(1000);
    expect(manifest.hand?.sampler.setAlphaToOne).toBe(true);
  });

  it('names the bundles there are where one is unknown', async () => {
    expect(await failureOf('no-such-bundle')).toMatch(
      /no model bundle "no-such-bundle".*a folder that holds a manifest\.json/,
    );
    expect(await failureOf(await temporaryFolder())).toContain('There is no model bundle');
  });

  it('says which file is missing', async () => {
    const folder = await copyOfTiny();
    await rm(path.join(folder, 'body.onnx'));
    expect(await failureOf(folder, false)).toContain(`${path.join(folder, 'body.onnx')} is missing`);
  });

  it('goes without int8 graphs that are in a package of their own, and names it; some of them alone are a fault', async () => {
    const folder = await copyOfTiny();
    const [body, hand] = [path.join(folder, 'body.int8.onnx'), path.join(folder, 'hand.int8.onnx')];
    const expected = { bytes: 3, sha256: createHash('sha256').update('abc').digest('hex') };
    await editManifest(folder, (text) => {
      const manifest = JSON.parse(text);
      manifest.int8 = { 'body.onnx': 'body.int8.onnx', 'hand.onnx': 'hand.int8.onnx' };
      manifest.files = { ...manifest.files, 'body.int8.onnx': expected, 'hand.int8.onnx': expected };
      return JSON.stringify(manifest);
    });
    const without = await loadBundle(folder);
    expect(without).toMatchObject({ int8Package: '@handfirst/tiny-int8', manifest: { int8: {} } });
    expect(Object.keys(without.manifest.files)).not.toContain('body.int8.onnx');
    await writeFile(body, 'abc');
    expect(await failureOf(folder)).toContain(`${hand} is missing`);
    await writeFile(hand, 'abc');
    expect(await loadBundle(folder)).not.toHaveProperty('int8Package');
  });

  it('finds altered weights of the same size, unless checks are off', async () => {
    const folder = await copyOfTiny();
    const file = path.join(folder, 'body.onnx');
    const bytes = await readFile(file);
    bytes[bytes.length - 40] = (bytes[bytes.length - 40] ?? 0) ^ 1;
    await writeFile(file, bytes);
    expect(await failureOf(folder)).toContain(`${file} is not the one that the manifest of "tiny" describes`);
    expect((await loadBundle(folder, { verify: false })).manifest.name).toBe('tiny');
  });

  it('finds truncated weights without reading them', async () => {
    const folder = await copyOfTiny();
    const file = path.join(folder, 'body.onnx');
    await writeFile(file, (await readFile(file)).subarray(0, 100));
    expect(await failureOf(folder, false)).toContain('altered or is incomplete');
  });

  it.each([
    ['no JSON', (text: string) => text.slice(0, 200), /is no JSON/],
    ['no object', () => '[]', /is not valid at "the whole file"/],
    [
      'another schema',
      (text: string) => text.replace('"schema": 1', '"schema": 2'),
      /has schema 2, and this handfirst reads schema 1: install a newer handfirst/,
    ],
    [
      'a wrong value',
      (text: string) => text.replace('"trailing"', '"backwards"'),
      /at "hand\.sampler\.spacing".*export the bundle again/,
    ],
    ['a missing field', (text: string) => text.replace('"licence"', '"license"'), /at "licence"/],
    [
      'a path out of the folder',
      (text: string) => text.replace('"body.onnx": {', '"../body.onnx": {'),
      /at "files\.\.\.\/body\.onnx"/,
    ],
    [
      'an absolute path',
      (text: string) => text.replace('"body.onnx": {', '"/etc/passwd": {'),
      /at "files\.\/etc\/passwd"/,
    ],
    [
      'an unlisted file',
      (text: string) => text.replace('"body.onnx": {', '"torso.onnx": {'),
      /"body\.onnx" is used, but "files" does not list it/,
    ],
    [
      'an unknown prompt key',
      (text: string) => text.replace('"key": "look"', '"key": "lock"'),
      /wants "lock" of the prompt graph/,
    ],
    [
      'a size that does not fit',
      (text: string) => text.replace('"size": 32', '"size": 36'),
      /36 is no multiple of its downscale 8/,
    ],
    [
      'no encoder',
      (text: string) => text.replace('"encoder": {', '"encoding": {'),
      /body\.autoencoder needs an encoder/,
    ],
  ])('refuses a manifest with %s', async (_, edit, sentence) => {
    const folder = await copyOfTiny();
    await editManifest(folder, edit);
    expect(await failureOf(folder)).toMatch(sentence);
  });
});

describe('listBundles', () => {
  it('lists the folders that hold a manifest, and says what is wrong with one', async () => {
    const root = await temporaryFolder();
    await mkdir(path.join(root, 'training'));
    await mkdir(path.join(root, 'broken'));
    await writeFile(path.join(root, 'broken', 'manifest.json'), '{}');
    const [broken, ...others] = await listBundles(root);
    expect(others).toEqual([]);
    expect(broken).toMatchObject({ name: 'broken', folder: path.join(root, 'broken') });
    expect(broken?.problem).toMatch(/is not valid at "schema"/);
    const [tiny] = (await listBundles(path.dirname(TINY))).filter(({ name }) => name === 'bundle');
    expect(tiny?.bundle?.manifest.name).toBe('tiny');
  });
});
