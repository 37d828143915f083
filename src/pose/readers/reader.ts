import { PoseFileError } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';
import type { PoseFrame } from '../pose-frame.js';

/** Points of one person as PoseFrame defines them. */
export type PersonPoints = Pick<PoseFrame, 'keypoints' | 'depth'>;

/** Everybody in one picture. */
export interface RawFrame {
  readonly people: readonly PersonPoints[];
}

/** An opened file before a person is chosen. */
export interface RawClip {
  readonly format: string;
  readonly fps: number;
  readonly width: number;
  readonly height: number;
  readonly frameCount?: number;
  /** Largest number of people in a frame, where the file says it before its frames. */
  readonly people?: number;
  /** True where the same place in `people` is the same person in every frame. */
  readonly tracked: boolean;
  /** What the user should know of how it is read, in sentences. */
  readonly remarks?: readonly string[];
  frames(): AsyncIterable<RawFrame>;
  /** Gives back what the reader opened besides its source. */
  close?(): Promise<void>;
}

/** What the user says about a file that does not say it itself. */
export interface SourceOptions {
  /** Frames per second, fractional too. Overrides the file's own. */
  readonly fps?: number;
  /** Size in pixels of the picture the keypoints refer to. Overrides the file's own. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Which of several sequences in one file (Kaggle, npz). */
  readonly sequence?: string;
}

/** The beginning of a file, for recognition. */
export interface FileHead {
  readonly name: string;
  readonly size: number;
  /** The first 64 KiB. */
  readonly bytes: Buffer;
  /** The same as text with white space between tokens removed, where the file looks like JSON, else ''. */
  readonly json: string;
}

interface ReaderBase {
  /** Name for `format` and for PoseClipInfo. */
  readonly format: string;
  /** One line for help texts. */
  readonly title: string;
}

/** Reads one layout kept in one file. */
export interface FileReader extends ReaderBase {
  readonly kind: 'file';
  recognise(head: FileHead): boolean;
  open(source: ByteSource, options: SourceOptions): Promise<RawClip>;
}

/** Reads one layout kept as a folder of files. */
export interface FolderReader extends ReaderBase {
  readonly kind: 'folder';
  recognise(names: readonly string[]): boolean;
  open(folder: string, options: SourceOptions): Promise<RawClip>;
}

export type PoseReader = FileReader | FolderReader;

/** Rate and size of the picture, as far as the file says them. */
interface Own {
  readonly fps?: number;
  readonly size?: { readonly width: number; readonly height: number };
}

/** The frames per second and the size to use: the user's, else the file's. Throws one PoseFileError for all that neither says. */
export function requirePicture(
  name: string,
  format: string,
  options: SourceOptions,
  own: Own = {},
): { fps: number; width: number; height: number } {
  if (!isRate(options.fps ?? own.fps) && !isSize(options.size ?? own.size))
    throw new PoseFileError(
      'HF_POSE_FPS',
      `${name} (${format}) says neither its frames per second nor the size of its picture; give \`fps\`, such as 25, and \`size\`, such as 1280x720.`,
      { file: name, field: 'fps' },
    );
  return {
    fps: requireFps(name, format, options, own.fps),
    ...requireSize(name, format, options, own.size),
  };
}

function isRate(fps: number | undefined): fps is number {
  return fps !== undefined && Number.isFinite(fps) && fps > 0;
}

function isSize(size: Own['size']): size is NonNullable<Own['size']> {
  return size !== undefined && size.width > 0 && size.height > 0;
}

/** The frames per second to use: the user's, else the file's. Throws PoseFileError when there is neither. */
export function requireFps(name: string, format: string, options: SourceOptions, own?: number): number {
  const fps = options.fps ?? own;
  if (!isRate(fps)) {
    throw new PoseFileError(
      'HF_POSE_FPS',
      `${name} (${format}) does not say its frames per second; give \`fps\`, such as 25.`,
      { file: name, field: 'fps' },
    );
  }
  if (fps > 1000) {
    throw new PoseFileError(
      'HF_POSE_FPS',
      `${name} (${format}) asks for ${fps} frames per second; give 1000 or fewer as \`fps\`.`,
      { file: name, field: 'fps' },
    );
  }
  return fps;
}

/** The picture size to use: the user's, else the file's. Throws PoseFileError when there is neither. */
export function requireSize(
  name: string,
  format: string,
  options: SourceOptions,
  own?: { width: number; height: number },
): { width: number; height: number } {
  const size = options.size ?? own;
  if (!isSize(size)) {
    throw new PoseFileError(
      'HF_POSE_SIZE',
      `${name} (${format}) does not say the size of its picture; give \`size\`, such as 1280x720.`,
      { file: name, field: 'size' },
    );
  }
  if (size.width > 65535 || size.height > 65535) {
    throw new PoseFileError(
      'HF_POSE_SIZE',
      `${name} (${format}) has a picture of ${size.width} x ${size.height} pixels; 65535 a side is the most, correct it with \`size\`.`,
      { file: name, field: 'size' },
    );
  }
  return { width: size.width, height: size.height };
}
