import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import sharp from 'sharp';
import { OutputError } from '../errors.js';
import { drawSheet, type Tile } from '../sheet.js';
import { formatOf } from './format.js';
import { checkFolder } from './output.js';
import { readVideoFrames } from './source-frames.js';

const PICTURES = 12;
const COLUMNS = 4;
const WIDTH = 240;

/** A finished video, to be looked at. */
export interface SheetSource {
  readonly path: string;
  readonly frames: number;
  readonly fps: number;
  /** Pixels of its pictures. */
  readonly width: number;
  readonly height: number;
}

/** `count` frames of `frames`, evenly spaced from the first to the last. */
export function evenlySpaced(frames: number, count: number): number[] {
  const most = Math.min(frames, count);
  return Array.from({ length: most }, (_, at) =>
    most === 1 ? 0 : Math.round((at * (frames - 1)) / (most - 1)),
  );
}

/** Twelve evenly spaced frames of a video with their times, as one picture encoded by the ending of `name`. */
export async function contactSheet(video: SheetSource, name: string, signal?: AbortSignal): Promise<Buffer> {
  const wanted = evenlySpaced(video.frames, PICTURES);
  const tile = { width: WIDTH, height: Math.max(1, Math.round((WIDTH * video.height) / video.width)) };
  const pictures = await picturesOf(video, wanted, tile, signal);
  const tiles = pictures.map((picture, at): Tile => {
    const frame = wanted[at] ?? 0;
    return { ...picture, label: `${(frame / video.fps).toFixed(2)} s, frame ${frame}` };
  });
  return drawSheet(tiles, name, { columns: COLUMNS, tile });
}

async function picturesOf(
  video: SheetSource,
  wanted: readonly number[],
  tile: { width: number; height: number },
  signal: AbortSignal | undefined,
): Promise<Omit<Tile, 'label'>[]> {
  const { path, frames } = video;
  const format = formatOf(path);
  if (format === 'png')
    return wanted.map((frame) => ({ picture: join(path, `frame-${String(frame).padStart(6, '0')}.png`) }));
  if (format === 'webp') {
    // An animation merges equal frames.
    const { pages = 1 } = await sharp(path).metadata();
    const page = (frame: number): number => Math.min(pages - 1, Math.floor((frame * pages) / frames));
    return Promise.all(
      wanted.map(async (frame) => ({
        picture: await sharp(path, { page: page(frame) })
          .png()
          .toBuffer(),
      })),
    );
  }
  const found: Omit<Tile, 'label'>[] = [];
  let at = 0;
  for await (const { data, width, height, channels } of readVideoFrames(path, {
    ...tile,
    fps: video.fps,
    signal,
  })) {
    if (wanted.includes(at++)) found.push({ picture: data, raw: { width, height, channels } });
    if (found.length === wanted.length) break;
  }
  return found;
}

/** Refuses a name that exists without `force`, or whose folder cannot be written to, before anything is drawn. Throws OutputError. */
export async function checkFileBeside(path: string, force: boolean): Promise<void> {
  await checkFolder(dirname(resolve(path)), path);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory())
    throw new OutputError('HF_OUTPUT_KIND', `${path} is a folder: name a file.`, { file: path });
  if (!found || force) return;
  throw new OutputError(
    'HF_OUTPUT_EXISTS',
    `${path} exists already: add \`force: true\` to replace it, or write to another name.`,
    { file: path, field: 'force' },
  );
}
