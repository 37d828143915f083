import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { PoseFileError, UsageError } from '../../src/errors.js';
import { spell, writeClip } from '../../src/phrase/index.js';
import { startPreview } from '../../src/preview/index.js';
import type { ClipState, PreviewState, RunState } from '../../src/preview/protocol.js';
import { SETTINGS, startTestPreview } from './start-preview.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** Everything that this process keeps in temporary folders while it previews. */
const temporary = mkdtempSync(join(tmpdir(), 'handfirst-temporary-'));
let started: Awaited<ReturnType<typeof startTestPreview>>;
let pose = '';

beforeAll(async () => {
  vi.stubEnv('TMPDIR', temporary);
  started = await startTestPreview({ limits: { keypointBytes: 2_000_000 } });
  pose = join(started.folder, 'a.pose');
  await writeClip(spell('A'), pose);
});
afterAll(async () => {
  await started.stop();
  vi.unstubAllEnvs();
  expect(previews()).toEqual([]);
  rmSync(temporary, { recursive: true, force: true });
});

/** Folders of previews that are there; other programs keep theirs beside them. */
const previews = () => readdirSync(temporary).filter((name) => name.startsWith('handfirst'));
/** What a response says; the checks say what it should be. */
// biome-ignore lint/suspicious/noExplicitAny: JSON.parse gives it
const said = async (response: Response | Promise<Response>): Promise<any> =>
  JSON.parse(await (await response).text());
const at = (path: string) => new URL(path, started.preview.address);
const state = async (): Promise<PreviewState> => said(fetch(at('/api/state')));
const post = (path: string, body: unknown) => fetch(at(path), { method: 'POST', body: JSON.stringify(body) });

/** Status of a request with headers that `fetch` does not let through. */
function status(path: string, headers: Record<string, string>, method = 'GET'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(at(path), { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end();
  });
}

async function openClip(): Promise<ClipState> {
  const sent = await fetch(at('/api/files?name=a.pose'), { method: 'POST', body: readFileSync(pose) });
  const { file } = await said(sent);
  return said(post('/api/clips', { file }));
}

async function generate(clip: string, change: object = {}): Promise<RunState> {
  const variant = { preset: 'default', background: 'drawn', seed: 3 };
  return said(post('/api/runs', { clip, from: 0, to: 40, variant, ...change }));
}

const runOf = async (id: string) => (await state()).runs.find((run) => run.id === id);

describe('who is answered', () => {
  it('answers by its own names alone', async () => {
    const { port } = new URL(started.preview.address);
    expect(await status('/', { host: `127.0.0.1:${port}` })).toBe(200);
    expect(await status('/', { host: `localhost:${port}` })).toBe(200);
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${Number(port) + 1}`,
    ]) {
      expect(await status('/api/state', { host })).toBe(403);
    }
  });

  it("refuses other sites' pages", async () => {
    const own = started.preview.address.replace(/\/$/, '');
    expect(await status('/api/state', { origin: own })).toBe(200);
    for (const origin of ['https://evil.example', 'null', own.replace('127.0.0.1', 'localhost')]) {
      expect(await status('/api/runs', { origin }, 'POST')).toBe(403);
    }
    expect(await status('/api/state', { 'sec-fetch-site': 'cross-site' })).toBe(403);
  });

  it('sends a page that may load nothing from elsewhere', async () => {
    const response = await fetch(at('/'));
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const files = ['/', '/page.js', '/page.css', '/icon.svg'].map(async (path) =>
      Buffer.from(await (await fetch(at(path))).arrayBuffer()),
    );
    expect(gzipSync(Buffer.concat(await Promise.all(files))).length).toBeLessThan(400_000);
  });
});

describe('files', () => {
  it('refuses what is too large, announced or not, and keeps nothing of it', async () => {
    const kept = () => previews().flatMap((name) => readdirSync(join(temporary, name)));
    const before = kept();
    const announced = await fetch(at('/api/files?name=big.pose'), {
      method: 'POST',
      body: new Uint8Array(2_000_001),
    });
    expect(announced.status).toBe(413);
    expect((await said(announced)).error).toMatch(/^big\.pose is larger than 2 MiB/);
    const streamed = await fetch(at('/api/files?name=big.pose'), {
      method: 'POST',
      body: new Blob([new Uint8Array(2_500_000)]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(streamed.status).toBe(413);
    expect(kept()).toEqual(before);
  });

  it('lets no path from the page reach the disk', async () => {
    const name = encodeURIComponent('../../../../etc/evil.pose');
    const sent = await fetch(at(`/api/files?name=${name}`), { method: 'POST', body: 'x' });
    expect((await said(sent)).name).toBe('evil.pose');
    expect(existsSync(join(temporary, 'evil.pose'))).toBe(false);
    for (const path of [
      '/../package.json',
      '/%2e%2e/package.json',
      '/page/../../x',
      '/api/runs/../../x/video/mp4',
    ]) {
      const found = await status(path, {});
      expect([404, 422]).toContain(found);
    }
    for (const file of ['/etc/passwd', '../a', '']) {
      expect((await post('/api/clips', { file })).status).toBe(422);
    }
    const { id } = await openClip();
    const variant = { preset: '/etc/x.json', background: 'drawn' };
    expect((await post('/api/runs', { clip: id, from: 0, variant })).status).toBe(422);
  });

  it('says of a broken file what the command line says, by the name the user knows', async () => {
    const sent = await fetch(at('/api/files?name=broken.pose'), { method: 'POST', body: 'no keypoints' });
    const answer = await post('/api/clips', { file: (await said(sent)).file });
    expect(answer.status).toBe(422);
    expect((await said(answer)).error).toBe(
      'broken.pose is in no layout that is known; `handfirst pose formats` lists what can be read, and "format" insists on one.',
    );
  });

  it('sends frames and what is missing in them in few bytes', async () => {
    const { id } = await openClip();
    await expect
      .poll(async () => (await state()).clips.find((clip) => clip.id === id)?.whole, { timeout: 60_000 })
      .toBe(true);
    const frames = (await state()).clips.find((clip) => clip.id === id)?.frames ?? 0;
    const bytes = await (await fetch(at(`/api/clips/${id}/frames?from=2&to=6`))).arrayBuffer();
    expect(bytes.byteLength).toBe(4 * 665);
    // The nose of the speller stands in the middle of the picture, between head and shoulders.
    const x = new DataView(bytes).getInt16(0, true) / 16384;
    expect(x).toBeGreaterThan(0.4);
    expect(x).toBeLessThan(0.6);
    const parts = new Uint8Array(await (await fetch(at(`/api/clips/${id}/parts`))).arrayBuffer());
    expect(parts).toHaveLength(3 * frames);
    // All four parts are in the file; then the hands' mean confidence.
    const { value: first } = await spell('A').frames()[Symbol.asyncIterator]().next();
    const mean = (start: number): number =>
      Array.from({ length: 21 }, (_, i) => first.keypoints[(start + i) * 3 + 2]).reduce((a, b) => a + b) / 21;
    expect(parts[0]).toBe(0b10101010);
    expect(Math.abs((parts[1] ?? 0) / 255 - mean(91))).toBeLessThan(0.003);
    expect(Math.abs((parts[2] ?? 0) / 255 - mean(112))).toBeLessThan(0.003);
    expect(mean(91)).toBeGreaterThan(0.1);
  });
});

describe('runs', () => {
  it('draws live passes before final ones, and gives the video', async () => {
    const { id } = await openClip();
    const first = await generate(id, { to: 3, variant: { preset: 'default', background: 'drawn' } });
    const second = await generate(id, {
      to: 3,
      variant: { preset: 'fast', background: '#ffffff', seed: 7 },
    });
    const { queue } = await state();
    expect(queue.map(({ run, what }) => [run === first.id, what])).toEqual([
      [true, 'live'],
      [true, 'full'],
      [false, 'full'],
    ]);
    await expect
      .poll(async () => (await runOf(second.id))?.passes.full.state, { timeout: 200_000 })
      .toBe('done');
    expect((await runOf(first.id))?.passes).toMatchObject({
      live: { state: 'done', preset: 'live', done: 3 },
      full: { state: 'done', preset: 'default', done: 3, total: 3 },
    });
    expect((await runOf(second.id))?.passes.live).toBeUndefined();
    expect(second.command).toContain('--range 0:3 --seed 7 --background');
    const video = await fetch(at(`/api/runs/${second.id}/video/mp4`));
    expect(video.headers.get('content-disposition')).toContain('a-seed-7.mp4');
    expect(Buffer.from(await video.arrayBuffer()).toString('latin1', 4, 8)).toBe('ftyp');
    expect((await fetch(at(`/api/runs/${first.id}/full/2`))).headers.get('content-type')).toBe('image/webp');
    expect((await fetch(at(`/api/runs/${first.id}/full/3`))).status).toBe(422);
    expect((await fetch(at(`/api/runs/${first.id}`), { method: 'DELETE' })).status).toBe(200);
    expect(await runOf(first.id)).toBeUndefined();
    expect((await fetch(at(`/api/runs/${first.id}/full/2`))).status).toBe(422);
  });

  it('shows every intermediate of a frame', async () => {
    const { id } = await openClip();
    const run = await generate(id, { from: 25, to: 27 });
    await post(`/api/runs/${run.id}/inspections`, { frame: 1 });
    const inspection = async () => (await runOf(run.id))?.inspections[0];
    await expect.poll(async () => (await inspection())?.state, { timeout: 200_000 }).toBe('done');
    const groups = new Set((await inspection())?.pictures.map(({ group }) => group));
    expect([...groups]).toEqual(['hands', 'canvas', 'body', 'result']);
    expect((await fetch(at(`/api/runs/${run.id}/inspections/1/0`))).status).toBe(200);
  });

  it('cancels at once, what is drawn and what waits', async () => {
    const { id } = await openClip();
    const one = await generate(id);
    const two = await generate(id);
    await expect
      .poll(async () => (await runOf(one.id))?.passes.live?.done, { timeout: 200_000 })
      .toBeGreaterThan(0);
    for (const run of [one, two]) await post(`/api/runs/${run.id}/cancel`, {});
    const { queue, runs } = await state();
    expect(queue.filter(({ run }) => run === one.id || run === two.id)).toEqual([]);
    expect(runs.find((run) => run.id === two.id)?.passes.full.state).toBe('cancelled');
    expect(runs.find((run) => run.id === two.id)?.failure).toBeUndefined();
  });

  it('fails with a code and the sentence of the command line, and is never called cancelled', async () => {
    const { id } = await openClip();
    const run = await generate(id, { variant: { preset: 'default', background: 'drawn', prompt: 'rde' } });
    await expect
      .poll(async () => (await runOf(run.id))?.failure, { timeout: 200_000 })
      .toEqual({
        code: 'HF_PROMPT_WORD',
        sentence: expect.stringMatching(
          /The prompt has a word that the bundle "tiny" does not know: "rde" \(nearest: .*red/,
        ),
      });
    await expect.poll(async () => (await state()).queue, { timeout: 200_000 }).toEqual([]);
    const { live, full } = (await runOf(run.id))?.passes ?? {};
    expect([live?.state, full?.state]).toEqual(['failed', 'failed']);
  });

  it('sends the whole state to whoever comes back', async () => {
    const response = await fetch(at('/api/events'));
    const reader = response.body?.getReader();
    onTestFinished(() => reader?.cancel());
    const text = new TextDecoder().decode((await reader?.read())?.value);
    expect(text).toMatch(/^event: state\ndata: \{"engine":/);
    expect(JSON.parse(text.split('\n')[1]?.slice('data: '.length) ?? '').runs).toHaveLength(
      (await state()).runs.length,
    );
  });
});

describe('starting', () => {
  it('fails as the other commands do, and leaves nothing behind', async () => {
    const page = join(started.folder, 'page');
    const before = previews();
    const nowhere = startPreview({ ...SETTINGS, page, port: 0, input: '/nowhere.pose' });
    await expect(nowhere).rejects.toBeInstanceOf(PoseFileError);
    const { port } = new URL(started.preview.address);
    await expect(startPreview({ ...SETTINGS, page, port: Number(port) })).rejects.toBeInstanceOf(UsageError);
    expect(previews()).toEqual(before);
  });
});
