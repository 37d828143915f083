import type { Picture } from '../picture.js';
import type { PoseFrame } from '../pose/pose-frame.js';
import { type BodyStage, type BodyStep, drawBody } from './body.js';
import { type Canvas, placeHands } from './canvas.js';
import type { CanvasBench } from './canvas-bench.js';
import { type CompositeOptions, composite } from './composite.js';
import { cropPose } from './crop.js';
import { type DrawnHand, drawHands, type HandStage } from './hand.js';
import type { HandCrop } from './hand-crops.js';
import type { Planes } from './planes.js';
import { type RefineStage, refineHands } from './refine/refine-hands.js';

/** The method with all its choices made, ready to draw a clip. */
export interface Method {
  /** Absent where the bundle draws no hands first: then no frame has crops. */
  readonly hand?: HandStage;
  readonly body: BodyStage;
  /** Where the clip's canvases are made. */
  readonly canvas: CanvasBench;
  readonly composite: CompositeOptions;
  /** A third stage, over the finished picture. */
  readonly refine?: RefineStage;
}

/** What a frame went through, for those who asked to watch. */
export interface Intermediates {
  readonly hands: readonly DrawnHand[];
  /** For each of `hands`, its finger heatmaps: [10, size, size] of the hand picture, 0..1. */
  readonly heatmaps: readonly Float32Array[];
  readonly canvas: Canvas;
  /** Each step of the outpainting, first step first. */
  readonly steps: readonly BodyStep[];
  /** Decoded body before the hands are pasted back: RGB, of the size of the canvas. */
  readonly body: Picture;
  readonly personMask?: Float32Array;
}

export interface DrawnFrame {
  readonly picture: Picture;
  /** Whether hands were found that the third stage drew anew; absent without it. */
  readonly refined?: boolean;
  readonly intermediates?: Intermediates;
}

export interface DrawFrameOptions {
  readonly signal?: AbortSignal;
  /** Keep what the frame went through, which costs a decoding a step; `hands`: without heatmaps and steps, at no cost. */
  readonly keep?: boolean | 'hands';
}

/**
 * One frame by the two-stage method (paper, figure 2): hands, canvas, body, composite. `pose` and `crops` are in
 * pixels of the body stage's picture; no crops means that the body stage draws alone.
 */
export async function drawFrame(
  method: Method,
  pose: PoseFrame,
  crops: readonly HandCrop[],
  { signal, keep = false }: DrawFrameOptions = {},
): Promise<DrawnFrame> {
  const { autoencoder, canvasColour } = method.body.manifest;
  const { hand } = method;
  const { area } = method.body.autoencoder;
  const hands = hand ? await drawHands(hand, pose, crops, signal) : [];
  const canvas = placeHands(hands, autoencoder.size, canvasColour, area, method.canvas);
  const steps: BodyStep[] = [];
  const watch = keep === true ? (step: BodyStep) => steps.push(step) : undefined;
  const body = await drawBody(method.body, pose, canvas, signal, watch);
  // What is kept is the body before the hands are pasted into it, and no memory that the next frame takes.
  const bare = keep ? { ...body, picture: { ...body.picture, data: body.picture.data.slice() } } : body;
  const personMask = keep ? body.personMask?.slice() : undefined;
  const done = composite(body, canvas, pose, method.composite, method.body.reference?.behind);
  const picture = method.refine ? await refineHands(method.refine, done, signal) : done;
  const refined = method.refine ? { refined: picture !== done } : {};
  if (!keep) return { picture, ...refined };
  const { picture: drawn } = bare;
  const heatmaps = keep === true && hand ? await fingerHeatmaps(hand, pose, crops) : [];
  // The canvas lies in memory that the next frame takes too.
  const { picture: shown, hands: alone, alpha, mask } = canvas;
  const kept = { picture: copied(shown), hands: copied(alone), alpha: alpha.slice(), mask: mask.slice() };
  return {
    picture,
    ...refined,
    intermediates: {
      hands,
      heatmaps,
      canvas: { ...canvas, ...kept },
      steps,
      body: drawn,
      ...(personMask ? { personMask } : {}),
    },
  };
}

function copied(planes: Planes): Planes {
  return { ...planes, data: planes.data.slice() };
}

/** The heatmaps as the hand denoiser is shown them, or with default widths where it is shown none. */
async function fingerHeatmaps(
  { manifest, draw, kept }: HandStage,
  pose: PoseFrame,
  crops: readonly HandCrop[],
): Promise<Float32Array[]> {
  const asked = manifest.denoiser.inputs
    .flatMap((input) => (input.from === 'conditions' ? input.channels : []))
    .find(({ kind }) => kind === 'finger-heatmaps');
  const { size } = manifest.autoencoder;
  // Schemas take long to load, and threads that only draw need none.
  const { channelsSchema } = await import('../models/condition-channels.js');
  const channels = asked ?? channelsSchema.parse({ kind: 'finger-heatmaps' });
  return crops.map((crop) => {
    const drawn = draw([channels], size, { pose: cropPose(pose, crop, size) }, kept.get('heatmaps'));
    kept.set('heatmaps', drawn);
    return drawn.slice();
  });
}
