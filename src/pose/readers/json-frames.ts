import { PoseFileError } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';
import { type JsonValue, jsonValues, parseJson } from '../json-values.js';
import { isRecord, type JsonRecord, numberOf } from './json-shape.js';

/** What stands beside the frames of a JSON file, where it stands before them. */
export interface JsonAbout {
  readonly fps?: number;
  readonly width?: number;
  readonly height?: number;
}

/** Names under which an object may hold its list of frames. */
const FRAME_LISTS = new Set(['frames', 'instance_info', 'results', 'data', 'cropped_keypoints']);

/** Opens the outermost list, or the list of frames of an outermost object that is no frame itself. */
function descendTo(wrapped: boolean) {
  return (path: readonly (string | number)[], first: boolean): boolean => {
    if (path.length === 0) return wrapped || first;
    return wrapped && path.length === 1 && typeof path[0] === 'string' && FRAME_LISTS.has(path[0]);
  };
}

/**
 * Frames of a JSON file, one object each, with its place: a list of them, JSON lines, one alone, or an object with a list of them
 * named `frames`, `instance_info`, `results`, `data` or `cropped_keypoints` (`wrapped`). Holds one frame at a time.
 */
export async function* jsonFrames(
  source: ByteSource,
  wrapped: boolean,
): AsyncGenerator<{ frame: JsonRecord; value: JsonValue }> {
  const outermost = await firstByte(source);
  const accept = descendTo(wrapped);
  for await (const value of jsonValues(source, (path) => accept(path, outermost === '['))) {
    const inList = wrapped ? value.path.length === (outermost === '[' ? 1 : 2) : true;
    if (!inList) continue;
    const frame = parseJson(source, value);
    // A frame in which nobody was found may be null.
    if (frame !== null && !isRecord(frame)) {
      throw new PoseFileError(
        'HF_POSE_DAMAGED',
        `${source.name} has no frame at byte ${value.offset}: an object should be there.`,
        { file: source.name },
      );
    }
    yield { frame: frame ?? {}, value };
  }
}

async function firstByte(source: ByteSource): Promise<string> {
  const text = (await source.read(0, 4096))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  return text.slice(0, 1);
}

/** Whether the outermost value is an object that holds a list of frames. */
export function isWrapped(json: string): boolean {
  return (
    json.startsWith('{') && new RegExp(`"(?:${[...FRAME_LISTS].join('|')})":\\[`).test(json.slice(0, 8192))
  );
}

/** fps and size that stand before the frames, as fields of the outermost object or of one named `metadata`, `meta` or `meta_info`. */
export async function jsonAbout(source: ByteSource): Promise<JsonAbout> {
  const found: Record<string, number> = {};
  const inner = new Set(['metadata', 'meta', 'meta_info']);
  const outer = (path: readonly (string | number)[]) =>
    path.length === 0 || (path.length === 1 && typeof path[0] === 'string' && inner.has(path[0]));
  if ((await firstByte(source)) !== '{') return found;
  for await (const value of jsonValues(source, (path) => outer(path) || FRAME_LISTS.has(String(path[0])))) {
    if (FRAME_LISTS.has(String(value.path[0]))) break;
    const name = String(value.path.at(-1));
    const number = ['fps', 'width', 'height'].includes(name) ? numberOf(parseJson(source, value)) : undefined;
    if (number !== undefined && number > 0) found[name] = number;
  }
  return found;
}

/** The size in `about`, where both sides are there. */
export function sizeIn({ width, height }: JsonAbout): { width: number; height: number } | undefined {
  return width === undefined || height === undefined ? undefined : { width, height };
}
