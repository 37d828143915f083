import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { UsageError } from '../errors.js';
import { type FinishedVideo, openVideoWriter } from '../video/index.js';
import { captionsOf, videoName } from './passes.js';
import { frameFile } from './pictures.js';
import type { ExportFormat } from './protocol.js';
import type { Run } from './run.js';

/** A file to be saved. */
export interface Export {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}

/** Videos of a finished run in other formats, made of its lossless pictures when they are first asked for. */
export class Exports {
  private readonly made = new Map<string, Promise<FinishedVideo>>();

  /** Throws `UsageError` where the run is not finished. */
  async of(run: Run, format: ExportFormat): Promise<Export> {
    const { video, plan } = run;
    if (!video || !run.metadata) throw notFinished();
    const own = video.name.slice(video.name.lastIndexOf('.') + 1);
    const name = `${video.name.slice(0, -own.length)}${format}`;
    const path = join(plan.folder, `video.${format}`);
    if (format !== own) await this.once(path, () => encode(run, path));
    return { path, name, bytes: (await stat(path)).size };
  }

  private async once(path: string, make: () => Promise<FinishedVideo>): Promise<void> {
    const making = this.made.get(path) ?? make();
    this.made.set(path, making);
    try {
      await making;
    } catch (error) {
      this.made.delete(path);
      await rm(path, { force: true });
      throw error;
    }
  }
}

async function encode({ plan, passes, metadata, stop }: Run, path: string): Promise<FinishedVideo> {
  if (!metadata) throw notFinished();
  const first = await pixels(join(plan.folder, frameFile('full', 0)));
  const captions = captionsOf(plan);
  const gif = path.endsWith('.gif');
  const writer = await openVideoWriter({
    path,
    width: first.width,
    height: first.height,
    fps: plan.fps,
    alpha: plan.variant.background === 'transparent' && !path.endsWith('.mp4'),
    metadata,
    ...(captions.length > 0 && !gif ? { captions } : {}),
    resume: 'never',
    onFailure: 'remove',
    signal: stop.signal,
  });
  try {
    await writer.write(first);
    for (let i = 1; i < passes.full.done; i++)
      await writer.write(await pixels(join(plan.folder, frameFile('full', i))));
    return await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function pixels(path: string) {
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { width, height, channels: channels === 4 ? (4 as const) : (3 as const), data };
}

/** One frame of a finished run as PNG. */
export async function framePng(
  { plan, passes }: Run,
  frame: number,
): Promise<{ name: string; bytes: Buffer }> {
  if (frame >= passes.full.done) throw notFinished();
  const bytes = await sharp(join(plan.folder, frameFile('full', frame)))
    .png()
    .toBuffer();
  return { name: `${videoName({ plan }).replace(/\.\w+$/, '')}-${plan.from + frame}.png`, bytes };
}

function notFinished(): UsageError {
  return new UsageError(
    'HF_PREVIEW_NOT_READY',
    'The video is not finished: wait until every frame has been drawn.',
  );
}
