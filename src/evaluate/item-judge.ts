import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import type { Picture } from '../picture.js';
import { type Engine, type GeneratedFrame, type GenerateOptions, Session } from '../pipeline/index.js';
import { drawSkeleton } from '../pose/index.js';
import type { BenchmarkItem } from './benchmark.js';
import { clipScores } from './clip-scores.js';
import { type JudgeParts, judgeFrame } from './frame-judge.js';
import { writePicture } from './item-pictures.js';
import type { ItemSource } from './item-source.js';
import { askedHands } from './pose-scores.js';
import { combine } from './regions.js';
import type { FrameScores, ItemScores, ItemTruth } from './scores.js';

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

/** How a preset draws an item. */
export interface DrawOptions {
  readonly engine: Engine;
  /** Keypoint file, and which of its frames. */
  readonly source: Pick<GenerateOptions, 'input' | 'source'>;
  readonly preset: string;
  readonly signal?: AbortSignal;
}

/** Draws an item by a preset and judges what was drawn; a frame is looked at while the next is drawn. */
export async function judgeResult(
  parts: JudgeParts,
  { item, source, key }: JudgedItem,
  { engine, source: input, preset, signal }: DrawOptions,
): Promise<ItemScores> {
  const notes = new Set<string>();
  const session = await Session.open(
    {
      ...input,
      look: { prompt: item.caption, seed: item.seed, allowUnknownWords: true },
      method: { preset },
      watch: {
        intermediates: 'hands',
        note: ({ kind, sentence }) => kind === 'warning' && notes.add(sentence),
      },
      signal,
    },
    engine,
  );
  const pictures: Picture[] = [];
  const judged: Promise<FrameScores>[] = [];
  const sink = async ({ index, picture, intermediates }: GeneratedFrame): Promise<void> => {
    const name = `${key}-${index}.webp`;
    const caption = session.signer.prompt;
    const seam = intermediates?.canvas.mask;
    const hands = intermediates?.hands;
    pictures.push(picture);
    const one = judgeFrame(parts, source, {
      at: index,
      picture,
      name,
      caption,
      isReference: false,
      seam,
      hands,
    });
    // A failure is heard below; until then it must not end the program.
    one.catch(() => undefined);
    judged.push(one);
    // No more than a few pictures wait.
    await judged[judged.length - 3];
  };
  try {
    await lastValueFrom(session.frames({ sink }), { defaultValue: undefined });
    const frames = await Promise.all(judged);
    return { frames, clip: clipScores(source, pictures), notes: [...notes] };
  } finally {
    await session.close();
  }
}
