import { join } from 'node:path';
import type { Picture } from '../../picture.js';
import { drawSkeleton } from '../../pose/index.js';
import { wholePlanes } from '../../stages/area.js';
import type { Canvas } from '../../stages/canvas.js';
import { type DrawOptions, drawItem } from '../draw/draw-item.js';
import type { BenchmarkItem } from '../source/benchmark.js';
import type { ItemSource } from '../source/item-source.js';
import { clipScores } from './clip-scores.js';
import { type JudgeParts, judgeFrame } from './frame-judge.js';
import { askedHands } from './pose-scores.js';
import { combine } from './regions.js';
import type { FrameScores, ItemScores, ItemTruth } from './scores.js';
import { writePicture } from './write-picture.js';

/** An item with what is known of it; `key` names what is made for it. */
export interface JudgedItem {
  readonly item: BenchmarkItem;
  readonly source: ItemSource;
  readonly key: string;
}

/** Draws the item's poses, and judges its true pictures by the evaluator that judges what is drawn. */
export async function judgeTruth(parts: JudgeParts, { item, source, key }: JudgedItem): Promise<ItemTruth> {
  const { size, references, poses, asked, known } = source;
  const frames = await Promise.all(
    poses.map(async (pose, at) => {
      const name = `${key}-pose-${at}.webp`;
      await writePicture(
        join(parts.pictures, name),
        drawSkeleton(pose, size, size, { hands: true, face: true }),
      );
      const sizes = [...askedHands(asked[at] ?? new Float32Array(0), size).values()];
      const picture = references?.[at];
      const { leftHand, rightHand } = known[at] ?? {};
      const seam = leftHand && combine(leftHand, rightHand, (a, b) => a || b);
      return {
        pose: name,
        handSize: sizes.length > 0 ? sizes.reduce((sum, one) => sum + one, 0) / sizes.length : null,
        scores: picture
          ? await judgeFrame(parts, source, {
              at,
              picture,
              name: `${key}-truth-${at}.webp`,
              caption: item.caption ?? '',
              isReference: true,
              seam: seam ?? rightHand,
            })
          : null,
      };
    }),
  );
  return { frames, clip: references ? clipScores(source, references) : null };
}

/** Draws an item by a preset and judges what was drawn; a frame is looked at while the next is drawn. */
export async function judgeResult(
  parts: JudgeParts,
  { item, source, key }: JudgedItem,
  options: DrawOptions,
): Promise<ItemScores> {
  const pictures: Picture[] = [];
  const judged: Promise<FrameScores>[] = [];
  const notes = await drawItem(item, options, async ({ index, picture, intermediates }, caption) => {
    pictures.push(picture);
    const one = judgeFrame(parts, source, {
      at: index,
      picture,
      name: `${key}-${index}.webp`,
      caption,
      isReference: false,
      seam: intermediates && seamOf(intermediates.canvas),
      hands: intermediates?.hands,
    });
    // A failure is reported below. Until then it must not end the program.
    one.catch(() => undefined);
    judged.push(one);
    // No more than a few pictures wait.
    await judged[judged.length - 3];
  });
  return { frames: await Promise.all(judged), clip: clipScores(source, pictures), notes };
}

/** Where hands were pasted, of the whole picture. */
function seamOf({ mask, size, area }: Canvas): Float32Array {
  return wholePlanes(mask, size, area);
}
