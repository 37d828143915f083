import { z } from 'zod';
import { counted } from '../../counted.js';

/*
 * What a `benchmark.json` says. All paths are relative to the folder that holds it, with forward slashes. Lists of pictures hold one
 * path a frame of the item, in order.
 */

const whole = z.number().int().min(0);
const path = z
  .string()
  .min(1)
  .refine((text) => !/^([/\\]|[a-z]:)|(^|[/\\])\.\.([/\\]|$)/i.test(text), {
    message: 'has to stay within the folder of the benchmark',
  });
const pictures = z.array(path).min(1);

/** Where an item's true pictures are: a picture a frame (.png, .webp, .jpg), or a video whose frame `first` belongs to the item's first. */
const referenceSchema = z.union([
  z.strictObject({ pictures }),
  z.strictObject({ video: path, first: whole.default(0) }),
]);

/**
 * What is known of the true pictures' content: a picture a frame, of the reference's size, black outside and white inside. `leftHand`
 * and `rightHand` are the signer's; where one hand covers another, a pixel belongs to the hand that is seen.
 */
const masksSchema = z.strictObject({
  person: pictures.optional(),
  leftHand: pictures.optional(),
  rightHand: pictures.optional(),
});

/** A frame, or a clip of consecutive frames, that is drawn from its keypoints and judged. */
const benchmarkItemSchema = z
  .strictObject({
    /** Name within the benchmark, also of files made from it. */
    id: z.string().regex(/^[\w-][\w.-]*$/),
    /** A clip's frames are drawn one after another, so that crops are smoothed and flicker can be measured. */
    kind: z.enum(['frame', 'clip']),
    /** Keypoint file or folder in any layout that handfirst reads. */
    pose: path,
    /** Frames of the keypoint file from `from` (0 = first) up to but without `to`. */
    range: z.strictObject({ from: whole, to: whole }),
    /** Frames a second, where the keypoint file carries none. */
    fps: z.number().positive().optional(),
    /** Pixels of the picture that the keypoints refer to, where the keypoint file does not say. */
    size: z.strictObject({ width: whole.min(1), height: whole.min(1) }).optional(),
    /** Layout, sequence and person, where the file needs them. */
    format: z.string().optional(),
    sequence: z.string().optional(),
    person: whole.min(1).optional(),
    reference: referenceSchema.optional(),
    masks: masksSchema.optional(),
    /** Prompt that the signer is drawn from; absent: the bundle's own. Words that the bundle does not know are ignored. */
    caption: z.string().optional(),
    seed: whole.default(0),
    /** The letter that the item's hand spells in every frame; the item is then read again (legibility). */
    letter: z.string().min(1).optional(),
  })
  .superRefine(({ kind, range, reference, masks = {} }, context) => {
    const count = range.to - range.from;
    const complain = (message: string, ...at: string[]): void =>
      context.addIssue({ code: 'custom', message, path: at });
    if (count < 1) complain('is empty', 'range');
    if (kind === 'frame' && count > 1) complain('has more than one frame', 'range');
    if (reference && 'pictures' in reference && reference.pictures.length !== count)
      complain(
        `has ${counted(reference.pictures.length, 'picture')} for ${counted(count, 'frame')}`,
        'reference',
      );
    for (const [name, list] of Object.entries(masks))
      if (list && list.length !== count)
        complain(`has ${counted(list.length, 'picture')} for ${counted(count, 'frame')}`, 'masks', name);
  });

/** A hand shape that the reader of letters knows: the signing hand in one frame of a keypoint file. */
const knownLetterSchema = z.strictObject({
  letter: z.string().min(1),
  pose: path,
  frame: whole,
  fps: z.number().positive().optional(),
  size: z.strictObject({ width: whole.min(1), height: whole.min(1) }).optional(),
});

export const benchmarkSchema = z
  .strictObject({
    version: z.literal(1),
    name: z.string().min(1),
    description: z.string().default(''),
    /** Seed by which the items were chosen. */
    seed: whole.default(0),
    items: z.array(benchmarkItemSchema).min(1),
    /** Hand shapes to read letters by; empty: the middle frames of the items that have a letter. */
    letters: z.array(knownLetterSchema).default([]),
  })
  .superRefine(({ items }, context) => {
    const seen = new Set<string>();
    items.forEach(({ id }, at) => {
      if (seen.has(id))
        context.addIssue({ code: 'custom', message: `"${id}" is there twice`, path: ['items', at, 'id'] });
      seen.add(id);
    });
  });

export type Benchmark = z.infer<typeof benchmarkSchema>;
export type BenchmarkItem = z.infer<typeof benchmarkItemSchema>;
/** A benchmark as it is written: what has a default may be left out. */
export type BenchmarkInput = z.input<typeof benchmarkSchema>;

/** Name of the file in a benchmark's folder. */
export const BENCHMARK_FILE = 'benchmark.json';
