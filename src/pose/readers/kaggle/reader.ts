import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PoseFileError } from '../../../errors.js';
import { type ByteSource, shown } from '../../byte-source.js';
import { anyKnown } from '../../person.js';
import { areShares, holisticPerson } from '../holistic-points.js';
import { faceFirst543, rowLandmarks } from '../holistic-rows.js';
import { type FileReader, type RawFrame, requirePicture } from '../reader.js';
import type { FromChild, ToChild } from './child.js';
import type { LandmarkRows } from './tables.js';

/** Memory of the decoding process, MiB: columns are unpacked one at a time. */
const MOST_MEMORY = 512;

/** The Kaggle sets' parquet files, long (asl-signs) and wide (asl-fingerspelling); format page: Parquet. */
export const kaggleParquetReader: FileReader = {
  kind: 'file',
  format: 'kaggle-parquet',
  title: 'parquet of the Kaggle ASL sets, long or wide; `sequence` names one of several',
  recognise: (head) => head.bytes.subarray(0, 4).toString('latin1') === 'PAR1',
  async open(source, options) {
    const picture = requirePicture(source.name, 'Kaggle parquet', options);
    const rows = await decode(source, options.sequence);
    const layout = faceFirst543(3);
    const scale = areShares(firstCoordinates(rows))
      ? { x: picture.width, y: picture.height }
      : { x: 1, y: 1 };
    async function* frames(): AsyncGenerator<RawFrame> {
      for (const row of rows) {
        const person = row && holisticPerson(rowLandmarks(row, layout), scale);
        yield { people: person && anyKnown(person.keypoints) ? [person] : [] };
      }
    }
    return {
      format: 'kaggle-parquet',
      ...picture,
      frameCount: rows.length,
      people: 1,
      tracked: true,
      frames,
    };
  },
};

function firstCoordinates(rows: LandmarkRows): number[] {
  for (const row of rows) {
    const known = [...(row ?? [])].filter((value, index) => index % 3 < 2 && Number.isFinite(value));
    if (known.length > 0) return known;
  }
  return [];
}

/**
 * Decodes in a process of its own with a limit on its memory: the parquet library believes the lengths of runs that a damaged page
 * claims and fills gigabytes with them, which ends a whole process (a thread's limit does not hold it).
 */
async function decode(source: ByteSource, sequence: string | undefined): Promise<LandmarkRows> {
  const fromSource = import.meta.url.endsWith('.ts');
  const entry = fileURLToPath(new URL(fromSource ? './child.ts' : './child.js', import.meta.url));
  const child = fork(entry, {
    execArgv: [...(fromSource ? ['--import', 'tsx'] : []), `--max-old-space-size=${MOST_MEMORY}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  try {
    return await new Promise<LandmarkRows>((resolve, reject) => {
      const tell = (message: ToChild) => child.send(message, () => {});
      const damaged = (why: string) =>
        reject(
          new PoseFileError(
            'HF_POSE_DAMAGED',
            `${source.name} is no sound parquet file: ${shown(why, 150)}; copy it again.`,
            { file: source.name },
          ),
        );
      child.on('message', (message: FromChild) => {
        if (message.kind === 'rows') resolve(message.rows);
        else if (message.kind === 'failure')
          reject(new PoseFileError('HF_POSE_DAMAGED', message.sentence, { file: source.name }));
        else {
          const { id, offset, length } = message;
          source.read(offset, length).then((bytes) => tell({ kind: 'bytes', id, bytes }), reject);
        }
      });
      child.on('error', (error) => damaged(error.message));
      child.on('exit', () => damaged('decoding it takes more memory than keypoints can'));
      tell({ kind: 'begin', name: source.name, size: source.size, sequence });
    });
  } finally {
    child.kill('SIGKILL');
  }
}
