import { join } from 'node:path';
import { UsageError } from '../../errors.js';
import { openPoseClip, type PoseFrame } from '../../pose/index.js';
import type { Benchmark } from '../source/benchmark.js';
import { type HandShapePoints, handShape, type KnownHand, readHand, signingHand } from './metrics/index.js';

/** The shape of the hand that signs in a frame; undefined where no hand is complete. */
export function signedShape(frame: PoseFrame): HandShapePoints | undefined {
  const side = signingHand(frame);
  return side && handShape(frame, side);
}

/**
 * What a clip says: of its frames' readings the commonest, of equals the one that came first; undefined where no hand was found. The
 * reader is the one of models/training (judge/letters.py).
 */
export function readClip(frames: readonly PoseFrame[], known: readonly KnownHand[]): string | undefined {
  const votes = new Map<string, number>();
  for (const frame of frames) {
    const read = readHand(signedShape(frame), known);
    if (read !== undefined) votes.set(read, (votes.get(read) ?? 0) + 1);
  }
  const most = Math.max(0, ...votes.values());
  return [...votes].find(([, count]) => count === most)?.[0];
}

/** The middle frame of a clip in which a hand is complete. */
export function middleShape(frames: readonly PoseFrame[]): HandShapePoints | undefined {
  const middle = (frames.length - 1) >> 1;
  const order = frames
    .map((frame, at) => ({ frame, away: Math.abs(at - middle) }))
    .sort((a, b) => a.away - b.away);
  for (const { frame } of order) {
    const shape = signedShape(frame);
    if (shape) return shape;
  }
  return undefined;
}

/** The hands that the benchmark names to read letters by. Throws `UsageError` where a frame shows no complete hand. */
export async function namedLetters(folder: string, { letters }: Benchmark): Promise<KnownHand[]> {
  const known: KnownHand[] = [];
  for (const { letter, pose, frame, fps, size } of letters) {
    const clip = await openPoseClip(join(folder, pose), { fps, size });
    try {
      let shape: HandShapePoints | undefined;
      for await (const one of clip.frames()) {
        if (one.index === frame) shape = signedShape(one);
        if (one.index >= frame) break;
      }
      if (!shape) {
        throw new UsageError(
          'HF_BENCHMARK_SOURCE',
          `Frame ${frame} of ${pose} shows no complete hand, so it cannot stand for the letter ${letter}: name another frame.`,
          { file: pose, frame },
        );
      }
      known.push({ name: letter, shape });
    } finally {
      await clip.close();
    }
  }
  return known;
}
