import { z } from 'zod';
import {
  type ClipFailure,
  type ClipOrder,
  clipFailureOf,
  clipFailureSchema,
  orderSchema,
} from '../batch/index.js';
import { type ApartVideo, apartVideoSchema, type SegmentPlace } from '../video/index.js';

/** The data of a clip that no worker has begun. */
export const clipJobSchema = z.object({ order: orderSchema });

const placeSchema = z.object({ index: z.number(), firstFrame: z.number(), frames: z.number() });

/** How a clip is drawn, decided by the worker that began it. */
export interface PlannedClip {
  readonly video: ApartVideo;
  readonly segments: readonly SegmentPlace[];
  readonly fps: number;
  readonly warnings: readonly string[];
}

/** The data of a segment. */
export const segmentJobSchema = z.object({
  order: orderSchema,
  video: apartVideoSchema,
  segment: placeSchema,
});

/** The data of a clip whose segments are joined. */
export const joinJobSchema = z.object({
  order: orderSchema,
  video: apartVideoSchema,
  fps: z.number(),
  warnings: z.array(z.string()),
});

export type SegmentJob = { order: ClipOrder; video: ApartVideo; segment: SegmentPlace };
export type JoinJob = { order: ClipOrder; video: ApartVideo; fps: number; warnings: readonly string[] };

/** The sentence of a failure on its way through the queue, which keeps text alone. */
export function packFailure(error: unknown): string {
  return JSON.stringify(clipFailureOf(error));
}

/** The failure again; what BullMQ says itself is a fault of the workers. */
export function unpackFailure(text: string): ClipFailure {
  try {
    return clipFailureSchema.parse(JSON.parse(text));
  } catch {
    const stalled = /stalled/.test(text);
    return {
      code: stalled ? 'HF_PROCESS_DIED' : 'HF_FAULT',
      message: stalled
        ? 'Workers died again and again while they drew it: give them more memory, or look at the clip.'
        : `This should not happen: ${text}.`,
    };
  }
}
