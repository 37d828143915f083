import { realpath } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { SHEET_ENDINGS } from '../sheet.js';
import {
  type Caption,
  checkFileBeside,
  contactSheet,
  cutCaptions,
  formatCaptions,
  readCaptions,
  type SheetSource,
  STANDARD_OUTPUT,
} from '../video/index.js';
import { writeWhole } from '../write-whole.js';
import type { RenderOptions } from './options.js';

/** What goes with a video: captions, inside and beside it, and a contact sheet. Checked before anything is drawn. */
export interface Beside {
  /** Timed from the clip's beginning, whatever part of it is drawn. */
  readonly captions?: readonly Caption[];
  /** Where the captions go besides; absent where the file that was given is already there. */
  readonly captionsFile?: string;
  readonly contactSheet?: string;
}

/** Files that were written beside the video: absolute paths. */
export interface WrittenBeside {
  readonly captionsFile?: string;
  readonly contactSheet?: string;
}

/** Reads the captions and looks where files can go. Throws UsageError and OutputError. */
export async function openBeside({ output }: RenderOptions): Promise<Beside> {
  const { path, captions, contactSheet: sheet, force = false } = output;
  if (path === STANDARD_OUTPUT && (captions !== undefined || sheet !== undefined)) {
    const field = captions === undefined ? 'contactSheet' : 'captions';
    throw new UsageError(
      'HF_FIELDS_CONFLICT',
      `Standard output has no file beside it: name the video with \`out\`, or leave \`${field}\` out.`,
      { field },
    );
  }
  if (sheet !== undefined) checkSheetName(sheet);
  const read = typeof captions === 'string' ? await readCaptions(captions) : captions;
  const file = captionsName(path);
  const there = typeof captions === 'string' && (await isSame(captions, file));
  const captionsFile = read && !there ? file : undefined;
  for (const name of [captionsFile, sheet]) if (name !== undefined) await checkFileBeside(name, force);
  return {
    ...(read ? { captions: read } : {}),
    ...(captionsFile === undefined ? {} : { captionsFile: resolve(captionsFile) }),
    ...(sheet === undefined ? {} : { contactSheet: resolve(sheet) }),
  };
}

/** The captions of the part of the clip that is drawn, from its beginning on. */
export function captionsFrom(captions: Beside['captions'], from: number, fps: number): Caption[] | undefined {
  return captions && cutCaptions(captions, from / fps, Infinity);
}

/** Writes what goes beside a finished video. Throws OutputError. */
export async function writeBeside(
  { captionsFile, contactSheet: sheet }: Beside,
  captions: readonly Caption[] | undefined,
  video: SheetSource,
  signal: AbortSignal | undefined,
): Promise<WrittenBeside> {
  if (captionsFile !== undefined && captions)
    await writeWhole(captionsFile, formatCaptions(cutCaptions(captions, 0, video.frames / video.fps)));
  if (sheet !== undefined) await writeWhole(sheet, await contactSheet(video, sheet, signal));
  return {
    ...(captionsFile === undefined ? {} : { captionsFile }),
    ...(sheet === undefined ? {} : { contactSheet: sheet }),
  };
}

/** `clip.mp4` and `clip/` have their captions in `clip.vtt`. */
export function captionsName(video: string): string {
  const plain = video.replace(/[\\/]+$/, '');
  return `${plain.slice(0, plain.length - extname(plain).length)}.vtt`;
}

function checkSheetName(name: string): void {
  if (SHEET_ENDINGS.includes(extname(name).toLowerCase())) return;
  throw new UsageError(
    'HF_OUTPUT_NAME',
    `${name} is no name for a \`contactSheet\`: end it in ${SHEET_ENDINGS.join(', ')}.`,
    { file: name, field: 'contactSheet' },
  );
}

async function isSame(one: string, other: string): Promise<boolean> {
  const real = (path: string): Promise<string> => realpath(path).catch(() => resolve(path));
  return (await real(one)) === (await real(other));
}
