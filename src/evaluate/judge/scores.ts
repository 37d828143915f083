import { z } from 'zod';

/*
 * What is measured of single pictures and clips, as it is kept between runs. Figures over a whole benchmark are made from these.
 */

const number = z.number().nullable();
const sides = <T extends z.ZodType>(of: T) => z.strictObject({ left: of, right: of });

/** How detected points fit those that were asked for (as models/training, judge/distances.py). */
export const poseScoresSchema = z.strictObject({
  /** Object keypoint similarity 0..1 of all 133 points, and of the hands' 42; null where nothing was asked. */
  oks: number,
  oksHands: number,
  /** The detector's mean confidence over the points asked for, 0 = nothing found. */
  sure: z.number(),
  sureHands: z.number(),
  /** [133]: distance in sides of the picture; -1 = asked for and not found, null = not asked for. */
  distances: z.array(number),
  handsAsked: sides(z.boolean()),
  handsFound: sides(z.boolean()),
  /** Mean distance of a hand's joints in sizes of the hand; null where it was not asked for or not found. */
  handErrors: sides(number),
});

/** Rows of features of a picture, of its foreground, and of its hands, where networks were named. */
const featuresSchema = z.strictObject({
  whole: z.array(z.number()).optional(),
  person: z.array(z.number()).optional(),
  hands: z.array(z.array(z.number())).optional(),
});

export const frameScoresSchema = z.strictObject({
  /** File among the evaluation's pictures. */
  picture: z.string(),
  /** [133 * 3] detected points: x, y in pixels of the picture, confidence. */
  found: z.array(z.number()),
  pose: poseScoresSchema,
  /** Values that a picture has by itself or beside its reference, by metric name. */
  values: z.record(z.string(), number),
  /** Intersection over union of each crop's hand mask. */
  maskIous: z.array(z.number()),
  features: featuresSchema,
});

export const clipScoresSchema = z.strictObject({
  /** Mean change of what stands still, levels of 255. */
  background: number,
  /** Mean change of the hands once their movement is taken out, levels of 255. */
  hands: number,
  /** Mean CIEDE2000 of face, hands and torso against the first frame. */
  drift: number,
});

/** What a preset made of an item. */
export const itemScoresSchema = z.strictObject({
  frames: z.array(frameScoresSchema),
  clip: clipScoresSchema.nullable(),
  notes: z.array(z.string()),
});

/** What is known of an item itself: what was asked, and what the same evaluator makes of its reference. */
export const itemTruthSchema = z.strictObject({
  frames: z.array(
    z.strictObject({
      /** File with the drawn pose. */
      pose: z.string(),
      /** Mean longer side of the hands asked for, pixels; null where none is. */
      handSize: number,
      scores: frameScoresSchema.nullable(),
    }),
  ),
  clip: clipScoresSchema.nullable(),
});

export type PoseScores = z.infer<typeof poseScoresSchema>;
export type FrameScores = z.infer<typeof frameScoresSchema>;
export type ClipScores = z.infer<typeof clipScoresSchema>;
export type ItemScores = z.infer<typeof itemScoresSchema>;
export type ItemTruth = z.infer<typeof itemTruthSchema>;

/** A number, or null where it is none; infinite numbers do not survive JSON either. */
export function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
