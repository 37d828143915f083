import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { firstValueFrom, lastValueFrom, take, tap, toArray } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { CancelledError, OutputError, PoseFileError, UsageError } from '../../src/errors.js';
import { type GenerateOptions, generate, type Progress, render } from '../../src/pipeline/index.js';
import type { MendOptions } from '../../src/pose/index.js';
import { readInfo } from '../../src/video/index.js';
import { SOURCE, TINY, temporaryFolder, writeClip } from './write-clip.js';

// Each test starts workers and encoders, which takes long on a busy machine.
vi.setConfig({ testTimeout: 240_000 });

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

function options(frames: number, change: Partial<GenerateOptions> = {}): GenerateOptions {
  return {
    input: writeClip(temporaryFolder(), frames),
    source: SOURCE,
    method: { bundle: TINY },
    runtime: { device: 'cpu', threads: 1 },
    ...change,
  };
}

describe('generate', () => {
  it('gives every frame of the clip in order, with its time and pose', async () => {
    const frames = await lastValueFrom(generate(options(7)).pipe(toArray()));
    expect(frames.map(({ index, time }) => [index, time])).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((i) => [i, i / 25]),
    );
    for (const { picture, pose } of frames) {
      expect(picture).toMatchObject({ width: 64, height: 64, channels: 3 });
      expect(pose.keypoints).toHaveLength(399);
    }
    expect(frames.every(({ intermediates }) => intermediates === undefined)).toBe(true);
  });

  it('gives the same pictures again, however many frames are in work at a time', async () => {
    const same = options(5);
    const one = await lastValueFrom(
      generate({ ...same, runtime: { device: 'cpu', threads: 1, lookAhead: 1 } }).pipe(toArray()),
    );
    const five = await lastValueFrom(
      generate({ ...same, runtime: { device: 'cpu', threads: 1, lookAhead: 5 } }).pipe(toArray()),
    );
    const bytes = (frames: typeof one) => Buffer.concat(frames.map(({ picture }) => picture.data));
    expect(bytes(five).equals(bytes(one))).toBe(true);
  });

  it('draws hands at the places of the keypoints, in the colour of stage 1', async () => {
    const { picture, pose } = await firstValueFrom(generate(options(1)));
    // Middle knuckle of the left hand; the fake hand is red above green above blue, the rest is grey.
    const [x = 0, y = 0] = pose.keypoints.slice((91 + 10) * 3, (91 + 10) * 3 + 2);
    const at = (Math.floor(y) * 64 + Math.floor(x)) * 3;
    const [red = 0, green = 0, blue = 0] = picture.data.slice(at, at + 3);
    expect(red).toBeGreaterThan(green + 20);
    expect(green).toBeGreaterThan(blue + 10);
  });

  it('draws another signer for another seed, and the same for the same', async () => {
    const clip = options(1);
    const of = async (seed: number) =>
      (await firstValueFrom(generate({ ...clip, look: { seed } }))).picture.data;
    const [a, b, again] = [await of(1), await of(2), await of(1)];
    expect(Buffer.compare(again, a)).toBe(0);
    expect(Buffer.compare(b, a)).not.toBe(0);
  });

  it('keeps what a frame went through where that is asked for', async () => {
    const { intermediates } = await firstValueFrom(generate(options(1, { watch: { intermediates: true } })));
    expect(intermediates?.hands.map(({ crop }) => crop.hands)).toEqual([['left'], ['right']]);
    expect(intermediates?.heatmaps.map((maps) => maps.length)).toEqual([10 * 32 * 32, 10 * 32 * 32]);
    // The left hand's heatmaps come first: in its crop they are the brighter ones.
    const most = (maps = new Float32Array()) => maps.reduce((a, b) => Math.max(a, b), 0);
    expect(most(intermediates?.heatmaps[0]?.slice(0, 5 * 32 * 32))).toBeGreaterThan(0.9);
    expect(intermediates?.steps.map(({ t, mask }) => [t, mask !== undefined])).toEqual([
      [999, true],
      [749, true],
      [499, true],
      [249, false],
    ]);
  });

  it('draws the range that is asked for, counted anew', async () => {
    const clip = options(9);
    const all = await lastValueFrom(
      generate({ ...clip, source: { ...SOURCE, range: { from: 3, to: 5 } } }).pipe(toArray()),
    );
    expect(all.map(({ index, pose }) => [index, pose.index])).toEqual([
      [0, 3],
      [1, 4],
    ]);
    const beyond = generate({ ...clip, source: { ...SOURCE, range: { from: 20 } } });
    await expect(lastValueFrom(beyond)).rejects.toThrow(/has 9 frames, so there is none from frame 20/);
    await expect(lastValueFrom(beyond)).rejects.toBeInstanceOf(PoseFileError);
  });

  it('mends as it is told before it draws', async () => {
    const clip = options(9);
    const drawn = async (mend: MendOptions) =>
      lastValueFrom(generate({ ...clip, source: { ...SOURCE, mend } }).pipe(toArray()));
    const [plain, mirrored] = [await drawn({}), await drawn({ mirror: true })];
    const noses = [plain, mirrored].map(([frame]) => frame?.pose.keypoints[0] ?? 0);
    expect((noses[0] ?? 0) + (noses[1] ?? 0)).toBeCloseTo(64, 3);
    const half = await drawn({ fps: 12.5 });
    expect(half.map(({ pose }) => pose.index)).toEqual([0, 1, 2, 3, 4]);
    expect(half[4]?.pose.keypoints).toEqual(plain[8]?.pose.keypoints);
  });

  it('reads no further than a slow consumer lets it', async () => {
    const seen: number[] = [];
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const sink = async ({ index }: { index: number }) => {
      seen.push(index);
      await gate;
    };
    const run = lastValueFrom(generate(options(12), { sink }).pipe(toArray()));
    await expect.poll(() => seen.length, { timeout: 50_000 }).toBe(1);
    // Long enough for the frames that may be in work to be drawn.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(seen).toEqual([0]);
    open();
    expect(await run).toHaveLength(12);
    expect(seen).toHaveLength(12);
  });

  it('ends with CancelledError by the signal, and quietly when nobody listens any more', async () => {
    const controller = new AbortController();
    const cancelled = generate(options(200, { signal: controller.signal }));
    const seen: number[] = [];
    const run = lastValueFrom(
      cancelled.pipe(
        tap(({ index }) => {
          seen.push(index);
          if (index === 2) controller.abort();
        }),
      ),
    );
    await expect(run).rejects.toBeInstanceOf(CancelledError);
    expect(seen).toEqual([0, 1, 2]);
    expect(await lastValueFrom(generate(options(200)).pipe(take(2), toArray()))).toHaveLength(2);
  });

  it("fails with the sink's failure", async () => {
    const sink = async () => {
      throw new OutputError('HF_OUTPUT_FULL', 'The disk is full.');
    };
    await expect(lastValueFrom(generate(options(9), { sink }))).rejects.toThrow('The disk is full.');
  });

  it('puts a colour or nothing behind the person', async () => {
    const clip = options(1);
    const red = await firstValueFrom(generate({ ...clip, look: { background: [255, 0, 0] } }));
    expect([...red.picture.data.slice(0, 3)]).toEqual([255, 0, 0]);
    const none = await firstValueFrom(generate({ ...clip, look: { background: 'transparent' } }));
    expect(none.picture.channels).toBe(4);
    expect(none.picture.data[3]).toBe(0);
  });
});

describe('render', () => {
  const pathOf = (name: string) => join(temporaryFolder(), name);

  it('writes a video that says how it was made', async () => {
    const clip = options(6, { look: { prompt: 'red person', seed: 9 } });
    const path = pathOf('out.mp4');
    const steps: Progress[] = [];
    const result = await render({ ...clip, watch: { progress: (p) => steps.push(p) }, output: { path } });
    expect(result).toMatchObject({ path, frames: 6, resumedFrames: 0, device: 'cpu' });
    expect(steps.map(({ done, total }) => [done, total])).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => [i, 6]));
    const info = await readInfo(path);
    expect(info).toMatchObject({
      generated: true,
      prompt: 'red person',
      seed: 9,
      preset: 'default',
      bundle: { name: 'tiny' },
    });
    expect(info.command).toEqual([
      ...['handfirst', 'generate', clip.input, '--fps', '25', '--size', '64x64', '--prompt', 'red person'],
      ...['--seed', '9', '--bundle', TINY, '--device', 'cpu', '--threads', '1'],
    ]);
  });

  it('continues a run that was cancelled, to the same bytes as one that was not', async () => {
    const clip = options(20);
    const [path, whole] = [pathOf('out.mp4'), pathOf('whole.mp4')];
    await render({ ...clip, output: { path: whole, encoding: { segmentFrames: 4 } } });
    const controller = new AbortController();
    const progress = ({ done }: Progress) => {
      if (done === 14) controller.abort();
    };
    const output = { path, encoding: { segmentFrames: 4 } };
    const cancelled = render({ ...clip, watch: { progress }, signal: controller.signal, output });
    await expect(cancelled).rejects.toThrow(/12 finished frames wait/);
    const result = await render({ ...clip, output });
    expect(result.resumedFrames).toBe(12);
    expect(sha256(path)).toBe(sha256(whole));
  });

  it('leaves nothing under the final name when it fails', async () => {
    const clip = options(30);
    const folder = temporaryFolder();
    const controller = new AbortController();
    const progress = ({ done }: Progress) => {
      if (done === 3) controller.abort();
    };
    const run = render({
      ...clip,
      watch: { progress },
      signal: controller.signal,
      output: { path: join(folder, 'a.mp4') },
    });
    await expect(run).rejects.toBeInstanceOf(CancelledError);
    expect(await readdir(folder)).toEqual([]);
  });

  it('puts the skeleton beside the signer', async () => {
    const path = `${pathOf('frames')}/`;
    const result = await render({ ...options(2), output: { path, layout: 'skeleton' } });
    expect(result.frames).toBe(2);
    const { default: sharp } = await import('sharp');
    const [first = ''] = (await readdir(path)).filter((name) => name.endsWith('.png')).sort();
    expect(await sharp(join(path, first)).metadata()).toMatchObject({ width: 128, height: 64 });
  });

  it.each([
    [
      'an output that exists',
      OutputError,
      async () => {
        const clip = options(1);
        return render({ ...clip, output: { path: clip.input.replace(/clip$/, '') } });
      },
    ],
    [
      'a source layout without its video',
      UsageError,
      () => render({ ...options(1), output: { path: 'x.mp4', layout: 'source' } }),
    ],
    ['a clip without a person', PoseFileError, () => render({ ...options(0), output: { path: 'x.mp4' } })],
  ])('refuses %s before anything is opened', async (_, kind, run) => {
    await expect(run()).rejects.toBeInstanceOf(kind);
  });
});
