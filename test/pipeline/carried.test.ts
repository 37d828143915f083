import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastValueFrom, toArray } from 'rxjs';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import {
  type GenerateOptions,
  generate,
  type LookOptions,
  RunEvents,
  render,
  Session,
} from '../../src/pipeline/index.js';
import { readInfo } from '../../src/video/index.js';
import { SOURCE, TINY, temporaryFolder, writeClip } from './write-clip.js';

/** Its body stage gives the carried picture, a tenth lighter by the features; two signers, ada (red, white wall) and bob (blue, grey wall). */
const CARRIED = fileURLToPath(new URL('../fixtures/carried-bundle', import.meta.url));

// Each test starts workers, which takes long on a busy machine.
vi.setConfig({ testTimeout: 240_000 });

interface Drawn {
  readonly at: (x: number, y: number) => number[];
  readonly notes: string[];
  readonly keypoints: Float32Array;
}

async function draw(look: LookOptions, change: Partial<GenerateOptions> = {}): Promise<Drawn> {
  const notes: string[] = [];
  const events = new RunEvents();
  events.on('note', ({ kind, sentence }) => kind === 'warning' && notes.push(sentence));
  const options: GenerateOptions = {
    input: writeClip(temporaryFolder(), 1),
    source: SOURCE,
    look,
    method: { bundle: CARRIED },
    runtime: { device: 'cpu', threads: 1 },
    watch: { events },
    ...change,
  };
  const [frame] = await lastValueFrom(generate(options).pipe(toArray()));
  if (!frame) throw new Error('no frame');
  const { data, width, channels } = frame.picture;
  return {
    at: (x, y) => [...data.subarray(channels * (y * width + x), channels * (y * width + x) + channels)],
    notes,
    keypoints: frame.pose.keypoints,
  };
}

/** A tenth of the range -1..1 lighter. */
const lighter = (levels: readonly number[]) => levels.map((level) => Math.min(255, level + 12.75));

function near(found: readonly number[], wanted: readonly number[], slack = 12): void {
  wanted.forEach((level, c) => {
    expect(Math.abs((found[c] ?? 0) - level), `${found} and not ${wanted}`).toBeLessThan(slack);
  });
}

describe('a bundle that carries a reference', () => {
  it("shows the gallery's default, placed by the shoulders, before its own wall", async () => {
    const { at, notes, keypoints } = await draw({});
    expect(notes).toEqual([]);
    near(at(32, 42), lighter([190, 30, 35]));
    near(at(4, 4), lighter([240, 240, 238]));
    // Ada's shoulders are at (42, 30) and (22, 30); those of the file are closer together and higher.
    expect([...keypoints.subarray(15, 17), ...keypoints.subarray(18, 20)].map(Math.round)).toEqual([
      42, 30, 22, 30,
    ]);
    // Her hips are 30 below them, the file's about 32 at this scale: halfway.
    expect(Math.round(((keypoints[34] ?? 0) + (keypoints[37] ?? 0)) / 2)).toBe(61);
  });

  it('takes the signer that is named, or that the prompt describes, in the colours of the prompt', async () => {
    const bob = await draw({ signer: 'bob' });
    near(bob.at(32, 42), lighter([40, 80, 180]));
    const stated = await draw({ prompt: 'an old man in green, white wall, wearing a hat' });
    near(stated.at(32, 42), lighter([41, 133, 64]), 16);
    near(stated.at(4, 4), lighter([242, 242, 240]), 16);
    expect(stated.notes).toEqual([
      expect.stringMatching(/The prompt's "hat" could not be followed: the signer is bob\./),
    ]);
  });

  it('draws hands in the skin of the reference', async () => {
    const [ada, bob] = [await draw({ signer: 'ada' }), await draw({ signer: 'bob' })];
    const wrist = (drawn: Drawn) => {
      // A fingertip of the right hand: nothing is carried there.
      const [x = 0, y = 0] = drawn.keypoints.subarray((112 + 12) * 3, (112 + 12) * 3 + 2);
      return drawn.at(Math.round(x), Math.round(y) + 1);
    };
    near(wrist(ada), [225, 180, 150], 30);
    near(wrist(bob), [140, 95, 70], 30);
  });

  it('carries nothing where the pose is not shown: text-only is the reference as it is', async () => {
    const still = await draw({}, { method: { bundle: CARRIED, preset: 'text-only' } });
    // Ada's own right hand, which the file's has left.
    near(still.at(13, 56), lighter([225, 180, 150]), 25);
    const moved = await draw({}, { method: { bundle: CARRIED, preset: 'body-only' } });
    near(moved.at(13, 56), [242, 242, 240], 5);
  });

  it('puts a colour or a picture in place of the wall, and nothing where it is transparent', async () => {
    const red = await draw({ background: [200, 20, 20] });
    near(red.at(4, 4), lighter([200, 20, 20]), 3);
    near(red.at(32, 42), lighter([190, 30, 35]));
    const file = join(temporaryFolder(), 'beach.png');
    const create = { width: 100, height: 50, channels: 3 as const, background: '#1050c0' };
    await sharp({ create }).png().toFile(file);
    near((await draw({ background: { file } })).at(4, 4), lighter([16, 80, 192]), 3);
    const none = await draw({ background: 'transparent' });
    expect(none.at(4, 4)).toHaveLength(4);
    expect(none.at(4, 4)[3]).toBe(0);
    expect(none.at(32, 42)[3]).toBe(255);
  });

  it('keeps where the file has the signer, where that is asked for', async () => {
    const { keypoints } = await draw({}, { source: { ...SOURCE, framing: 'source' } });
    expect(Math.round(keypoints[15] ?? 0)).toBe(40);
  });

  it('says in the video whom it shows, and where', async () => {
    const path = join(temporaryFolder(), 'out.mp4');
    const input = writeClip(temporaryFolder(), 2);
    const runtime = { device: 'cpu', threads: 1 };
    const source = { ...SOURCE, framing: 'source' as const };
    const options = { input, source, method: { bundle: CARRIED }, runtime, look: { signer: 'bob' } };
    await render({ ...options, output: { path } });
    const info = await readInfo(path);
    // The file has the bundle's size.
    expect(info.options).toMatchObject({ signer: 'bob', placement: { scale: 1, dx: 0, dy: 0 } });
    expect(info.command).toEqual(expect.arrayContaining(['--signer', 'bob']));
  });

  it.each<[string, LookOptions, RegExp]>([
    [
      'two signers',
      { signer: 'ada', reference: join(CARRIED, 'gallery', 'ada.png') },
      /give `reference` or `signer`, not both/,
    ],
    ['a signer that is none', { signer: 'adda' }, /no signer "adda" in the gallery: choose ada/],
    ['unknown words', { prompt: 'a womann' }, /"womann" \(nearest: .*woman/],
    ['no picture', { reference: 'nowhere.png' }, /The reference picture nowhere\.png cannot be read/],
  ])('refuses %s', async (_, look, sentence) => {
    await expect(draw(look)).rejects.toThrow(sentence);
  });

  it('says that a picture shows several people, and draws one', async () => {
    const gallery = fileURLToPath(new URL('../../models/compact/gallery', import.meta.url));
    const file = join(temporaryFolder(), 'two.png');
    await sharp(join(gallery, 'ines.webp'))
      .extend({ right: 512, background: '#888' })
      .composite([{ input: join(gallery, 'omar.webp'), left: 512, top: 0 }])
      .png()
      .toFile(file);
    const several = /two\.png shows 2 people: one of them is drawn/;
    expect((await draw({ reference: file })).notes).toEqual([expect.stringMatching(several)]);
    expect((await draw({ reference: join(gallery, 'ines.webp') })).notes).toEqual([]);
  });

  it('refuses a picture that shows nobody', async () => {
    const file = join(temporaryFolder(), 'wall.png');
    await sharp({ create: { width: 80, height: 80, channels: 3, background: '#777' } })
      .png()
      .toFile(file);
    await expect(draw({ reference: file })).rejects.toThrow(/shows no person that could be found/);
  });
});

describe('a bundle that takes no reference', () => {
  it('says so where a signer is asked for', async () => {
    const options = { input: writeClip(temporaryFolder(), 1), source: SOURCE, method: { bundle: TINY } };
    await expect(Session.open({ ...options, look: { signer: 'ada' } })).rejects.toThrow(
      /The bundle "tiny" brings no signers to choose from: leave `signer` out/,
    );
  });
});
