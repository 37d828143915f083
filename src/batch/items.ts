import { posix } from 'node:path';
import { UsageError } from '../errors.js';
import type { RenderOptions, RuntimeOptions } from '../pipeline/index.js';
import { formatOf } from '../video/index.js';
import type { FoundRow } from './find-rows.js';
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

/** The clips of a batch, whose videos end in `extension` where the manifest does not say it. Throws `UsageError`. */
export function itemsOf(
  rows: readonly FoundRow[],
  shared: SharedOptions,
  extension: string,
): readonly ClipOptions[] {
  const from = new Map<string, string>();
  return rows.map((row) => {
    const path = outputName(row.output ?? `${row.stem}.${extension}`, row.file);
    const other = from.get(path);
    if (other !== undefined)
      throw new UsageError(
        'HF_BATCH_OUTPUT',
        `${other} and ${row.file} would both become ${path}: name the clips in a manifest, each with an \`output\` of its own.`,
        { file: row.file, field: 'output' },
      );
    from.set(path, row.file);
    return clipOf(row, shared, path);
  });
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
function outputName(name: string, file: string): string {
  const plain = posix.normalize(name.replaceAll('\\', '/')).replace(/^\.\//, '');
  if (!isWithin(plain) || plain === '.')
    throw new UsageError(
      'HF_BATCH_OUTPUT',
      `The output ${name} of ${file} leads out of the batch's folder: give a name within it.`,
      { file, field: 'output' },
    );
  if (plain.split('/')[0] === STORE_FOLDER || plain === REPORT)
    throw new UsageError(
      'HF_BATCH_OUTPUT',
      `The output ${name} of ${file} is a name that the batch keeps for itself: give another.`,
      { file, field: 'output' },
    );
  formatOf(plain);
  return plain;
}

/** Name of a batch's report within its folder. */
export const REPORT = 'batch.json';
