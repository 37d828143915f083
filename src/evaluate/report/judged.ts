import type { PoseFrame } from '../../pose/index.js';
import type { EvaluatedItem, Evaluation, JudgedItemScores } from '../judge/evaluation.js';
import { readClip } from '../judge/letters.js';
import type { ClipScores, FrameScores, ItemScores } from '../judge/scores.js';
import type { Judged, PictureUnit, Reading } from './measure.js';

/** Name of a frame in reports: the item's, with the frame's number where the item has several. */
export function frameName({ item }: Pick<EvaluatedItem, 'item'>, frame: number): string {
  return item.range.to - item.range.from > 1 ? `${item.id}:${frame}` : item.id;
}

type Scores = Pick<ItemScores, 'frames' | 'clip'>;

/**
 * What a preset was judged by (`undefined`: the reference). Pictures are those of items of one frame; where the benchmark has none,
 * the frames of its clips, so that one long clip does not outweigh all else.
 */
export function judgedOf({ items, known }: Evaluation, preset: string | undefined): Judged {
  const single = items.some(({ item }) => item.kind === 'frame');
  const pictures = new Map<string, PictureUnit>();
  const clips = new Map<string, ClipScores>();
  const readings = new Map<string, Reading>();
  for (const one of items) {
    const scores = scoresOf(one, preset);
    if (!scores) continue;
    if (one.item.kind === 'frame' || !single) addPictures(pictures, one, scores);
    if (scores.clip) clips.set(one.item.id, scores.clip);
    const meant = one.item.letter;
    if (meant !== undefined)
      readings.set(one.item.id, { meant, read: readClip(scores.frames.map(poseOf), known) });
  }
  return { pictures, clips, readings };
}

function scoresOf({ truth, results }: JudgedItemScores, preset: string | undefined): Scores | undefined {
  if (preset !== undefined) return results.get(preset);
  const frames = truth.frames.flatMap(({ scores }) => scores ?? []);
  return frames.length > 0 ? { frames, clip: truth.clip } : undefined;
}

function addPictures(pictures: Map<string, PictureUnit>, one: EvaluatedItem, { frames }: Scores): void {
  frames.forEach((scores, at) => {
    const truth = one.truth.frames[at]?.scores ?? undefined;
    pictures.set(frameName(one, at), { scores, truth });
  });
}

/** The signer shrunk to `factor`. */
export function shrunkBy({ items }: Evaluation, preset: string, factor: number): Judged {
  const pictures = new Map<string, PictureUnit>();
  for (const one of items) {
    const scores = one.item.kind === 'frame' ? partOf(one, factor)?.results.get(preset) : undefined;
    if (scores) addPictures(pictures, one, scores);
  }
  return { pictures, clips: new Map(), readings: new Map() };
}

/** An item at a size; 1 = as it is. */
export function partOf(one: EvaluatedItem, factor: number): JudgedItemScores | undefined {
  return factor === 1 ? one : one.shrunk.get(factor);
}

/** Letters that are read right from the keypoints that were asked for. */
export function sourceReadings({ items, known }: Evaluation): Reading[] {
  return items.flatMap(({ item, poses }) =>
    item.letter === undefined ? [] : [{ meant: item.letter, read: readClip(poses, known) }],
  );
}

function poseOf({ found }: FrameScores, index: number): PoseFrame {
  return { index, time: 0, keypoints: Float32Array.from(found) };
}
