import { fileURLToPath } from 'node:url';
import {
  type ClipStatistics,
  clipStatistics,
  openPoseClip,
  type PoseClip,
  type PoseFrame,
  prepareFrames,
} from '../../src/pose/index.js';

/** The frames of a sample that a real detector made, of 512x512 pixels. */
export async function sampleFrames(name: string): Promise<PoseFrame[]> {
  const clip = await openPoseClip(fileURLToPath(new URL(`../../samples/${name}`, import.meta.url)));
  const frames: PoseFrame[] = [];
  for await (const frame of clip.frames()) frames.push(frame);
  await clip.close();
  return frames;
}

/** A clip of frames at hand; `change` may alter a copy of each. */
export function clipOfFrames(
  frames: readonly PoseFrame[],
  change: (keypoints: Float32Array, index: number) => void = () => {},
): PoseClip {
  return {
    info: { format: 'test', fps: 25, width: 512, height: 512, frameCount: frames.length },
    async *frames() {
      for (const [index, frame] of frames.entries()) {
        const keypoints = frame.keypoints.slice();
        change(keypoints, index);
        yield { ...frame, keypoints, depth: frame.depth?.slice(), index, time: index / 25 };
      }
    },
    close: async () => {},
  };
}

/** The frames as they are drawn, in the file's own pixels, and what was done to them. */
export async function drawn(
  clip: PoseClip,
  options: Partial<Parameters<typeof prepareFrames>[1]> = {},
): Promise<{ frames: PoseFrame[]; statistics: ClipStatistics }> {
  const statistics = await clipStatistics(clip, options);
  const frames: PoseFrame[] = [];
  for await (const frame of prepareFrames(clip, {
    width: 512,
    height: 512,
    framing: 'source',
    statistics,
    ...options,
  }))
    frames.push(frame);
  return { frames, statistics };
}

/** Takes points out. */
export function without(keypoints: Float32Array, ...indices: readonly number[]): void {
  for (const index of indices) keypoints.fill(0, index * 3, index * 3 + 3);
}

export function range(start: number, length: number): number[] {
  return Array.from({ length }, (_, index) => start + index);
}

/** Pixels between point `index` of two frames; NaN where one lacks it. */
export function apart(a: PoseFrame | undefined, b: PoseFrame | undefined, index: number): number {
  const of = (frame: PoseFrame | undefined) => frame?.keypoints.subarray(index * 3, index * 3 + 3) ?? [];
  const [[ax = 0, ay = 0, aThere = 0], [bx = 0, by = 0, bThere = 0]] = [of(a), of(b)];
  return aThere > 0 && bThere > 0 ? Math.hypot(ax - bx, ay - by) : Number.NaN;
}
