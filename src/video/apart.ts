import { z } from 'zod';
import { UsageError } from '../errors.js';
import { makeFolder } from '../make-folder.js';
import type { Picture } from '../picture.js';
import { openAudio } from './audio.js';
import { findFfmpeg } from './ffmpeg.js';
import type { EncodingPlan } from './ffmpeg-args.js';
import { FORMATS, formatOf } from './format.js';
import { identify } from './identity.js';
import { artifactPath, joinSegments } from './join.js';
import { type SegmentRecord, segmentSchema } from './journal.js';
import { encoderPicture } from './layout.js';
import { type VideoMetadata, videoMetadataSchema } from './metadata.js';
import type { VideoWriterOptions } from './open.js';
import { checkMetadata, makePlan } from './plan.js';
import { beginSegment, type Workplace } from './segments.js';

/*
 * A video whose segments are made apart from one another, perhaps on several machines, and joined at the end. The bytes are those that
 * `openVideoWriter` gives for the same pictures and options.
 */

/** Everything that decides the video's bytes beside its pictures and its sound; plain values, which may be kept as JSON. */
export interface ApartVideo {
  readonly plan: EncodingPlan;
  readonly metadata: VideoMetadata;
  /** SHA-256 of everything that decides the bytes, sound and version of ffmpeg included. */
  readonly fingerprint: string;
}

const rationalSchema = z.object({ num: z.number(), den: z.number() });

/** `ApartVideo` that was kept as JSON. */
export const apartVideoSchema: z.ZodType<ApartVideo> = z.object({
  plan: z.object({
    format: z.enum(['mp4', 'webm', 'mov', 'gif', 'webp', 'png']),
    width: z.number(),
    height: z.number(),
    fps: rationalSchema,
    alpha: z.boolean(),
    crf: z.number(),
    threads: z.number(),
    segmentFrames: z.number(),
  }),
  metadata: videoMetadataSchema,
  fingerprint: z.string(),
});

/** A segment's `SegmentRecord` that was kept as JSON. */
export const segmentRecordSchema: z.ZodType<SegmentRecord> = segmentSchema;

/** A segment's place in its clip. */
export interface SegmentPlace {
  readonly index: number;
  readonly firstFrame: number;
  readonly frames: number;
}

/** Where a part of the work is done. */
export interface ApartPlace {
  /** A folder of this work alone. */
  readonly folder: string;
  /** The output's name, for sentences. */
  readonly output: string;
  readonly signal: AbortSignal;
}

/** Decides everything about a video. Throws as `openVideoWriter` does for options that make no sense. */
export async function planApart(
  options: Pick<
    VideoWriterOptions,
    'path' | 'width' | 'height' | 'fps' | 'alpha' | 'metadata' | 'audio' | 'encoding'
  >,
): Promise<ApartVideo> {
  const format = formatOf(options.path);
  const plan = makePlan(options, format);
  const metadata = checkMetadata(options.metadata);
  const ffmpeg = await findFfmpeg(FORMATS[format].encoders);
  const audio = options.audio
    ? await openAudio(options.audio, options.path, FORMATS[format], ffmpeg.path)
    : undefined;
  const { fingerprint } = identify(plan, metadata, ffmpeg.version, { audio });
  return { plan, metadata, fingerprint };
}

/** Where a video of `frames` frames is cut: each segment begins with a key frame, and the last may be shorter. */
export function segmentsOf({ plan }: ApartVideo, frames: number): SegmentPlace[] {
  const { segmentFrames } = plan;
  return Array.from({ length: Math.ceil(frames / segmentFrames) }, (_, index) => ({
    index,
    firstFrame: index * segmentFrames,
    frames: Math.min(segmentFrames, frames - index * segmentFrames),
  }));
}

async function workplace({ plan }: ApartVideo, { folder, output, signal }: ApartPlace): Promise<Workplace> {
  const { path: ffmpeg } = await findFfmpeg(FORMATS[plan.format].encoders);
  await makeFolder(folder);
  return { folder, output, ffmpeg, plan, keepsFrames: false, signal };
}

/** A segment on its way into files. */
export interface ApartSegment {
  write(picture: Picture): Promise<void>;
  /** Resolves when the segment was read back whole; its files are relative to the folder. */
  close(): Promise<SegmentRecord>;
  discard(): Promise<void>;
}

/** Begins a segment. Throws `EncoderError`, and `OutputError` where the disk is full. */
export async function openApartSegment(
  video: ApartVideo,
  { index, firstFrame }: SegmentPlace,
  place: ApartPlace,
): Promise<ApartSegment> {
  const { alpha, format } = video.plan;
  const segment = await beginSegment(await workplace(video, place), index, firstFrame, 0);
  return {
    write: (picture) => segment.write(encoderPicture(picture, alpha, FORMATS[format].even)),
    close: () => segment.close(),
    discard: () => segment.discard({ keep: false }),
  };
}

/** What joining gives. */
export interface JoinedVideo {
  /** The video, in the folder: a file, or a folder of pictures. */
  readonly path: string;
  /** SHA-256 of the file, or of the pictures' sidecar. */
  readonly sha256: string;
  readonly frames: number;
}

/** Joins segments, whose files lie in the folder under the names of their records, without encoding again. */
export async function joinApart(
  video: ApartVideo,
  records: readonly SegmentRecord[],
  place: ApartPlace & { readonly audio?: string },
): Promise<JoinedVideo> {
  const { format } = video.plan;
  const work = await workplace(video, place);
  const sorted = [...records].sort((a, b) => a.index - b.index);
  let frames = 0;
  for (const [at, record] of sorted.entries()) {
    if (record.index !== at || record.firstFrame !== frames)
      throw new UsageError(
        'HF_FIELD_VALUE',
        `The segments of ${place.output} do not follow one another: segment ${at} is missing.`,
        { file: place.output },
      );
    frames += record.frames;
  }
  const audio = place.audio
    ? await openAudio(place.audio, place.output, FORMATS[format], work.ffmpeg)
    : undefined;
  const sha256 = await joinSegments(work, sorted, { metadata: video.metadata, audio });
  return { path: artifactPath(work), sha256, frames };
}
