import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { handShape, type KnownHand, signingHand } from '../../src/evaluate/judge/metrics/legibility.js';
import { openPoseClip, type PoseFrame } from '../../src/pose/index.js';

/** The ASL alphabet signed by people, where it is. */
export const LETTERS = fileURLToPath(new URL('../../../shared/data/letters/', import.meta.url));
export const lettersThere = existsSync(LETTERS);
if (!lettersThere) console.log('The real letters are not here: their tests are skipped.');

export async function framesOf(path: string): Promise<PoseFrame[]> {
  const clip = await openPoseClip(path);
  const frames: PoseFrame[] = [];
  for await (const frame of clip.frames()) frames.push(frame);
  await clip.close();
  return frames;
}

/** The hand of each real letter, from the complete frame nearest to the middle of its recording. */
export async function realLetters(): Promise<KnownHand[]> {
  const rows = readFileSync(`${LETTERS}index.csv`, 'utf8').trim().split('\n').slice(1);
  const known: KnownHand[] = [];
  for (const row of rows) {
    const [path = '', , , , , name = ''] = row.split(',');
    if (known.some((letter) => letter.name === name)) continue;
    const frames = await framesOf(LETTERS + path);
    const middle = (frames.length - 1) >> 1;
    const byMiddle = frames
      .filter((frame) => signingHand(frame) !== undefined)
      .sort((a, b) => Math.abs(a.index - middle) - Math.abs(b.index - middle));
    const [frame] = byMiddle;
    const side = frame && signingHand(frame);
    const shape = side && handShape(frame, side);
    if (shape) known.push({ name, shape });
  }
  return known;
}
