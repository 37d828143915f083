import type { VideoFormat } from './format.js';
import { countKept } from './frame-log.js';
import { readJournal } from './journal.js';
import { checkOutput, placeOutput } from './output.js';
import { STANDARD_OUTPUT } from './stream-writer.js';

export {
  type ApartPlace,
  type ApartVideo,
  apartVideoSchema,
  type JoinedVideo,
  joinApart,
  openApartSegment,
  planApart,
  type SegmentPlace,
  segmentRecordSchema,
  segmentsOf,
} from './apart.js';
export {
  CAPTION_ENDINGS,
  type Caption,
  cutCaptions,
  formatCaptions,
  readCaptions,
} from './captions.js';
export { checkVideo } from './check-video.js';
export { checkFileBeside, contactSheet, type SheetSource } from './contact-sheet.js';
export type { CredentialOptions } from './credentials.js';
export { type Ffmpeg, findFfmpeg } from './ffmpeg.js';
export type { StreamContainer } from './ffmpeg-args.js';
export { encodersOf, FORMATS, type FormatTraits, formatOf, type VideoFormat } from './format.js';
export { readInfo } from './info.js';
export { digestOutput, proofFile } from './join.js';
export type { SegmentRecord } from './journal.js';
export { evenPicture, type Layout, layoutSize, sideBySide, withChannels } from './layout.js';
export {
  commandLine,
  describe,
  printable,
  type VideoMetadata,
  type VideoMetadataInput,
  videoMetadataSchema,
} from './metadata.js';
export { openVideoWriter, type VideoWriterOptions } from './open.js';
export type { EncodingOptions } from './plan.js';
export { probeVideo, type VideoFacts } from './probe.js';
export { formatRational, type Rational, toRational } from './rational.js';
export { readVideoFrames, type SourceFrameOptions } from './source-frames.js';
export { STANDARD_OUTPUT } from './stream-writer.js';
export type { FinishedVideo, VideoWriter } from './writer.js';

/**
 * Checks an output before anything slow is begun, as `openVideoWriter` will again. Returns the format that its name asks for.
 *
 * @throws UsageError for a name that is no output; OutputError when it exists without `force`, or cannot be written
 */
export async function checkVideoOutput(
  path: string,
  options: { force?: boolean } = {},
): Promise<VideoFormat> {
  if (path === STANDARD_OUTPUT) return 'mp4';
  const place = placeOutput(path);
  const finishing = (await readJournal(place.work))?.joined !== undefined;
  if (!finishing) await checkOutput(place, options.force ?? false);
  return place.format;
}

/** What an unfinished run of this output was begun with, as JSON: a field of its metadata's options. Undefined where there is none. */
export async function begunWith(path: string, option: string): Promise<string | undefined> {
  const journal = await readJournal(placeOutput(path).work);
  return journal?.header.identity[`options.${option}`];
}

/** Frames of an unfinished run of this output that are safely on the disk; 0 where there is none. */
export async function framesDone(path: string): Promise<number> {
  const { work } = placeOutput(path);
  const journal = await readJournal(work);
  const finished = (journal?.segments ?? []).reduce((sum, segment) => sum + segment.frames, 0);
  return journal ? finished + (await countKept(work, finished)) : 0;
}
