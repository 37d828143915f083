import { z } from 'zod';

/*
 * The JSON report of an evaluation. It holds nothing that changes from run to run of the same thing (no dates, no times), so that two
 * reports of unchanged things are equal byte by byte. Numbers that do not exist are null. Paths are relative to the report's folder,
 * with forward slashes.
 */

const number = z.number().nullable();

/** A 95 % bootstrap interval [low, high]; null where there is none. */
export const intervalSchema = z.tuple([z.number(), z.number()]).nullable();

/** A value with its interval. */
export const measuredSchema = z.strictObject({ value: number, interval: intervalSchema });

/** One metric of one preset over the whole benchmark. */
export const figureSchema = z.strictObject({
  /** Key of the metric, such as `dapHands`. */
  name: z.string(),
  /** Name for people, such as `DAP hands`. */
  label: z.string(),
  /** `px/side`, `dB`, `%`; empty for plain numbers. */
  unit: z.string(),
  better: z.enum(['higher', 'lower']),
  value: number,
  interval: intervalSchema,
  /** What the same evaluator makes of the reference pictures, over the items that have one. */
  truth: measuredSchema.nullable(),
  /** How many pictures, hands or clips (`of`) went into the value. */
  count: z.number().int(),
  of: z.string(),
  /** Why there is no value, or how it is to be read; empty where there is nothing to say. */
  note: z.string(),
});

/** What a preset scored. */
export const presetReportSchema = z.strictObject({
  preset: z.string(),
  /** Whether it was shown hands; scores of hands of one that was not follow from that. */
  shownHands: z.boolean().default(true),
  figures: z.array(figureSchema),
});

/** What one preset made of one frame. */
export const frameResultSchema = z.strictObject({
  preset: z.string(),
  /** Path of the picture that was drawn. */
  picture: z.string(),
  /** Values of this frame by metric name (`oks`, `oksHands`, `mpjpe`, `psnr` ...). */
  values: z.record(z.string(), number),
  /** 0 = as asked, 1 = a hand that was asked for was not found; mean over hands of their error in sizes of the hand, at most 1. */
  handError: number,
});

export const frameReportSchema = z.strictObject({
  /** Item's id. */
  item: z.string(),
  /** Frame within the item, from 0. */
  frame: z.number().int(),
  /** Path of the drawn pose. */
  pose: z.string(),
  /** Path of the true picture, at the size of the results; null where the item has none. */
  reference: z.string().nullable(),
  /** Values of the reference picture by metric name. */
  truth: z.record(z.string(), number),
  /** In the order of `about.presets`. */
  results: z.array(frameResultSchema),
});

export const itemReportSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['frame', 'clip']),
  caption: z.string(),
  seed: z.number().int(),
  letter: z.string().nullable(),
  frames: z.array(frameReportSchema),
});

/** Difference of two presets in one metric, over the items that both have. */
export const comparisonSchema = z.strictObject({
  preset: z.string(),
  against: z.string(),
  name: z.string(),
  label: z.string(),
  /** `preset` minus `against`. */
  difference: number,
  interval: intervalSchema,
  count: z.number().int(),
  /** Whether `preset` is better; `unclear` where the interval holds 0. */
  verdict: z.enum(['better', 'worse', 'unclear']),
});

/** A metric of a preset while the pose is shrunk about the picture's middle (paper, figure 9). */
export const shrinkCurveSchema = z.strictObject({
  preset: z.string(),
  name: z.string(),
  label: z.string(),
  unit: z.string(),
  better: z.enum(['higher', 'lower']),
  /** Largest first; 1 = as it is. `handSize`: mean longer side of the hands' boxes, pixels of the picture. */
  points: z.array(
    z.strictObject({ factor: z.number(), handSize: number, value: number, interval: intervalSchema }),
  ),
});

/** A metric beside its value in an earlier report. */
export const baselineVerdictSchema = z.strictObject({
  preset: z.string(),
  name: z.string(),
  label: z.string(),
  before: number,
  now: number,
  /** By how much it got worse, in the metric's own unit; negative: better. */
  worseBy: number,
  /** How much worse is let pass. */
  tolerance: z.number(),
  failed: z.boolean(),
  /** The frames that got worse most, worst first: `id` or `id:frame`. */
  frames: z.array(z.string()),
  /** Says what got worse, where and by how much; empty where nothing did. */
  sentence: z.string(),
});

export const reportSchema = z.strictObject({
  version: z.literal(1),
  about: z.strictObject({
    /** handfirst's version, and the SHA-256 of its code. */
    engine: z.string(),
    engineSha256: z.string(),
    benchmark: z.strictObject({
      name: z.string(),
      description: z.string(),
      sha256: z.string(),
      items: z.number().int(),
      frames: z.number().int(),
    }),
    bundle: z.strictObject({ name: z.string(), sha256: z.string() }),
    /** Presets compared; the first is the one that the others are compared with. */
    presets: z.array(z.string()),
    /** `cuda`, `webgpu` or `cpu`. */
    device: z.string(),
    detector: z.string(),
    /** Versions of what numbers may depend on, by package. */
    versions: z.record(z.string(), z.string()),
    /** The command that does the same. */
    command: z.array(z.string()),
  }),
  presets: z.array(presetReportSchema),
  items: z.array(itemReportSchema),
  comparisons: z.array(comparisonSchema),
  shrink: z.array(shrinkCurveSchema),
  /** Null where no baseline was named. */
  baseline: z.strictObject({ path: z.string(), verdicts: z.array(baselineVerdictSchema) }).nullable(),
  /** Sentences for the reader, such as words of a caption that the bundle does not know. */
  notes: z.array(z.string()),
});

export type Interval = z.infer<typeof intervalSchema>;
export type Measured = z.infer<typeof measuredSchema>;
export type Figure = z.infer<typeof figureSchema>;
export type PresetReport = z.infer<typeof presetReportSchema>;
export type FrameResult = z.infer<typeof frameResultSchema>;
export type FrameReport = z.infer<typeof frameReportSchema>;
export type ItemReport = z.infer<typeof itemReportSchema>;
export type Comparison = z.infer<typeof comparisonSchema>;
export type ShrinkCurve = z.infer<typeof shrinkCurveSchema>;
export type BaselineVerdict = z.infer<typeof baselineVerdictSchema>;
export type Report = z.infer<typeof reportSchema>;

/** Names of the files in an evaluation's folder. */
export const REPORT_FILES = {
  json: 'report.json',
  junit: 'junit.xml',
  markdown: 'report.md',
  html: 'report.html',
} as const;

/** Folder of the pictures within an evaluation's folder. */
export const PICTURES = 'pictures';
