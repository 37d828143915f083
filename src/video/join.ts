import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { AudioTrack } from './audio.js';
import { type Caption, cutCaptions, formatCaptions } from './captions.js';
import { type Credentials, signVideo } from './credentials.js';
import { withGifMetadata, withWebpXmp } from './embed.js';
import { type RunOptions, runFfmpeg } from './encoder.js';
import { FORMATS, type VideoFormat } from './format.js';
import { SIDECAR } from './info.js';
import { animationCommand, concatList, copyCommand, type JoinFiles, paletteCommand } from './join-args.js';
import { digestFiles, type SegmentRecord, syncToDisk } from './journal.js';
import { containerTags, type VideoMetadata } from './metadata.js';
import { checkJoined } from './read-back.js';
import { segmentFolder, type Workplace } from './segments.js';
import { appendXmp } from './xmp.js';

/** The file that an output is known by: itself, or the sidecar of a PNG folder. */
export function proofFile(path: string, format: VideoFormat): string {
  return format === 'png' ? join(path, SIDECAR) : path;
}

/** SHA-256 of an output's `proofFile`; undefined where there is none. */
export async function digestOutput(path: string, format: VideoFormat): Promise<string | undefined> {
  return await digestFiles([proofFile(path, format)]).catch(() => undefined);
}

/** Bytes of a finished output: of the file, or of all files of a PNG folder together. */
export async function sizeOfOutput(path: string, format: VideoFormat): Promise<number> {
  if (format !== 'png') return (await stat(path)).size;
  let bytes = 0;
  for (const name of await readdir(path)) bytes += (await stat(join(path, name))).size;
  return bytes;
}

/** Where the joined output waits for its final name. */
export function artifactPath({ folder, plan }: Workplace): string {
  return plan.format === 'png' ? join(folder, segmentFolder(plan)) : join(folder, `joined.${plan.format}`);
}

async function finishFolder(place: Workplace, metadata: VideoMetadata): Promise<void> {
  const folder = artifactPath(place);
  const { fps } = place.plan;
  const frames = (await readdir(folder)).filter((name) => name.endsWith('.png')).length;
  const sidecar = { ...metadata, frames, fps: `${fps.num}/${fps.den}` };
  await writeFile(join(folder, SIDECAR), `${JSON.stringify(sidecar, undefined, 2)}\n`);
}

async function animate(
  place: Workplace,
  files: JoinFiles,
  run: RunOptions,
  metadata: VideoMetadata,
): Promise<void> {
  const { plan, folder } = place;
  if (plan.format === 'gif') {
    const palette = join(folder, 'palette.png');
    await runFfmpeg(paletteCommand(plan, files.list, palette), run);
    await runFfmpeg(animationCommand(plan, { ...files, palette }), run);
  } else {
    await runFfmpeg(animationCommand(plan, files), run);
  }
  const picture = await readFile(files.target);
  const embed = plan.format === 'gif' ? withGifMetadata : withWebpXmp;
  await writeFile(files.target, embed(picture, metadata));
}

/** What a video gets beside its pictures. */
export interface JoinedWith {
  readonly metadata: VideoMetadata;
  readonly audio?: AudioTrack;
  /** Timed from the video's beginning. */
  readonly captions?: readonly Caption[];
  readonly credentials?: Credentials;
}

/** Makes the output from finished segments, in the work folder, and says its digest. Without credentials, the same bytes each time. */
export async function joinSegments(
  place: Workplace,
  segments: readonly SegmentRecord[],
  { metadata, audio, captions, credentials }: JoinedWith,
): Promise<string> {
  const { folder, plan, ffmpeg, output, signal } = place;
  const path = artifactPath(place);
  const run: RunOptions = { ffmpeg, output, signal };
  const frames = segments.reduce((sum, segment) => sum + segment.frames, 0);
  const files: JoinFiles = {
    list: join(folder, 'list.txt'),
    tags: containerTags(metadata),
    audio,
    captions: captions && (await writeCaptions(place, captions, frames)),
    target: path,
  };
  const parts = segments.map(({ files: [file = ''], firstFrame, frames }) => ({
    // ffmpeg looks for the names in a list from where the list lies.
    file: resolve(folder, file),
    firstFrame,
    frames,
  }));
  await writeFile(files.list, concatList(parts, plan.fps));
  switch (FORMATS[plan.format].join) {
    case 'copy':
      await runFfmpeg(copyCommand(plan, frames, files), run);
      if (plan.format !== 'webm') await appendXmp(path, metadata);
      break;
    case 'encode':
      await animate(place, files, run, metadata);
      break;
    case 'folder':
      await finishFolder(place, metadata);
      break;
  }
  if (credentials) await signVideo({ file: path, format: plan.format, title: output }, credentials, metadata);
  const proof = proofFile(path, plan.format);
  await syncToDisk(proof);
  await checkJoined({ ...place, format: plan.format, file: path }, frames);
  return await digestFiles([proof]);
}

/** The captions as a file in the work folder, cut at the video's end; undefined where the format holds none, or none are left. */
async function writeCaptions(
  { folder, plan }: Workplace,
  captions: readonly Caption[],
  frames: number,
): Promise<JoinFiles['captions']> {
  const { captionEncoder } = FORMATS[plan.format];
  const cut = cutCaptions(captions, 0, (frames * plan.fps.den) / plan.fps.num);
  if (captionEncoder === undefined || cut.length === 0) return undefined;
  const file = join(folder, 'captions.vtt');
  await writeFile(file, formatCaptions(cut));
  return { file, encoder: captionEncoder };
}
