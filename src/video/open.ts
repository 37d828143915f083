import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { OutputError, UsageError } from '../errors.js';
import { makeFolder } from '../make-folder.js';
import { openAudio } from './audio.js';
import type { Caption } from './captions.js';
import { type CredentialOptions, type Credentials, openCredentials } from './credentials.js';
import { asOutputError, cancelled } from './encoder.js';
import { findFfmpeg } from './ffmpeg.js';
import type { StreamContainer } from './ffmpeg-args.js';
import { encodersOf, FORMATS } from './format.js';
import { FRAME_LOG } from './frame-log.js';
import { identify } from './identity.js';
import { artifactPath, digestOutput } from './join.js';
import {
  differences,
  intactSegments,
  type Journal,
  type JournalHeader,
  readJournal,
  startJournal,
} from './journal.js';
import { lockOutput } from './lock.js';
import type { VideoMetadataInput } from './metadata.js';
import { checkOutput, type OutputPlace, placeOutput } from './output.js';
import { checkMetadata, type EncodingOptions, makePlan } from './plan.js';
import type { Rational } from './rational.js';
import { keptFrom, removeLeftovers, type Workplace } from './segments.js';
import { STANDARD_OUTPUT, StreamWriter } from './stream-writer.js';
import { SegmentedWriter, type VideoWriter } from './writer.js';

/** A video to write: where it goes, its pictures and its encoding. */
export interface VideoWriterOptions {
  /** The output; its name decides the format (see `formatOf`). `-` is standard output. */
  path: string;
  /** What goes to standard output. Default `mp4`. */
  container?: StreamContainer;
  /** Where the path `-` leads; default: standard output. It is not ended. */
  stream?: Writable;
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
  /** Texts under the video, for formats that hold them; timed from its beginning, cut at its end. */
  captions?: readonly Caption[];
  encoding?: EncodingOptions;
  /** Who signs content credentials (C2PA), for .mp4, .mov, .gif and .webp. Signatures differ from run to run; pictures do not. */
  credentials?: CredentialOptions;
  /** Replace an output that exists, and forget an unfinished run with other options. */
  force?: boolean;
  /** `auto` (default) continues an unfinished run of the same options; `never` begins again. */
  resume?: 'auto' | 'never';
  /** What becomes of finished segments after a failure or a cancellation; `abort` can say otherwise. Default `remove`. */
  onFailure?: 'remove' | 'keep';
  signal?: AbortSignal;
}

const OURS =
  /^(lock.*|journal\..*|segments|frames|attempt-.*|joined\..*|list\.txt|captions\.vtt|open\.frames|metadata\.txt|palette\.png|old)$/;

/** Refuses an output that cannot be written; one that an earlier run finished a moment before it was killed is welcome. */
async function checkBefore(output: OutputPlace, force: boolean): Promise<void> {
  const joined = (await readJournal(output.work))?.joined;
  const published = joined && (await digestOutput(output.path, output.format)) === joined.sha256;
  if (!published) await checkOutput(output, force);
}

/** Makes the work folder, or takes it over. */
async function enter({ work, name }: OutputPlace): Promise<() => Promise<void>> {
  await makeFolder(work).catch((error: unknown) => {
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

/** The part of an earlier run's journal that can be used. */
async function trusted(
  journal: Journal,
  output: OutputPlace,
  place: Workplace,
  credentials?: Credentials,
): Promise<Journal> {
  if (journal.joined && journal.joined.credentials === credentials?.fingerprint) {
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
  credentials?: Credentials,
): Promise<Journal> {
  const earlier = resume === 'never' ? undefined : await readJournal(place.folder);
  const same = earlier?.header.fingerprint === header.fingerprint;
  if (earlier && !same && !force) {
    const all = differences(earlier.header, header);
    // The command differs whenever anything does.
    const what = all
      .filter((name) => name !== 'command' || all.length === 1)
      .map((name) => name.replace(/^options\./, ''))
      .join(', ');
    throw new OutputError(
      'HF_OUTPUT_UNFINISHED',
      `An unfinished run of ${output.name} was begun with another ${what || 'fingerprint'} and would be lost: add \`force: true\` to begin again, or write to another name.`,
      { file: output.name, field: 'force' },
    );
  }
  // What begins again has no use for the frames that an earlier run kept.
  if (!earlier || !same) await rm(join(place.folder, FRAME_LOG), { force: true });
  const journal =
    earlier && same ? await trusted(earlier, output, place, credentials) : { header, segments: [] };
  if (journal.joined) return journal;
  await removeLeftovers(place.folder, journal.segments);
  await startJournal(place.folder, header, journal.segments);
  return journal;
}

async function openStream(options: VideoWriterOptions): Promise<VideoWriter> {
  const { width, height, audio, captions, container = 'mp4', signal, credentials } = options;
  if (credentials) await openCredentials(credentials, 'stream');
  if (audio)
    throw new UsageError(
      'HF_FIELDS_CONFLICT',
      `Standard output cannot hold sound: name a file, or leave the sound ${audio} out.`,
      { field: 'audio' },
    );
  if (captions)
    throw new UsageError(
      'HF_FIELDS_CONFLICT',
      'Standard output cannot hold captions: name a file, or leave `captions` out.',
      { field: 'captions' },
    );
  const plan = makePlan({ ...options, path: 'Standard output' }, 'mp4');
  const metadata = checkMetadata(options.metadata);
  const { path: ffmpeg } = await findFfmpeg(FORMATS.mp4.encoders);
  return new StreamWriter({
    ffmpeg,
    plan,
    container,
    width,
    height,
    metadata,
    target: options.stream ?? process.stdout,
    signal,
  });
}

/**
 * Opens a video for writing. The frames go, in closed segments, into a work folder beside the output
 * (`OUT.mp4.handfirst`); nothing stands under the final name before the video is whole.
 *
 * @throws UsageError for options that make no sense, EncoderError without an ffmpeg, OutputError when the output exists,
 * cannot be written, is being written by another process, or has an unfinished run with other options
 */
export async function openVideoWriter(options: VideoWriterOptions): Promise<VideoWriter> {
  if (options.path === STANDARD_OUTPUT) return openStream(options);
  const output = placeOutput(options.path);
  const plan = makePlan(options, output.format);
  const traits = FORMATS[output.format];
  const metadata = checkMetadata(options.metadata);
  const ffmpeg = await findFfmpeg(encodersOf(traits, options));
  const audio = options.audio ? await openAudio(options.audio, output.name, traits, ffmpeg.path) : undefined;
  const credentials = options.credentials && (await openCredentials(options.credentials, output.format));
  if (options.signal?.aborted) throw cancelled(output.name);
  await checkBefore(output, options.force ?? false);
  const unlock = await enter(output);
  const stopper = new AbortController();
  const place: Workplace = {
    folder: output.work,
    output: output.name,
    ffmpeg: ffmpeg.path,
    plan,
    keepsFrames: options.onFailure === 'keep',
    signal: stopper.signal,
  };
  try {
    const { captions } = options;
    const header = identify(plan, metadata, ffmpeg.version, { audio, captions });
    const journal = await continueOrBegin(header, output, place, options, credentials);
    const kept = await keptFrom(journal, place);
    const { width, height, signal, force = false, onFailure = 'remove' } = options;
    const given = { width, height, signal, force, keepOnFailure: onFailure === 'keep' };
    return new SegmentedWriter({
      output,
      place,
      journal,
      kept,
      metadata,
      audio,
      captions,
      credentials,
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
