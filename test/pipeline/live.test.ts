import { fileURLToPath } from 'node:url';
import { lastValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Engine,
  type GeneratedFrame,
  type GenerateOptions,
  generate,
  openEngine,
  type PresetOverrides,
  Session,
} from '../../src/pipeline/index.js';

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
