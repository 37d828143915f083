import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { engineHash } from '../../src/evaluate/draw/engine-hash.js';
import { middleShape, readClip, signedShape } from '../../src/evaluate/judge/letters.js';
import { Kept, keyOf } from '../../src/evaluate/kept.js';
import { handPoint, KEYPOINT_COUNT, type PoseFrame } from '../../src/pose/pose-frame.js';
import { temporaryFolder } from '../pipeline/write-clip.js';

/** A right hand along a line (`bend` 0) or a curve. */
function frame(index: number, bend: number, complete = true): PoseFrame {
  const keypoints = new Float32Array(KEYPOINT_COUNT * 3);
  for (let point = complete ? 0 : 1; point < 21; point += 1)
    keypoints.set([100 + point, 100 + bend * point * point, 1], handPoint('right', point) * 3);
  return { index, time: index / 25, keypoints };
}

const [straight, bent] = [signedShape(frame(0, 0)), signedShape(frame(0, 0.2))];
if (!straight || !bent) throw new Error('both hands are complete');
const known = [
  { name: 'I', shape: straight },
  { name: 'C', shape: bent },
];

describe('the reader of a clip', () => {
  it('says what most frames say, of equals what came first, and nothing where no hand was found', () => {
    expect(readClip([frame(0, 0), frame(1, 0.19), frame(2, 0.21)], known)).toBe('C');
    expect(readClip([frame(0, 0), frame(1, 0.2)], known)).toBe('I');
    expect(readClip([frame(0, 0, false)], known)).toBeUndefined();
  });

  it('learns from the complete hand nearest to the middle', () => {
    expect(middleShape([frame(0, 0.2), frame(1, 0, false), frame(2, 0)])).toEqual(bent);
    expect(middleShape([frame(0, 0, false)])).toBeUndefined();
  });
});

describe('what is kept', () => {
  const schema = z.strictObject({ value: z.number() });

  it('is found under its key alone, and nothing else lies there', async () => {
    const folder = join(temporaryFolder(), 'kept');
    const kept = new Kept(folder, schema);
    const key = keyOf({ seed: 1 });
    expect(await kept.read(key)).toBeUndefined();
    await kept.write(key, { value: 3 });
    expect(await kept.read(key)).toEqual({ value: 3 });
    expect(await kept.read(keyOf({ seed: 2 }))).toBeUndefined();
    expect(readdirSync(folder)).toEqual([`${key}.json`]);
  });

  it('is made again where it was cut short or belongs to another version', async () => {
    const folder = temporaryFolder();
    mkdirSync(folder, { recursive: true });
    const kept = new Kept(folder, schema);
    writeFileSync(join(folder, 'cut.json'), '{"value": 3');
    writeFileSync(join(folder, 'other.json'), '{"values": 3}');
    expect(await kept.read('cut')).toBeUndefined();
    expect(await kept.read('other')).toBeUndefined();
  });

  it('knows the code that made it', () => {
    expect(engineHash()).toMatch(/^[0-9a-f]{64}$/);
    expect(engineHash()).toBe(engineHash());
  });
});
