import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { z } from 'zod';
import { OutputError, UsageError } from '../errors.js';
import { type AudioTrack, openAudio } from './audio.js';
import { asOutputError, cancelled } from './encoder.js';
import { findFfmpeg } from './ffmpeg.js';
import type { EncodingPlan } from './ffmpeg-args.js';
import { FORMATS, type VideoFormat } from './format.js';
import { artifactPath, digestOutput } from './join.js';
import {
  differences,
  intactSegments,
  type Journal,
  type JournalHeader,
  journalHeader,
  readJournal,
  startJournal,
} from './journal.js';
import { even } from './layout.js';
import { lockOutput } from './lock.js';
import { type VideoMetadata, type VideoMetadataInput, videoMetadataSchema } from './metadata.js';
import { checkOutput, type OutputPlace, placeOutput } from './output.js';
import { type Rational, toRational } from './rational.js';
import { removeLeftovers, type Workplace } from './segments.js';
import { SegmentedWriter, type VideoWriter } from './writer.js';

/** How the video is encoded, where the defaults do not do. */
export interface EncodingOptions {
  /** Constant quality, lower is better. Default 16 (H.264, 0..51) or 24 (VP9, 0..63); other formats have none. */
  crf?: number;
  /** Frames in a segment: what a killed run loses at most. Default 48. */
  segmentFrames?: number;
  /** Encoder threads; part of what decides the bytes. Default 2. */
  threads?: number;
}

export interface VideoWriterOptions {
  /** The output; its name decides the format (see `formatOf`). */
  path: string;
  /** Size in pixels of the pictures that will be written, as composed (see `layoutSize`). */
  width: number;
  height: number;
  fps: number | Rational;
  /** Pictures are RGBA and the video keeps their transparency. Default false. */
  alpha?: boolean;
  /** Written into the file, and all that decides the pictures: a run is continued only when it is the same. */
  metadata: VideoMetadataInput;
  /** A file whose sound is put under the video, cut at its end. */
  audio?: string;
  encoding?: EncodingOptions;
  /** Replace an output that exists, and forget an unfinished run with other options. */
  force?: boolean;
  /** `auto` (default) continues an unfinished run of the same options; `never` begins again. */
  resume?: 'auto' | 'never';
  /** What becomes of finished segments after a failure or a cancellation; `abort` can say otherwise. Default `remove`. */
  onFailure?: 'remove' | 'keep';
  signal?: AbortSignal;
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

function makePlan(options: VideoWriterOptions, format: VideoFormat): EncodingPlan {
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

function checkMetadata(given: VideoMetadataInput): VideoMetadata {
  const { data, error } = videoMetadataSchema.safeParse(given);
  if (data) return data;
  throw new UsageError(
    'HF_FIELD_VALUE',
    `The video's metadata is not whole: ${z.prettifyError(error).replace(/\s+/g, ' ')}.`,
    { field: 'metadata' },
  );
}

function identify(
  plan: EncodingPlan,
  metadata: VideoMetadata,
  ffmpeg: string,
  audio?: AudioTrack,
): JournalHeader {
  const { options, ...said } = metadata;
  const fields = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [`options.${name}`, value]),
  );
  return journalHeader({ ...said, ...fields, encoding: plan, ffmpeg, audio: audio?.sha256 ?? 'none' });
}

const OURS =
  /^(lock.*|journal\..*|segments|frames|attempt-.*|joined\..*|list\.txt|metadata\.txt|palette\.png|old)$/;

/** Refuses an output that cannot be written; one that an earlier run finished a moment before it was killed is welcome. */
async function checkBefore(output: OutputPlace, force: boolean): Promise<void> {
  const joined = (await readJournal(output.work))?.joined;
  const published = joined && (await digestOutput(output.path, output.format)) === joined.sha256;
  if (!published) await checkOutput(output, force);
}

/** Makes the work folder, or takes it over. */
async function enter({ work, name }: OutputPlace): Promise<() => Promise<void>> {
  await mkdir(work, { recursive: true }).catch((error: unknown) => {
    throw asOutputError(name, error);
  });
  const foreign = (await readdir(work)).find((entry) => !OURS.test(entry));
  if (foreign !== undefined) {
    throw new OutputError(
      'HF_OUTPUT_FOREIGN',
      `${work} is where ${name} is put together, but holds ${foreign}, which is not handfirst's: move it away.`,
      { file: work },
    );
  }
  return await lockOutput(work, name);
}

/** The part of an earlier run's journal that can be built upon. */
async function trusted(journal: Journal, output: OutputPlace, place: Workplace): Promise<Journal> {
  if (journal.joined) {
    const { sha256 } = journal.joined;
    const places = [output.path, artifactPath(place)];
    for (const path of places) {
      if ((await digestOutput(path, output.format)) === sha256) return journal;
    }
  }
  return { header: journal.header, segments: await intactSegments(place.folder, journal.segments) };
}

async function continueOrBegin(
  header: JournalHeader,
  output: OutputPlace,
  place: Workplace,
  { force = false, resume = 'auto' }: VideoWriterOptions,
): Promise<Journal> {
  const earlier = resume === 'never' ? undefined : await readJournal(place.folder);
  const same = earlier?.header.fingerprint === header.fingerprint;
  if (earlier && !same && !force) {
    const all = differences(earlier.header, header);
    // The command differs whenever anything does.
    const what = all.filter((name) => name !== 'command' || all.length === 1).join(', ');
    throw new OutputError(
      'HF_OUTPUT_UNFINISHED',
      `An unfinished run of ${output.name} was begun with another ${what || 'fingerprint'} and would be lost: add \`force: true\` to begin again, or write to another name.`,
      { file: output.name, field: 'force' },
    );
  }
  const journal = earlier && same ? await trusted(earlier, output, place) : { header, segments: [] };
  if (journal.joined) return journal;
  await removeLeftovers(place.folder, journal.segments);
  await startJournal(place.folder, header, journal.segments);
  return journal;
}

/**
 * Opens a video for writing. The frames go, in closed segments, into a work folder beside the output
 * (`OUT.mp4.handfirst`); nothing stands under the final name before the video is whole.
 *
 * @throws UsageError for options that make no sense, EncoderError without an ffmpeg, OutputError when the output exists,
 * cannot be written, is being written by another process, or has an unfinished run with other options
 */
export async function openVideoWriter(options: VideoWriterOptions): Promise<VideoWriter> {
  const output = placeOutput(options.path);
  const plan = makePlan(options, output.format);
  const traits = FORMATS[output.format];
  const metadata = checkMetadata(options.metadata);
  const needed =
    options.audio && traits.audioEncoder ? [...traits.encoders, traits.audioEncoder] : traits.encoders;
  const ffmpeg = await findFfmpeg(needed);
  const audio = options.audio ? await openAudio(options.audio, output.name, traits, ffmpeg.path) : undefined;
  if (options.signal?.aborted) throw cancelled(output.name);
  await checkBefore(output, options.force ?? false);
  const unlock = await enter(output);
  const stopper = new AbortController();
  const place: Workplace = {
    folder: output.work,
    output: output.name,
    ffmpeg: ffmpeg.path,
    plan,
    signal: stopper.signal,
  };
  try {
    const header = identify(plan, metadata, ffmpeg.version, audio);
    const journal = await continueOrBegin(header, output, place, options);
    const { width, height, signal, force = false, onFailure = 'remove' } = options;
    const given = { width, height, signal, force, keepOnFailure: onFailure === 'keep' };
    return new SegmentedWriter({
      output,
      place,
      journal,
      metadata,
      audio,
      unlock,
      stop: () => stopper.abort(),
      ...given,
    });
  } catch (error) {
    await unlock();
    // Only what is empty goes; what an earlier run finished stays.
    await rmdir(output.work).catch(() => {});
    throw asOutputError(output.name, error);
  }
}
