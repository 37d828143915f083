import { UsageError } from '../../errors.js';
import { KEYPOINT_COUNT, type PoseClipInfo, type PoseFrame } from '../pose-frame.js';
import { LINES_FORMAT } from '../readers/handfirst-lines.js';
import { COCO_COMPONENTS, type ComponentDefinition } from './pose-components.js';
import { openPoseBody } from './pose-writer.js';
import { openSafeFile } from './safe-file.js';

/** Takes frames and makes a keypoint file of them. */
export interface PoseWriter {
  /** Takes the next frame; resolves when another may come. */
  write(frame: PoseFrame): Promise<void>;
  /** Gives the file its name. */
  finish(): Promise<void>;
  /** Removes what was written. */
  abort(): Promise<void>;
}

/** What a writer must know before the first frame. */
export interface PoseWriterOptions {
  readonly info: Pick<PoseClipInfo, 'fps' | 'width' | 'height'>;
  /** Whether depth is written, where the layout can leave it out. */
  readonly depth: boolean;
  readonly force: boolean;
}

/** Opens a writer by the file's name: `.pose` (version 0.2), `.jsonl` or `.ndjson`. Throws UsageError for other names, OutputError. */
export function openPoseWriter(path: string, options: PoseWriterOptions): Promise<PoseWriter> {
  if (/\.pose$/i.test(path)) return poseWriter(path, options);
  if (/\.(jsonl|ndjson)$/i.test(path)) return linesWriter(path, options);
  throw new UsageError(
    'HF_OUTPUT_NAME',
    `${path} says no layout that can be written; name it .pose or .jsonl.`,
    { file: path, field: 'out' },
  );
}

/** Header of a `.pose` 0.2 file with COCO-WholeBody's components. */
function poseHeader(width: number, height: number, format: 'XYC' | 'XYZC'): Buffer {
  const parts: Buffer[] = [Buffer.alloc(12)];
  parts[0]?.writeFloatLE(0.2, 0);
  [width, height, 0, COCO_COMPONENTS.length].forEach((value, index) => {
    parts[0]?.writeUInt16LE(value, 4 + index * 2);
  });
  for (const component of COCO_COMPONENTS) parts.push(...componentBytes(component, format));
  return Buffer.concat(parts);
}

function componentBytes({ name, points, limbs, colour }: ComponentDefinition, format: string): Buffer[] {
  return [
    text(name),
    text(format),
    u16(points.length, limbs.length, 1),
    ...points.map(text),
    u16(...limbs.flat()),
    u16(...colour),
  ];
}

function u16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => {
    bytes.writeUInt16LE(value, index * 2);
  });
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([u16(bytes.length), bytes]);
}

/** z is pixels, PoseFrame's depth; 0 where it is not known, because NaN would spoil the sums of other programs. */
async function poseWriter(path: string, { info, depth, force }: PoseWriterOptions): Promise<PoseWriter> {
  const [width, height] = [Math.round(info.width), Math.round(info.height)];
  if (width > 65535 || height > 65535)
    throw new UsageError(
      'HF_FIELD_VALUE',
      `A .pose file holds pictures of up to 65535 pixels a side, not ${width} x ${height}.`,
      { field: 'size' },
    );
  const dimensions = depth ? 3 : 2;
  const file = await openSafeFile(path, force);
  const body = await openPoseBody(file, poseHeader(width, height, depth ? 'XYZC' : 'XYC'), info.fps, 1);
  return {
    write(frame) {
      const numbers = new Float32Array(KEYPOINT_COUNT * dimensions);
      const confidence = new Float32Array(KEYPOINT_COUNT);
      for (let index = 0; index < KEYPOINT_COUNT; index += 1) {
        numbers[index * dimensions] = frame.keypoints[index * 3] ?? 0;
        numbers[index * dimensions + 1] = frame.keypoints[index * 3 + 1] ?? 0;
        const z = depth ? (frame.depth?.[index] ?? 0) : 0;
        if (depth) numbers[index * dimensions + 2] = Number.isNaN(z) ? 0 : z;
        confidence[index] = frame.keypoints[index * 3 + 2] ?? 0;
      }
      return body.frame(numbers, confidence);
    },
    finish: () => body.finish(),
    abort: () => body.abort(),
  };
}

/** Numbers to nine digits, which is what float32 needs to come back the same. */
function exact(value: number): number {
  return Number(value.toPrecision(9));
}

async function linesWriter(path: string, { info, depth, force }: PoseWriterOptions): Promise<PoseWriter> {
  const file = await openSafeFile(path, force);
  const line = (value: object) => file.write(Buffer.from(`${JSON.stringify(value)}\n`));
  const { fps, width, height } = info;
  await line({ format: LINES_FORMAT, version: 1, fps, width, height });
  return {
    write(frame) {
      const keypoints = Array.from(frame.keypoints, exact);
      if (!depth || !frame.depth) return line({ keypoints });
      return line({
        keypoints,
        depth: Array.from(frame.depth, (value) => (Number.isNaN(value) ? null : exact(value))),
      });
    },
    finish: () => file.finish(),
    abort: () => file.abort(),
  };
}
