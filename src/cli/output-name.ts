import { lstatSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { captionsName } from '../pipeline/index.js';
import { CAPTION_ENDINGS } from '../video/index.js';

/** Where a video goes whose name was not given. */
export interface OutputName {
  readonly path: string;
  /** A sentence for the user, where the plain name was taken. */
  readonly note?: string;
}

/**
 * The video beside a keypoint file: `clip.pose` and the folder `clip` become `clip.mp4`. A file that exists is kept, and the
 * video is called `clip-2.mp4`, unless `force` replaces it. Throws UsageError for standard input, which has no name.
 */
export function videoBeside(input: string, { force = false }: { force?: boolean } = {}): OutputName {
  if (input === '-')
    throw new UsageError(
      'HF_FIELD_MISSING',
      'Keypoints from standard input have no name to call the video after: name the video with `out`, such as out.mp4.',
      { field: 'out' },
    );
  // `.` and `..` are folders with names too: the video goes beside them, not into them.
  const folder = dirname(/(^|[\\/])\.{1,2}[\\/]*$/.test(input) ? resolve(input) : input);
  const base = stem(basename(resolve(input)));
  const name = (number: number): string =>
    join(folder, number === 1 ? `${base}.mp4` : `${base}-${number}.mp4`);
  // A video that was given by mistake is refused when it is read; it must not be its own output.
  const plain = resolve(name(1)) === resolve(input) ? name(2) : name(1);
  if (force || !exists(plain)) return { path: plain };
  let number = 2;
  while (exists(name(number))) number++;
  const path = name(number);
  return { path, note: `${plain} exists, so the video goes to ${path}. \`force: true\` replaces it.` };
}

/** The captions beside a keypoint file, as `phrase --captions` writes them: `clip.vtt` or `clip.srt`. Throws UsageError without. */
export function captionsBeside(input: string): string {
  const names =
    input === '-'
      ? []
      : CAPTION_ENDINGS.map((ending) => join(dirname(input), `${stem(basename(resolve(input)))}${ending}`));
  const found = names.find(exists);
  if (found !== undefined) return found;
  throw new UsageError(
    'HF_CAPTIONS_UNREADABLE',
    names.length === 0
      ? 'Standard input has no captions beside it: name a file with `captions`.'
      : `There are no captions ${names.join(' or ')}: name a file with \`captions\`, or let \`handfirst phrase --captions\` write them.`,
    { file: input, field: 'captions' },
  );
}

/** Where the contact sheet of a video goes: `clip-sheet.png`. */
export function sheetBeside(video: string): string {
  return video === '-' ? 'sheet.png' : captionsName(video).replace(/\.vtt$/, '-sheet.png');
}

/** The name without its ending; `.gz` is not the only one of a packed file. */
function stem(name: string): string {
  const plain = /\.gz$/i.test(name) ? name.slice(0, -3) : name;
  return plain.slice(0, plain.length - extname(plain).length) || plain;
}

/** Also for a link that leads nowhere. */
function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
