import { constants } from 'node:fs';
import { access, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { OutputError } from '../errors.js';
import { formatOf, type VideoFormat } from './format.js';
import { SIDECAR } from './info.js';
import { syncToDisk } from './journal.js';

/** Where an output and its work folder lie. */
export interface OutputPlace {
  /** Absolute path of the output. */
  readonly path: string;
  /** As the user wrote it, for sentences. */
  readonly name: string;
  readonly format: VideoFormat;
  /** Absolute path of the work folder: beside the output, so that a rename is enough to publish. */
  readonly work: string;
}

/** Reads the name alone; touches nothing. @throws UsageError for a name that is no output */
export function placeOutput(name: string): OutputPlace {
  const path = resolve(name);
  return { path, name, format: formatOf(name), work: `${path}.handfirst` };
}

/** Refuses a folder that cannot be written to. `name`: the file that should go there. Throws OutputError. */
export async function checkFolder(folder: string, name: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found)
    throw new OutputError(
      'HF_OUTPUT_FOLDER',
      `${name} cannot be written, because the folder ${folder} does not exist: make it first.`,
      { file: name },
    );
  if (!found.isDirectory())
    throw new OutputError(
      'HF_OUTPUT_FOLDER',
      `${name} cannot be written, because ${folder} is no folder: name another.`,
      { file: name },
    );
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch {
    throw new OutputError(
      'HF_OUTPUT_FOLDER',
      `${name} cannot be written, because you may not write in the folder ${folder}: name a file elsewhere with \`out\`.`,
      { file: name },
    );
  }
}

/** A folder may be replaced when it is empty or was written by us. */
async function checkReplaceable({ path, name }: OutputPlace): Promise<void> {
  const inside = await readdir(path);
  const ours =
    inside.includes(SIDECAR) && inside.every((file) => file === SIDECAR || /^frame-\d+\.png$/.test(file));
  if (inside.length > 0 && !ours) {
    throw new OutputError(
      'HF_OUTPUT_FOREIGN',
      `The folder ${name} holds other files, which would be lost: name another or empty it yourself.`,
      { file: name },
    );
  }
}

/** The output's kind on the disk now. */
async function outputExists(place: OutputPlace): Promise<boolean> {
  return (await stat(place.path).catch(() => undefined)) !== undefined;
}

/**
 * Checks that the output can be written and would replace nothing that the user has not given up.
 *
 * @throws OutputError, before any work is done
 */
export async function checkOutput(place: OutputPlace, force: boolean): Promise<void> {
  const { path, name, format } = place;
  await checkFolder(dirname(path), name);
  const found = await stat(path).catch(() => undefined);
  if (!found) return;
  if (format === 'png' && found.isDirectory() && (await readdir(path)).length === 0) return;
  if (!force)
    throw new OutputError(
      'HF_OUTPUT_EXISTS',
      `${name} exists already: add \`force: true\` to replace it, or write to another name.`,
      { file: name, field: 'force' },
    );
  if (format === 'png') {
    if (!found.isDirectory())
      throw new OutputError(
        'HF_OUTPUT_KIND',
        `${name} is a file and cannot become a folder of pictures: name another.`,
        { file: name },
      );
    await checkReplaceable(place);
  } else if (found.isDirectory()) {
    throw new OutputError(
      'HF_OUTPUT_KIND',
      `${name} is a folder and cannot become a video file: name another.`,
      { file: name },
    );
  }
}

/** Gives `artifact` (in the work folder) the output's name. A file replaces the old one in one step. */
export async function publish(artifact: string, place: OutputPlace): Promise<void> {
  if (place.format === 'png' && (await outputExists(place))) {
    const old = join(place.work, 'old');
    await rm(old, { recursive: true, force: true });
    await rename(place.path, old);
  }
  await rename(artifact, place.path);
  await syncToDisk(dirname(place.path));
}
