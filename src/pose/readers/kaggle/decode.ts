import { type FileMetaData, parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { counted } from '../../../counted.js';
import { PoseFileError } from '../../../errors.js';
import { reasonOf } from '../../../reason.js';
import { type ByteSource, shown } from '../../byte-source.js';
import { type LandmarkRows, type ReadColumns, readLong, readWide } from './tables.js';

/** More rows than this are of no file of keypoints, nor more than `FEW_ROWS` and than the file has bytes. */
const MOST_ROWS = 50_000_000;
const FEW_ROWS = 1_000_000;
/** Columns may unpack to this many times the file's size, but always to `SMALL`. */
const LARGEST_RATIO = 200;
const SMALL = 64 * 1024 * 1024;

/** The landmarks of a Kaggle parquet file, or of one sequence of it. Throws PoseFileError. */
export async function decodeKaggle(source: ByteSource, sequence: string | undefined): Promise<LandmarkRows> {
  try {
    const metadata = await readMetadata(source);
    const names = parquetSchema(metadata).children.map(({ element }) => element.name);
    const read = columnReader(source, metadata);
    const count = Number(metadata.num_rows);
    if (names.includes('landmark_index') && names.includes('type'))
      return await readLong(source.name, read, count);
    if (names.some((name) => name.startsWith('x_face_'))) {
      return await readWide(source.name, read, count, names, sequence);
    }
    const some = shown(names.slice(0, 5).join(', '));
    throw new PoseFileError(
      'HF_POSE_POINTS',
      `${source.name} is parquet with columns ${some}, not of the Kaggle ASL sets.`,
      { file: source.name },
    );
  } catch (error) {
    if (error instanceof PoseFileError) throw error;
    throw new PoseFileError(
      'HF_POSE_DAMAGED',
      `${source.name} is no sound parquet file: ${shown(reasonOf(error), 150)}; copy it again.`,
      { file: source.name },
    );
  }
}

interface AsyncBuffer {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

function asyncBuffer(source: ByteSource): AsyncBuffer {
  return {
    byteLength: source.size,
    async slice(start, end = source.size) {
      const bytes = await source.read(Math.max(0, start), Math.max(0, end - start));
      const copy = new ArrayBuffer(bytes.length);
      new Uint8Array(copy).set(bytes);
      return copy;
    },
  };
}

/** The footer, with its counts held against the file's size before anything is unpacked. */
async function readMetadata(source: ByteSource): Promise<FileMetaData> {
  const end = (await source.read(Math.max(0, source.size - 4), 4)).toString('latin1');
  if (end !== 'PAR1') {
    throw new PoseFileError(
      'HF_POSE_CUT_OFF',
      `${source.name} is cut off: its last bytes, before byte ${source.size}, are not the end of a parquet file; copy it again.`,
      { file: source.name },
    );
  }
  const metadata = await parquetMetadataAsync(asyncBuffer(source));
  const limit = Math.max(SMALL, source.size * LARGEST_RATIO);
  const mostRows = Math.min(MOST_ROWS, Math.max(FEW_ROWS, source.size));
  let rows = 0;
  for (const group of metadata.row_groups) {
    rows += Number(group.num_rows);
    for (const { meta_data: column } of group.columns) {
      const unpacked = Number(column?.total_uncompressed_size ?? 0);
      const values = Number(column?.num_values ?? 0);
      if (unpacked > limit || values > mostRows || Number(column?.total_compressed_size ?? 0) > source.size) {
        throw new PoseFileError(
          'HF_POSE_TOO_LARGE',
          `${source.name} says that a column unpacks to ${counted(unpacked, 'byte')} from ${source.size}, which no keypoints do.`,
          { file: source.name },
        );
      }
    }
  }
  if (rows > mostRows || rows !== Number(metadata.num_rows)) {
    throw new PoseFileError(
      'HF_POSE_DAMAGED',
      `${source.name} says that it has ${counted(Number(metadata.num_rows), 'row')} and lists ${rows} of them; copy it again.`,
      { file: source.name },
    );
  }
  return metadata;
}

function columnReader(source: ByteSource, metadata: FileMetaData): ReadColumns {
  const file = asyncBuffer(source);
  return async (columns, rows, take) => {
    for (const column of columns) {
      await parquetRead({
        file,
        metadata,
        compressors,
        columns: [column],
        rowStart: rows.start,
        rowEnd: rows.end,
        onChunk: (chunk) => take(column, chunk.columnData, chunk.rowStart),
      });
    }
  };
}
