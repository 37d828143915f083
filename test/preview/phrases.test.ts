import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PoseFileError } from '../../src/errors.js';
import { spell, writeClip } from '../../src/phrase/index.js';
import { startPreview } from '../../src/preview/index.js';
import type { LexiconState, PhraseRequest } from '../../src/preview/phrase-protocol.js';
import { framesOf } from '../phrase/letter-library.js';
import { TINY } from '../pipeline/write-clip.js';
import { SETTINGS, startTestPreview } from './start-preview.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let started: Awaited<ReturnType<typeof startTestPreview>>;
let signs = '';

beforeAll(async () => {
  started = await startTestPreview();
  signs = join(started.folder, 'signs');
  mkdirSync(signs);
  await writeClip(spell('HI'), join(signs, 'HELLO.pose'));
  await writeClip(spell('ON'), join(signs, 'NAME.pose'));
});
afterAll(() => started.stop());

const at = (path: string) => new URL(path, started.preview.address);
/** What a response says; the checks say what it should be. */
// biome-ignore lint/suspicious/noExplicitAny: JSON.parse gives it
const said = async (response: Response | Promise<Response>): Promise<any> =>
  JSON.parse(await (await response).text());
const post = (path: string, body: unknown) => fetch(at(path), { method: 'POST', body: JSON.stringify(body) });
const make = (request: PhraseRequest) => post('/api/phrases', request);
const upload = async (name: string): Promise<string> => {
  const body = readFileSync(join(signs, name));
  return (await said(fetch(at(`/api/files?name=${name}`), { method: 'POST', body }))).file;
};

/** The command that the page gives for a video of a file. */
async function commandFor(file: string): Promise<string> {
  const { id: clip } = await said(post('/api/clips', { file }));
  const variant = { preset: 'default', background: 'drawn' };
  const run = await said(post('/api/runs', { clip, from: 0, to: 1, variant }));
  await fetch(at(`/api/runs/${run.id}`), { method: 'DELETE' });
  return run.command;
}

/** The frames of a phrase that was made, as they are saved. */
async function saved(file: string, name: string) {
  const response = await fetch(at(`/api/files/${file}`));
  expect(response.headers.get('content-disposition')).toContain(name);
  const path = join(started.folder, name);
  writeFileSync(path, Buffer.from(await response.arrayBuffer()));
  return framesOf(path);
}

const GENERATE = `--range 0:1 --bundle ${TINY} --device cpu --threads 1`;

describe('a phrase in the page', () => {
  it('is spelled with either hand at any speed, saved, and comes with its command', async () => {
    const { file, name } = await said(make({ how: 'spell', text: 'Oh no', hand: 'left', speed: 2 }));
    expect(name).toBe('Oh-no.pose');
    const frames = await saved(file, 'Oh-no.pose');
    const expected = spell('Oh no', { hand: 'left', speed: 2 });
    expect(frames).toHaveLength(expected.info.frameCount);
    for await (const frame of expected.frames()) {
      expect(frames[frame.index]?.keypoints).toEqual(frame.keypoints);
    }
    expect(await commandFor(file)).toBe(
      `handfirst spell 'Oh no' --hand left --speed 2 -o Oh-no.pose &&\nhandfirst generate Oh-no.pose ${GENERATE} -o Oh-no.mp4`,
    );
  });

  it('has files in it, those that were made as well, and says when each is signed', async () => {
    const made = await said(make({ how: 'spell', text: 'A' }));
    const fast = await said(make({ how: 'spell', text: 'A', speed: 2 }));
    expect([made.name, fast.name]).toEqual(['A.pose', 'A-2.pose']);
    const files = [await upload('HELLO.pose'), made.file];
    const [{ id: lexicon }] = await said(fetch(at('/api/lexicons')));
    const text = 'HELLO.pose*2 A.pose@0.5+0.2s B-C';
    const { file, name } = await said(make({ how: 'phrase', text, files, lexicon }));
    expect(name).toBe('HELLO-HELLO-A-B-C.pose');
    const frames = await saved(file, name);
    const clip = await said(post('/api/clips', { file }));
    expect(clip.captions.map(({ text }: { text: string }) => text)).toEqual(['HELLO', 'HELLO', 'A', 'B-C']);
    expect(clip.captions.at(-1).end).toBeLessThan(frames.length / 25);
    expect((await commandFor(file)).split('\n')).toEqual([
      'handfirst spell A -o A.pose &&',
      `handfirst phrase '${text}' --lexicon samples -o HELLO-HELLO-A-B-C.pose &&`,
      `handfirst generate HELLO-HELLO-A-B-C.pose ${GENERATE} -o HELLO-HELLO-A-B-C.mp4`,
    ]);
  });

  it('says what the command line says', async () => {
    const error = async (request: PhraseRequest) => {
      const response = await make(request);
      expect(response.status).toBe(422);
      return (await said(response)).error;
    };
    const [{ id }] = await said(fetch(at('/api/lexicons')));
    expect(await error({ how: 'spell', text: '漢' })).toMatch(
      /^The character "漢" in "漢" has no hand shape/,
    );
    expect(await error({ how: 'spell', text: 'A', speed: 9 })).toMatch(/^A speed of 9 cannot be signed/);
    expect(await error({ how: 'phrase', text: 'HELO', lexicon: id })).toMatch(
      /^The lexicon samples has no sign for HELO \(near it: HELLO\)\./,
    );
    expect(await error({ how: 'phrase', text: '/etc/secret.pose', lexicon: id })).toMatch(/has no sign for/);
    const broken = await said(fetch(at('/api/files?name=bad.pose'), { method: 'POST', body: 'no' }));
    expect(await error({ how: 'phrase', text: 'bad.pose', files: [broken.file], lexicon: id })).toMatch(
      /^bad\.pose is in no layout/,
    );
    expect(await error({ how: 'phrase', text: ' ', lexicon: id })).toMatch(/^The phrase is empty/);
  });
});

describe('a lexicon in the page', () => {
  it('is that of the samples, or the one that the preview was started with', async () => {
    const [samples]: LexiconState[] = await said(fetch(at('/api/lexicons')));
    expect(samples).toMatchObject({ name: 'samples', glosses: expect.arrayContaining(['hello', 'phrase']) });
    const lexicon = samples?.id ?? '';
    const { file, name } = await said(make({ how: 'phrase', text: 'HELLO A-N', lexicon }));
    expect(await saved(file, name)).not.toHaveLength(0);
    expect(await commandFor(file)).toMatch(
      /^handfirst phrase 'HELLO A-N' --lexicon samples -o HELLO-A-N\.pose &&/,
    );
    const page = join(started.folder, 'page');
    const other = await startPreview({ ...SETTINGS, page, port: 0, lexicon: signs });
    const known = await said(fetch(new URL('/api/lexicons', other.address)));
    await other.close();
    expect(known.map(({ name, count }: LexiconState) => [name, count])[0]).toEqual([signs, 2]);
    const nowhere = startPreview({ ...SETTINGS, page, port: 0, lexicon: join(signs, 'nowhere') });
    await expect(nowhere).rejects.toBeInstanceOf(PoseFileError);
  });

  it('is a folder of the user, of which only the signs that a phrase needs are sent', async () => {
    const index =
      'path,spoken_language,signed_language,start,end,words,glosses,priority\nsub/HELLO.pose,en,ase,0,0,hi,GREETING,0\nNAME.pose,en,ase,0,0,name,NAME,0\n';
    const names = ['index.csv', 'sub/HELLO.pose', 'NAME.pose'];
    const lexicon: LexiconState = await said(post('/api/lexicons', { name: 'mine', names, index }));
    expect(lexicon).toMatchObject({ name: 'mine', glosses: ['GREETING', 'NAME', 'hi'] });
    const request: PhraseRequest = {
      how: 'phrase',
      text: 'greeting W-H-O greeting',
      lexicon: lexicon.id,
    };
    expect(await said(make(request))).toEqual({ wanted: ['sub/HELLO.pose'] });
    const sign = (name: string) =>
      fetch(at(`/api/lexicons/${lexicon.id}/signs?name=${encodeURIComponent(name)}`), {
        method: 'POST',
        body: readFileSync(join(signs, 'HELLO.pose')),
      });
    for (const name of ['../HELLO.pose', '/etc/passwd', 'index.csv', '']) {
      expect((await sign(name)).status).toBe(422);
    }
    expect((await sign('sub/HELLO.pose')).status).toBe(200);
    const { file, name } = await said(make(request));
    expect(name).toBe('greeting-W-H-O-greeting.pose');
    expect(await commandFor(file)).toMatch(/^handfirst phrase 'greeting W-H-O greeting' --lexicon mine -o/);
  });

  it('may not lead out of its folder', async () => {
    const index =
      'path,spoken_language,signed_language,start,end,words,glosses,priority\n../../etc/passwd,en,ase,0,0,a,A,0\n';
    const refused = await post('/api/lexicons', { name: 'evil', names: ['index.csv'], index });
    expect(refused.status).toBe(422);
    expect((await said(refused)).error).toMatch(/outside of the lexicon's folder/);
    const gone = await make({ how: 'phrase', text: 'A-', lexicon: '00000000-0000-0000-0000-000000000000' });
    expect((await said(gone)).error).toMatch(/choose its folder again/);
    const adopted = await fetch(at('/api/files/00000000-0000-0000-0000-000000000000'));
    expect(adopted.status).toBe(422);
  });
});
