import { z } from 'zod';
import { UsageError } from '../errors.js';
import type { EncodingPlan } from './ffmpeg-args.js';
import { FORMATS, type VideoFormat } from './format.js';
import { even } from './layout.js';
import { type VideoMetadata, type VideoMetadataInput, videoMetadataSchema } from './metadata.js';
import { type Rational, toRational } from './rational.js';

/** How the video is encoded, where the defaults do not do. */
export interface EncodingOptions {
  /** Constant quality, lower is better. Default 16 (H.264, 0..51) or 24 (VP9, 0..63); other formats have none. */
  crf?: number;
  /** Frames in a segment: what a killed run loses at most. Default 48. */
  segmentFrames?: number;
  /** Encoder threads; part of what decides the bytes. Default 2. */
  threads?: number;
}

/** What of a writer's options decides the encoding. */
export interface PlanOptions {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number | Rational;
  readonly alpha?: boolean;
  readonly encoding?: EncodingOptions;
}

const LARGEST_SIDE = 8192;
/** The formats that have a quality to choose: default and largest. */
const CRF: Readonly<Partial<Record<VideoFormat, { usual: number; most: number }>>> = {
  mp4: { usual: 16, most: 51 },
  webm: { usual: 24, most: 63 },
};

function integer(value: number, least: number, most: number, what: string, field: string): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(
    'HF_FIELD_VALUE',
    `${what} cannot be ${value}: give a whole number from ${least} to ${most}.`,
    { field },
  );
}

/** Everything that decides the encoding, checked. @throws UsageError */
export function makePlan(options: PlanOptions, format: VideoFormat): EncodingPlan {
  const { width, height, alpha = false, encoding = {}, path } = options;
  const traits = FORMATS[format];
  const crf = CRF[format];
  if (alpha && !traits.alpha) {
    throw new UsageError(
      'HF_FIELDS_CONFLICT',
      `${path} cannot be transparent: name it .webm, .mov, .gif or .webp, end it with / for PNG pictures, or choose a background colour.`,
      { file: path, field: 'background' },
    );
  }
  integer(width, 1, LARGEST_SIDE, "The video's width in pixels", 'width');
  integer(height, 1, LARGEST_SIDE, "The video's height in pixels", 'height');
  return {
    format,
    width: traits.even ? even(width) : width,
    height: traits.even ? even(height) : height,
    fps: toRational(options.fps),
    alpha,
    crf: crf ? integer(encoding.crf ?? crf.usual, 0, crf.most, 'The constant quality', 'crf') : 0,
    threads: integer(encoding.threads ?? 2, 1, 64, 'The number of encoder threads', 'threads'),
    segmentFrames: integer(
      encoding.segmentFrames ?? 48,
      1,
      10_000,
      'The number of frames in a segment',
      'segmentFrames',
    ),
  };
}

/** The metadata, whole. @throws UsageError */
export function checkMetadata(given: VideoMetadataInput): VideoMetadata {
  const { data, error } = videoMetadataSchema.safeParse(given);
  if (data) return data;
  throw new UsageError(
    'HF_FIELD_VALUE',
    `The video's metadata is not whole: ${z.prettifyError(error).replace(/\s+/g, ' ')}.`,
    { field: 'metadata' },
  );
}
