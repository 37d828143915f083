import { counted } from '../counted.js';
import { PoseFileError, UsageError } from '../errors.js';
import type { ByteSource } from './byte-source.js';
import { type FollowOptions, follow } from './follow-person.js';
import type { PoseClip } from './pose-frame.js';
import { foreignKind } from './readers/foreign-files.js';
import { headOf } from './readers/head.js';
import type { FileReader, PoseReader, SourceOptions } from './readers/reader.js';

/** What can be said about a keypoint file when it is opened. */
export interface OpenPoseOptions extends SourceOptions, FollowOptions {
  /** Reader to insist on, a name of `poseFormats`; without it the content decides. */
  readonly format?: string;
}

/** Sources up to this size are read once before their first frame, so that their faults are reported at once. */
const SURVEY_LIMIT = 32 * 1024 * 1024;

/** Opens bytes by one of `known`; the source is closed with the clip. Throws PoseFileError. */
export async function openBytes(
  source: ByteSource,
  options: OpenPoseOptions,
  known: readonly PoseReader[],
): Promise<PoseClip> {
  if (source.size === 0)
    throw new PoseFileError('HF_POSE_EMPTY', `${source.name} is empty; write or copy the file again.`, {
      file: source.name,
    });
  const head = await headOf(source);
  const readers = known.filter((reader): reader is FileReader => reader.kind === 'file');
  const reader = options.format
    ? readers.find(({ format }) => format === options.format)
    : readers.find((candidate) => candidate.recognise(head));
  if (!reader)
    throw new PoseFileError('HF_POSE_LAYOUT', unknownLayout(source.name, options, known, foreignKind(head)), {
      file: source.name,
      field: 'format',
    });
  const raw = await reader.open(source, options);
  const close = async () => {
    await raw.close?.();
    await source.close();
  };
  try {
    return await follow(source.name, raw, options, source.size <= SURVEY_LIMIT, close);
  } catch (error) {
    await raw.close?.();
    throw error;
  }
}

/** Throws `UsageError` for options that make no sense. */
export function checkOptions(options: OpenPoseOptions, readers: readonly PoseReader[]): void {
  const { format, person, fps, size } = options;
  if (format !== undefined && !readers.some((reader) => reader.format === format)) {
    const known = readers.map((reader) => reader.format).join(', ');
    throw new UsageError('HF_FIELD_VALUE', `The layout ${format} is not known; known are ${known}.`, {
      field: 'format',
    });
  }
  if (person !== undefined && !(Number.isInteger(person) && person >= 1)) {
    throw new UsageError(
      'HF_FIELD_VALUE',
      `The person ${person} makes no sense; people are counted from 1.`,
      { field: 'person' },
    );
  }
  if (fps !== undefined && !(fps > 0 && fps <= 1000)) {
    throw new UsageError(
      'HF_FIELD_VALUE',
      `A rate of ${counted(fps, 'frame')} a second makes no sense; give a number above 0 and up to 1000.`,
      { field: 'fps' },
    );
  }
  for (const side of size ? [size.width, size.height] : []) {
    if (!Number.isInteger(side) || side < 1 || side > 65535) {
      throw new UsageError(
        'HF_FIELD_VALUE',
        `A picture of ${size?.width}x${size?.height} pixels makes no sense; give whole pixels from 1 to 65535, such as 1280x720.`,
        { field: 'size' },
      );
    }
  }
}

/** Sentence for a file or folder that no reader takes; `kind`: what it is, and the way out, where that is known. */
export function unknownLayout(
  name: string,
  options: OpenPoseOptions,
  readers: readonly PoseReader[],
  kind: string | undefined,
): string {
  if (options.format)
    return `${name} cannot be read as ${options.format}, which is a ${isFolderFormat(options.format, readers) ? 'folder' : 'file'}.`;
  if (kind !== undefined) return `${name} is ${kind}.`;
  return `${name} is in no layout that is known; \`handfirst pose formats\` lists what can be read, and \`format\` insists on one.`;
}

function isFolderFormat(format: string, readers: readonly PoseReader[]): boolean {
  return readers.some((reader) => reader.format === format && reader.kind === 'folder');
}
