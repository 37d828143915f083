import { Option } from 'commander';
import { UsageError } from '../errors.js';
import { captionsName } from '../pipeline/index.js';
import { type Caption, checkFileBeside, formatCaptions } from '../video/index.js';
import { writeWhole } from '../write-whole.js';

/** The flag of commands that know what is signed when. */
export function clipCaptionsOption(): Option {
  return new Option(
    '--captions [file]',
    'write what is signed as captions, too (.vtt; default: beside the output)',
  );
}

/**
 * Where the captions of the keypoints `out` go; undefined where they are not asked for. An empty flag means beside them.
 * Throws UsageError, and OutputError where the file exists without `force`.
 */
export async function clipCaptionsFile(
  out: string,
  flag: string | undefined,
  force = false,
): Promise<string | undefined> {
  if (flag === undefined) return undefined;
  const file = flag === '' ? captionsName(out) : flag;
  if (!/\.vtt$/i.test(file))
    throw new UsageError('HF_OUTPUT_NAME', `Captions are written as WebVTT: end the name ${file} in .vtt.`, {
      file,
      field: 'captions',
    });
  await checkFileBeside(file, force);
  return file;
}

/** Writes them, and gives the words to say so. */
export async function writeClipCaptions(
  file: string | undefined,
  captions: readonly Caption[],
): Promise<string> {
  if (file === undefined) return '';
  await writeWhole(file, formatCaptions(captions));
  return `, captions in ${file}`;
}
