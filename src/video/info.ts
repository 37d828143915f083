import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors.js';
import { readGifComment, readWebpXmp } from './embed.js';
import { captureFfmpeg, findFfmpeg } from './ffmpeg.js';
import { parseFfmetadata, parseMetadata, type VideoMetadata } from './metadata.js';

/** The file beside the pictures of a PNG folder that holds what other formats hold inside. */
export const SIDECAR = 'handfirst.json';

async function fromContainer(path: string): Promise<VideoMetadata | undefined> {
  const { path: ffmpeg } = await findFfmpeg();
  const { stdout } = await captureFfmpeg(ffmpeg, ['-v', 'error', '-i', path, '-f', 'ffmetadata', '-']);
  const comment = parseFfmetadata(stdout).get('comment');
  return comment === undefined ? undefined : parseMetadata(comment);
}

async function find(path: string): Promise<VideoMetadata | undefined> {
  if ((await stat(path)).isDirectory()) {
    return parseMetadata(await readFile(join(path, SIDECAR), 'utf8').catch(() => ''));
  }
  if (/\.gif$/i.test(path)) return readGifComment(await readFile(path));
  if (/\.webp$/i.test(path)) return readWebpXmp(await readFile(path));
  return await fromContainer(path);
}

/**
 * What a video that handfirst made says about itself.
 *
 * @throws UsageError when there is no such file, or it says nothing of ours
 */
export async function readInfo(path: string): Promise<VideoMetadata> {
  const found = await stat(path).catch(() => undefined);
  if (!found)
    throw new UsageError('HF_INPUT_MISSING', `There is no ${path}: name a video that handfirst made.`, {
      file: path,
    });
  const metadata = await find(path);
  if (metadata) return metadata;
  throw new UsageError(
    'HF_VIDEO_METADATA',
    `${path} says nothing of handfirst: it was made by another program, or something encoded it again and dropped its metadata.`,
    { file: path },
  );
}
