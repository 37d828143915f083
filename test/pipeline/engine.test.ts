import { lastValueFrom, toArray } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { type GenerateOptions, openEngine, Session } from '../../src/pipeline/index.js';
import { SOURCE, TINY, temporaryFolder, writeClip } from './write-clip.js';

vi.setConfig({ testTimeout: 240_000 });

it('keeps models between sessions, which draw all frames or chosen ones alike', async () => {
  const settings = { method: { bundle: TINY }, runtime: { device: 'cpu', threads: 1 } };
  const options: GenerateOptions = { input: writeClip(temporaryFolder(), 7), source: SOURCE, ...settings };
  const engine = await openEngine(settings);
  try {
    await engine.warm();
    const draw = async (only?: (index: number) => boolean) => {
      const session = await Session.open(options, engine);
      const frames = await lastValueFrom(session.frames(only ? { only } : {}).pipe(toArray()));
      await session.close();
      return frames;
    };
    const all = await draw();
    const some = await draw((index) => index % 3 === 0);
    expect(some.map(({ index }) => index)).toEqual([0, 3, 6]);
    for (const { index, picture } of some) expect(picture.data).toEqual(all[index]?.picture.data);
  } finally {
    await engine.close();
  }
  await expect(engine.runner.describe('body.onnx')).rejects.toThrow(/closed/);
});
