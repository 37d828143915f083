import { z } from 'zod';

const size = z.number().int().positive();

/** Channels of a condition tensor, in order. Each kind is drawn by `stages/conditions/`, at the tensor's size. */
export const channelsSchema = z.discriminatedUnion('kind', [
  /** 10 channels: a heatmap for each finger, left hand's thumb to little finger, then the right hand's. Paper, III-B. */
  z.object({
    kind: z.literal('finger-heatmaps'),
    /** Standard deviation of the Gaussian round the finger's line, relative to the hand's length, and its floor in pixels of the tensor. */
    sigma: z.number().positive().default(0.05),
    minPixels: z.number().positive().default(0.75),
  }),
  /**
   * 1 channel: the precise hand mask; zeros where there is none (hand stage at inference). `nearest`: each cell has the value of its
   * upper left pixel, instead of a mean.
   */
  z.object({ kind: z.literal('hand-mask'), nearest: z.boolean().default(false) }),
  /** 5 channels: hands as capsules, nearest last: coverage, finger, place along the finger, relief, depth. */
  z.object({ kind: z.literal('hand-surface') }),
  /** 1 channel: forearms as capsules. */
  z.object({ kind: z.literal('forearms') }),
  /** 15 channels: body and face as filled shapes; see `stages/conditions/body-surface.ts`. */
  z.object({ kind: z.literal('body-surface') }),
  /** 1 channel: the skeleton's lines. */
  z.object({ kind: z.literal('skeleton-lines') }),
  /** 2 channels: x and y of the pixel in the picture, -1..1. */
  z.object({ kind: z.literal('coordinates') }),
  /** `count` channels (body stage only): empty at the first step, then the mask head's masks; see `maskFeedback`. */
  z.object({ kind: z.literal('parts'), count: size }),
  /** 3 channels, 0..1: the skeleton as ControlNet's OpenPose checkpoints expect it. `mask`: hands' mask drawn into it in white. */
  z.object({
    kind: z.literal('openpose'),
    hands: z.boolean().default(true),
    face: z.boolean().default(true),
    mask: z.boolean().default(false),
  }),
  /** 3 channels: COCO's 17 body points, 16 limbs, a hue each; see `stages/conditions/coco-skeleton.ts`. `signed`: -1..1 instead of 0..1. */
  z.object({ kind: z.literal('coco-skeleton'), signed: z.boolean().default(false) }),
  /**
   * A channel a kernel, 0 or 1: the surroundings of COCO's skeleton. Its picture at `scale` times the tensor's size, -1..1, is shrunk by
   * means, blurred by a Gaussian of `sigma` cells in a square of `kernel` cells, and cut at `threshold`.
   */
  z.object({
    kind: z.literal('coco-masks'),
    kernels: z.array(size.refine((kernel) => kernel % 2 === 1, 'a kernel has a middle')).min(1),
    sigma: z.number().positive().default(3),
    threshold: z.number().default(-0.99),
    scale: size.default(8),
  }),
  /** 3 equal channels, 0..1: depth of the hands, nearest 1, on black; needs z (refining stage only). */
  z.object({ kind: z.literal('hand-depth') }),
  /** 3 channels, -1..1: the canvas picture (body stage only). */
  z.object({ kind: z.literal('canvas') }),
  /** As many channels as a latent has: the canvas, encoded (body stage only; size = latent size). */
  z.object({ kind: z.literal('canvas-latent') }),
  /** 3 channels, -1..1: the reference carried into the frame, means of whole cells (body stage only). */
  z.object({ kind: z.literal('carried') }),
  /** 1 channel, 0..1: where a part of the reference was laid (body stage only). */
  z.object({ kind: z.literal('coverage') }),
  /** As many channels as a latent has: the carried picture or the plate, encoded (body stage only; size = latent size). */
  z.object({ kind: z.literal('carried-latent') }),
  z.object({ kind: z.literal('plate-latent') }),
]);

export type ConditionChannels = z.infer<typeof channelsSchema>;
