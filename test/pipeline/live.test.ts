import { fileURLToPath } from 'node:url';
import { firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CancelledError } from '../../src/errors.js';
import {
  type Engine,
  type GeneratedFrame,
  type GenerateOptions,
  generate,
  openEngine,
  type PresetOverrides,
  RunEvents,
  Session,
} from '../../src/pipeline/index.js';
import {
  clipOf,
  type FrameInput,
  openPoseClip,
  type PoseClip,
  type PoseFrame,
} from '../../src/pose/index.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const input = fileURLToPath(new URL('../../samples/hello.pose', import.meta.url));
/** One frame of the compact bundle's own graphs. */
const options = (precision: 'float32' | 'int8', overrides: PresetOverrides = {}): GenerateOptions => ({
  input,
  source: { range: { from: 40, to: 41 } },
  method: { preset: 'live', overrides },
  runtime: { precision },
});

/** Peak signal to noise ratio in dB over the pixels that `counts` says. */
function nearness(a: Uint8Array, b: Uint8Array, counts: (pixel: number) => boolean = () => true): number {
  let [sum, values] = [0, 0];
  a.forEach((value, i) => {
    if (!counts(Math.floor(i / 3))) return;
    sum += (value - (b[i] ?? 0)) ** 2;
    values += 1;
  });
  return 10 * Math.log10(255 ** 2 / (sum / values));
}

describe('the live preset', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine({ runtime: { device: 'cpu' } });
  });
  afterAll(() => engine.close());

  const drawn = (asked: GenerateOptions): Promise<GeneratedFrame> => lastValueFrom(generate(asked, engine));

  it("draws the person's part as the whole picture has it, and the plate round it", async () => {
    const session = await Session.open(options('float32'), engine);
    const { area } = session;
    await session.close();
    expect(area && area.width * area.height).toBeLessThan(512 * 512);
    const part = await drawn(options('float32'));
    const whole = await drawn(options('float32', { body: { area: 'picture' } }));
    expect(part.picture).toMatchObject({ width: 512, height: 512, channels: 3 });
    const { left = 0, top = 0, width = 0, height = 0 } = area ?? {};
    const inside = (pixel: number): boolean => {
      const [x, y] = [pixel % 512, Math.floor(pixel / 512)];
      return x >= left && x < left + width && y >= top && y < top + height;
    };
    expect(nearness(part.picture.data, whole.picture.data, inside)).toBeGreaterThan(33);
    // Without anybody there the network draws the plate, but not to the level.
    expect(nearness(part.picture.data, whole.picture.data, (pixel) => !inside(pixel))).toBeGreaterThan(30);
  });

  it('places what comes live by its first second, and keeps to that', async () => {
    const clip = await openPoseClip(input);
    const poses: PoseFrame[] = [];
    for await (const pose of clip.frames()) poses.push(pose);
    await clip.close();
    const { fps, width, height } = clip.info;
    const pulled: number[] = [];
    async function* live() {
      for (const [at, pose] of poses.entries()) {
        pulled.push(at);
        // After the first second somebody walks up to the camera.
        yield at < fps
          ? pose
          : { ...pose, keypoints: pose.keypoints.map((value, k) => (k % 3 === 2 ? value : 2 * value)) };
      }
    }
    const open = (given: PoseClip) =>
      Session.open({ ...options('float32'), input: given, source: {} }, engine);
    const session = await open(clipOf(live(), { fps, width, height }));
    expect(pulled).toHaveLength(fps);
    const heard = await open(clipOf(poses.slice(0, fps), { fps, width, height }));
    // The same place; some more room, since hands may still go farther than in the first second.
    const [area, least] = [session.area, heard.area];
    expect(area && least && area.width >= least.width && area.top <= least.top).toBe(true);
    const first = await firstValueFrom(session.frames());
    const known = await firstValueFrom(heard.frames());
    const shoulders = ({ pose }: GeneratedFrame) => [...pose.keypoints.subarray(15, 21)];
    shoulders(known).forEach((value, k) => {
      expect(shoulders(first)[k]).toBeCloseTo(value, 0);
    });
    await session.close();
    await heard.close();
  });

  it('waits for somebody, and draws the room until then', async () => {
    const clip = await openPoseClip(input);
    const poses: PoseFrame[] = [];
    for await (const pose of clip.frames()) poses.push(pose);
    await clip.close();
    const { fps, width, height } = clip.info;
    const room = Array.from({ length: 40 }, () => ({ keypoints: new Float32Array(399) }));
    const open = (frames: Iterable<FrameInput>, events = new RunEvents()) =>
      Session.open(
        {
          ...options('float32'),
          input: clipOf(frames, { fps, width, height }),
          source: {},
          watch: { events },
        },
        engine,
      );
    const sentences: string[] = [];
    const events = new RunEvents().on('note', ({ sentence }) => sentences.push(sentence));
    const late = await open([...room, ...poses.slice(0, fps)].values(), events);
    const known = await open(poses.slice(0, fps).values());
    expect(late.area).toEqual(known.area);
    expect(sentences.filter((text) => text.includes('drawing begins when somebody is seen'))).toHaveLength(1);
    const drawnLate = await lastValueFrom(late.frames().pipe(take(41), toArray()));
    const first = await firstValueFrom(known.frames());
    expect(drawnLate).toHaveLength(41);
    expect(drawnLate[40]?.pose.keypoints).toEqual(first.pose.keypoints);
    await late.close();
    await known.close();
  });

  it.each([
    [[], 'HF_POSE_NO_FRAMES'],
    [[{ keypoints: new Float32Array(399) }], 'HF_POSE_NO_PERSON'],
  ])('says what is wrong with a source in which nobody comes (%#)', async (frames, code) => {
    const given = clipOf(frames.values(), { fps: 25, width: 64, height: 64 });
    const range = { from: 5 };
    const opening = Session.open({ ...options('float32'), input: given, source: { range } }, engine);
    await expect(opening).rejects.toMatchObject({ code });
  });

  it('ends by the signal while it waits for the first second', async () => {
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) };
    const stop = new AbortController();
    const given = clipOf(silent, { fps: 25, width: 64, height: 64 });
    const opening = Session.open(
      { ...options('float32'), input: given, source: {}, signal: stop.signal },
      engine,
    );
    setTimeout(() => stop.abort(), 50);
    await expect(opening).rejects.toBeInstanceOf(CancelledError);
  });

  it('draws in eight bits nearly what it draws in float32, by the same bytes each time', async () => {
    const [float, small, again] = [
      await drawn(options('float32')),
      await drawn(options('int8')),
      await drawn(options('int8')),
    ];
    expect(Buffer.compare(small.picture.data, again.picture.data)).toBe(0);
    expect(Buffer.compare(small.picture.data, float.picture.data)).not.toBe(0);
    expect(nearness(small.picture.data, float.picture.data)).toBeGreaterThan(36);
  });
});
