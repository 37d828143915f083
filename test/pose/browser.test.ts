import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildBrowserReader } from '../../scripts/build-browser.mjs';
import { openPoseClip } from '../../src/pose/index.js';

const samples = fileURLToPath(new URL('../../samples/', import.meta.url));
const FILES = [
  'hello.pose',
  'h-543.npy',
  'h.npz',
  'h.jsonl',
  'h-tasks.json.gz',
  'h-mmpose.json',
  'h-dwpose.json',
];
const ASKED = { fps: 25, size: { width: 512, height: 512 } };

/** Reads files as a page does: with what browsers have, and without what Node has besides. */
const page = (reader: string) => `
import { readFileSync } from 'node:fs';
const files = ${JSON.stringify(FILES.map((name) => join(samples, name)))}.map((path) => [path, readFileSync(path)]);
const print = console.log;
delete globalThis.Buffer;
delete globalThis.process;
const { readPose } = await import('${reader}');
const read = async (bytes, name) => {
  const clip = await readPose(new Blob([bytes]), { name, ...${JSON.stringify(ASKED)} });
  const sums = [];
  for await (const { keypoints } of clip.frames()) sums.push(keypoints.reduce((sum, value) => sum + value, 0));
  return { info: clip.info, sums };
};
const clips = [];
for (const [path, bytes] of files) clips.push(await read(bytes, path));
const fault = await read(new Uint8Array([1, 2, 3]), 'dropped.pose').catch(({ code, message }) => ({ code, message }));
print(JSON.stringify({ clips, fault }));
`;

describe('the reader for browsers', () => {
  let seen: { clips: unknown[]; fault: unknown };

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'handfirst-browser-'));
    // A module of Node that is left in the bundle fails here.
    await buildBrowserReader(join(folder, 'reader.mjs'));
    writeFileSync(join(folder, 'page.mjs'), page(pathToFileURL(join(folder, 'reader.mjs')).href));
    seen = JSON.parse(execFileSync(process.execPath, [join(folder, 'page.mjs')], { encoding: 'utf8' }));
    rmSync(folder, { recursive: true });
  });

  it.each(FILES.map((name, at) => ({ name, at })))('reads $name as Node does', async ({ name, at }) => {
    const clip = await openPoseClip(join(samples, name), ASKED);
    const sums: number[] = [];
    for await (const { keypoints } of clip.frames())
      sums.push(keypoints.reduce((sum, value) => sum + value, 0));
    expect(seen.clips[at]).toEqual(JSON.parse(JSON.stringify({ info: clip.info, sums })));
  });

  it('says what is wrong with a file', () => {
    expect(seen.fault).toMatchObject({ code: 'HF_POSE_DAMAGED' });
    expect(seen.fault).toMatchObject({ message: expect.stringMatching(/^dropped\.pose/) });
  });
});
