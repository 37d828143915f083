import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { firstValueFrom, lastValueFrom, take, tap, toArray } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { CancelledError, OutputError, PoseFileError, UsageError } from '../../src/errors.js';
import {
  type FrameStream,
  type GeneratedFrame,
  type GenerateOptions,
  generate,
  type Progress,
  RunEvents,
  render,
} from '../../src/pipeline/index.js';
import { clipOf, openPoseClip, type PoseFrame, type RepairOptions } from '../../src/pose/index.js';
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

type Slow = (frame: GeneratedFrame) => Promise<void>;

async function iterate(stream: FrameStream<GeneratedFrame>, take: Slow): Promise<void> {
  for await (const frame of stream) await take(frame);
}

/** Someone of whom only the shoulders are seen. */
function person(): Float32Array {
  const keypoints = new Float32Array(399);
  keypoints.set([40, 22, 1, 24, 22, 1], 5 * 3);
  return keypoints;
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

  it('gives the same pictures again, however many frames are in work at a time, and threads at work', async () => {
    const same = options(5);
    const one = await lastValueFrom(
      generate({ ...same, runtime: { device: 'cpu', threads: 1, lookAhead: 1 } }).pipe(toArray()),
    );
    const five = await lastValueFrom(
      generate({ ...same, runtime: { device: 'cpu', threads: 1, lookAhead: 5 } }).pipe(toArray()),
    );
    const bytes = (frames: typeof one) => Buffer.concat(frames.map(({ picture }) => picture.data));
    expect(bytes(five).equals(bytes(one))).toBe(true);
    const threads = await lastValueFrom(
      generate({ ...same, runtime: { device: 'cpu', threads: 3 } }).pipe(toArray()),
    );
    expect(bytes(threads).equals(bytes(one))).toBe(true);
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

  it('repairs as the options say before it draws', async () => {
    const clip = options(9);
    const drawn = async (repair: RepairOptions) =>
      lastValueFrom(generate({ ...clip, source: { ...SOURCE, repair } }).pipe(toArray()));
    const [plain, mirrored] = [await drawn({}), await drawn({ mirror: true })];
    const noses = [plain, mirrored].map(([frame]) => frame?.pose.keypoints[0] ?? 0);
    expect((noses[0] ?? 0) + (noses[1] ?? 0)).toBeCloseTo(64, 3);
    const half = await drawn({ fps: 12.5 });
    expect(half.map(({ pose }) => pose.index)).toEqual([0, 1, 2, 3, 4]);
    expect(half[4]?.pose.keypoints).toEqual(plain[8]?.pose.keypoints);
  });

  describe.each([
    ['a loop', (stream: FrameStream<GeneratedFrame>, slow: Slow) => iterate(stream, slow)],
    [
      'an asynchronous subscriber',
      (stream: FrameStream<GeneratedFrame>, slow: Slow) =>
        new Promise<void>((complete, error) => void stream.subscribe({ next: slow, complete, error })),
    ],
  ])('taken by %s', (_, take) => {
    it('holds four frames at most, however slow it is', async () => {
      const flight = { pulled: 0, taken: 0, most: 0 };
      const clip = await openPoseClip(writeClip(temporaryFolder(), 60), SOURCE);
      async function* counted() {
        for await (const frame of clip.frames()) {
          flight.pulled += 1;
          flight.most = Math.max(flight.most, flight.pulled - flight.taken);
          yield frame;
        }
      }
      // No gap is filled, since filling keeps keypoints until it sees the end of the gap.
      const source = { repair: { maxGap: 0 } };
      // Its first second, which is heard before anything is drawn, is one frame.
      const input = clipOf(counted(), { ...clip.info, fps: 1 });
      await take(generate({ ...options(1), input, source }), async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        flight.taken += 1;
      });
      expect(flight.pulled).toBe(60);
      expect(flight.taken).toBe(60);
      expect(flight.most).toBeLessThanOrEqual(4);
    });

    it('ends with the failure of who takes the frames', async () => {
      const failing = async (): Promise<void> => {
        throw new OutputError('HF_OUTPUT_FULL', 'The disk is full.');
      };
      await expect(take(generate(options(9)), failing)).rejects.toThrow('The disk is full.');
    });

    it('ends with the failure of the stream', async () => {
      const source = { ...SOURCE, range: { from: 20 } };
      const none = take(generate({ ...options(9), source }), async () => undefined);
      await expect(none).rejects.toThrow(/there is none from frame 20/);
    });
  });

  it('draws keypoints in memory as it draws those of a file', async () => {
    const path = writeClip(temporaryFolder(), 4);
    const clip = options(4, { input: path });
    const read = await openPoseClip(path, SOURCE);
    const poses: PoseFrame[] = [];
    for await (const pose of read.frames()) poses.push(pose);
    const input = clipOf(poses, read.info);
    const drawn = async (change: Partial<GenerateOptions>) =>
      (await lastValueFrom(generate({ ...clip, ...change }).pipe(toArray()))).map(
        ({ picture }) => picture.data,
      );
    expect(await drawn({ input, source: {} })).toEqual(await drawn({}));
    const live = render({
      ...clip,
      input: clipOf(read.frames(), read.info),
      source: {},
      output: { path: join(temporaryFolder(), 'live.mp4') },
    });
    expect(await live).toMatchObject({ frames: 4, fps: 25 });
  });

  it('says which frame in memory is none', async () => {
    const input = clipOf([{ keypoints: new Float32Array(399) }, { keypoints: new Float32Array(17) }], {
      fps: 25,
      width: 64,
      height: 64,
    });
    const wrong = iterate(generate({ ...options(1), input, source: {} }), async () => undefined);
    await expect(wrong).rejects.toMatchObject({ code: 'HF_POSE_POINTS', frame: 1, field: 'keypoints' });
  });

  it('stops everything when a loop is left', async () => {
    let returned = false;
    async function* endless() {
      try {
        for (;;) yield { keypoints: person() };
      } finally {
        returned = true;
      }
    }
    const input = clipOf(endless(), { fps: 25, width: 64, height: 64 });
    const seen: number[] = [];
    for await (const { index } of generate({ ...options(1), input, source: {} })) {
      seen.push(index);
      if (index === 2) break;
    }
    expect(seen).toEqual([0, 1, 2]);
    await expect.poll(() => returned).toBe(true);
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
    const events = new RunEvents();
    events.on('progress', (progress) => steps.push(progress));
    const result = await render({ ...clip, watch: { events }, output: { path } });
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
      ...['--seed', '9', '--bundle', TINY, '--device', 'cpu', '--threads', '1', '--precision', 'float32'],
    ]);
  });

  it('continues a run that was cancelled, to the same bytes as one that was not', async () => {
    const clip = options(20);
    const [path, whole] = [pathOf('out.mp4'), pathOf('whole.mp4')];
    await render({ ...clip, output: { path: whole, encoding: { segmentFrames: 4 } } });
    const controller = new AbortController();
    const events = new RunEvents();
    events.on('progress', ({ done }) => done === 14 && controller.abort());
    const output = { path, encoding: { segmentFrames: 4 } };
    const cancelled = render({ ...clip, watch: { events }, signal: controller.signal, output });
    await expect(cancelled).rejects.toThrow(/14 finished frames wait/);
    const result = await render({ ...clip, output });
    expect(result.resumedFrames).toBe(14);
    expect(sha256(path)).toBe(sha256(whole));
  });

  it('leaves nothing under the final name when it fails', async () => {
    const clip = options(30);
    const folder = temporaryFolder();
    const controller = new AbortController();
    const events = new RunEvents();
    events.on('progress', ({ done }) => done === 3 && controller.abort());
    const run = render({
      ...clip,
      watch: { events },
      signal: controller.signal,
      output: { path: join(folder, 'a.mp4') },
    });
    await expect(run).rejects.toBeInstanceOf(CancelledError);
    // What was drawn is kept beside it, for the run that goes on.
    expect(await readdir(folder)).toEqual(['a.mp4.handfirst']);
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
        const folder = temporaryFolder();
        return render({ ...options(1, { input: writeClip(folder, 1) }), output: { path: folder } });
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
