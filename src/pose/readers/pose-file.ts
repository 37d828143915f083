import { counted } from '../../counted.js';
import { PoseFileError } from '../../errors.js';
import { type ByteSource, shown } from '../byte-source.js';
import { looksLikePose, type PoseHeader, readPoseHeader } from './pose-header.js';
import { mapPoints, type PointMap, readPerson } from './pose-points.js';
import { readVersion0 } from './pose-version-0.js';
import { type FileReader, type RawClip, type RawFrame, requireFps, requireSize } from './reader.js';

/** Bytes of a body that are in memory at a time, about. */
const CHUNK = 1024 * 1024;
/** A frame larger than this is no frame. */
const LARGEST_FRAME = 64 * 1024 * 1024;

/** Where the numbers of versions 0.1 and 0.2 lie: all coordinates of all frames, then all confidences. */
export interface PoseBody {
  readonly fps: number;
  readonly frames: number;
  readonly people: number;
  /** Offset in the file of coordinates, `float32` [frames, people, points, dimensions]. */
  readonly dataStart: number;
  /** Offset in the file of confidences, `float32` [frames, people, points]. */
  readonly confidenceStart: number;
}

/** `.pose` files of the three versions (format page: `.pose`). */
export const poseFileReader: FileReader = {
  kind: 'file',
  format: 'pose',
  title: '.pose 0.0, 0.1, 0.2 (pose-format: Holistic, OpenPose, COCO-WholeBody, AlphaPose)',
  recognise: (head) => looksLikePose(head.bytes) || /\.pose$/i.test(head.name),
  async open(source, options) {
    const header = await readPoseHeader(source);
    const format = `pose-v${header.version.toFixed(1)}`;
    const size = requireSize(source.name, format, options, header);
    const map = mapPoints(header, size.width);
    if (map.sources.length === 0) {
      const names = header.components.map((component) => component.name).join(', ');
      throw new PoseFileError(
        'HF_POSE_POINTS',
        `${source.name} has no component with known points, only ${shown(names, 200)}.`,
        { file: source.name },
      );
    }
    if (header.version === 0) {
      const { fps, frames } = await readVersion0(source, header, map);
      return { format, fps: requireFps(source.name, format, options, fps), ...size, tracked: false, frames };
    }
    const body = await readPoseBody(source, header);
    const clip: RawClip = {
      format,
      fps: requireFps(source.name, format, options, body.fps),
      ...size,
      frameCount: body.frames,
      people: body.people,
      tracked: true,
      frames: () => readFrames(source, header, body, map),
    };
    return clip;
  },
};

/** Reads the counts after the header of version 0.1 or 0.2 and checks them against the file's length. */
export async function readPoseBody(source: ByteSource, header: PoseHeader): Promise<PoseBody> {
  const short = header.version === 0.1;
  const counts = await source.read(header.length, short ? 6 : 10);
  if (counts.length < (short ? 6 : 10)) {
    throw new PoseFileError(
      'HF_POSE_CUT_OFF',
      `${source.name} ends after its header, at byte ${source.size}; write or copy the file again.`,
      { file: source.name },
    );
  }
  const fps = short ? counts.readUInt16LE(0) : counts.readFloatLE(0);
  const people = counts.readUInt16LE(counts.length - 2);
  const start = header.length + counts.length;
  const frameBytes = people * header.pointCount * (header.dimensions + 1) * 4;
  if (people === 0)
    throw new PoseFileError(
      'HF_POSE_NO_PERSON',
      `${source.name} holds no person; its body says 0 people at byte ${start - 2}.`,
      { file: source.name },
    );
  if (frameBytes > LARGEST_FRAME) {
    throw new PoseFileError(
      'HF_POSE_DAMAGED',
      `${source.name} says ${counted(people, 'person', 'people')} of ${counted(header.pointCount, 'point')} a frame at byte ${start - 2}, more than any picture shows.`,
      { file: source.name },
    );
  }
  const fit = (source.size - start) / frameBytes;
  // Version 0.1 counts frames in 16 bits: long clips overflow it, so that the file's length decides.
  const stated = short ? counts.readUInt16LE(2) : counts.readUInt32LE(4);
  const frames = short && Math.floor(fit) % 65536 === stated ? Math.floor(fit) : stated;
  if (fit < frames) {
    throw new PoseFileError(
      'HF_POSE_CUT_OFF',
      `${source.name} is cut off: it should hold ${counted(frames, 'frame')} and ends at byte ${source.size}, after enough for ${fit.toFixed(1)}; copy it again.`,
      { file: source.name },
    );
  }
  const confidenceStart = start + frames * people * header.pointCount * header.dimensions * 4;
  return { fps, frames, people, dataStart: start, confidenceStart };
}

async function* readFrames(
  source: ByteSource,
  header: PoseHeader,
  body: PoseBody,
  map: PointMap,
): AsyncGenerator<RawFrame> {
  const confidences = body.people * header.pointCount;
  const numbers = confidences * header.dimensions;
  const step = Math.max(1, Math.floor(CHUNK / (numbers * 4)));
  for (let first = 0; first < body.frames; first += step) {
    const count = Math.min(step, body.frames - first);
    const data = await floats(source, body.dataStart + first * numbers * 4, count * numbers);
    const confidence = await floats(
      source,
      body.confidenceStart + first * confidences * 4,
      count * confidences,
    );
    for (let frame = 0; frame < count; frame += 1) {
      const people = Array.from({ length: body.people }, (_, person) =>
        readPerson(
          map,
          header.dimensions,
          data,
          frame * numbers + person * header.pointCount * header.dimensions,
          confidence,
          frame * confidences + person * header.pointCount,
        ),
      );
      yield { people };
    }
  }
}

/** `count` little-endian float32 numbers from `offset`. */
export async function floats(source: ByteSource, offset: number, count: number): Promise<Float32Array> {
  const bytes = await source.read(offset, count * 4);
  if (bytes.length < count * 4) {
    throw new PoseFileError(
      'HF_POSE_CUT_OFF',
      `${source.name} is cut off at byte ${offset + bytes.length}; copy it again.`,
      { file: source.name },
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(count);
  for (let index = 0; index < count; index += 1) values[index] = view.getFloat32(index * 4, true);
  return values;
}
