import { posix } from 'node:path';
import { UsageError } from '../errors.js';
import type { RenderOptions, RuntimeOptions } from '../pipeline/index.js';
import { formatOf } from '../video/index.js';
import { type ClipFailure, clipFailureOf } from './failure.js';
import type { FaultyRow, FoundRow } from './find-rows.js';
import { isWithin, STORE_FOLDER } from './store.js';

/** What decides a clip's video; plain values. `output.path` is the video's name within the batch's folder, with `/`. */
export type ClipOptions = Omit<RenderOptions, 'input' | 'runtime' | 'watch' | 'signal'> & {
  readonly input: string;
  readonly runtime?: Pick<RuntimeOptions, 'precision'>;
};

/** Options of all clips of a batch; a row's own come first. */
export type SharedOptions = Omit<ClipOptions, 'input' | 'output'> & {
  readonly output?: Omit<ClipOptions['output'], 'path' | 'force' | 'resume' | 'stream' | 'container'>;
};

/** What no clip can be made of, and why. */
export interface FaultyItem {
  /** The keypoints, or the manifest where its line names none. */
  readonly input: string;
  readonly failure: ClipFailure;
}

/** A clip of a batch. */
export type BatchItem = ClipOptions | FaultyItem;

/**
 * The clips of a batch, whose videos end in `extension` where the manifest does not say it. What is wrong with one, such as an output that
 * an earlier one has, does not keep the others from being drawn.
 */
export function itemsOf(
  rows: readonly (FoundRow | FaultyRow)[],
  shared: SharedOptions,
  extension: string,
): readonly BatchItem[] {
  const owners = new Map<string, FoundRow>();
  return rows.map((row) => {
    if ('error' in row) return { input: row.file, failure: clipFailureOf(row.error) };
    try {
      return clipOf(row, shared, ownOutput(row, extension, owners));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return { input: row.file, failure: failureOf(row, error) };
    }
  });
}

/** The row's output, which belongs to it from now on. Throws `UsageError`. */
function ownOutput(row: FoundRow, extension: string, owners: Map<string, FoundRow>): string {
  const path = outputName(row.output ?? `${row.stem}.${extension}`, nameOf(row));
  // `pictures` and `pictures/` are one folder.
  const name = path.replace(/\/+$/, '');
  const other = owners.get(name);
  if (other)
    throw new UsageError(
      'HF_BATCH_OUTPUT',
      `${nameOf(row)} would become ${path}, as ${nameOf(other)} does: give it an output of its own in a manifest.`,
      { file: row.file, field: 'output' },
    );
  owners.set(name, row);
  return path;
}

/** What is wrong with a row, and with which line. */
function failureOf({ place }: FoundRow, error: UsageError): ClipFailure {
  const { code, message } = clipFailureOf(error);
  const known = place === undefined || message.includes(place);
  return { code, message: known ? message : `${place[0]?.toUpperCase()}${place.slice(1)}: ${message}` };
}

/** A row, in a sentence. */
function nameOf({ file, place }: FoundRow): string {
  return place === undefined ? file : `${file} (${place})`;
}

function clipOf(row: FoundRow, shared: SharedOptions, path: string): ClipOptions {
  const { file, range, prompt, signer, reference, seed, person, sequence, format, fps, size } = row;
  const look = given({ prompt, signer, reference, seed });
  // A row that says who is shown says it alone.
  const { signer: _, reference: __, ...others } = shared.look ?? {};
  const own = signer !== undefined || reference !== undefined;
  return {
    ...shared,
    input: file,
    source: { ...shared.source, ...given({ range, person, sequence, format, fps, size }) },
    look: { ...(own ? others : shared.look), ...look },
    output: { ...shared.output, path },
  };
}

function given<T extends object>(fields: T): Partial<T> {
  const made: Partial<T> = { ...fields };
  for (const name of Object.keys(fields))
    if (Reflect.get(fields, name) === undefined) Reflect.deleteProperty(made, name);
  return made;
}

/** The name within the batch's folder, made plain. */
function outputName(name: string, of: string): string {
  const plain = posix.normalize(name.replaceAll('\\', '/')).replace(/^\.\//, '');
  if (!isWithin(plain) || plain === '.')
    throw new UsageError(
      'HF_BATCH_OUTPUT',
      `The output ${name} of ${of} leads out of the batch's folder: give a name within it.`,
      { field: 'output' },
    );
  if (plain.split('/')[0] === STORE_FOLDER || plain === REPORT)
    throw new UsageError(
      'HF_BATCH_OUTPUT',
      `The output ${name} of ${of} is a name that the batch keeps for itself: give another.`,
      { field: 'output' },
    );
  formatOf(plain);
  return plain;
}

/** Name of a batch's report within its folder. */
export const REPORT = 'batch.json';
