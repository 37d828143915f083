import { PoseFileError } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';
import { jsonValues, parseJson } from '../json-values.js';
import { nobody, setPoint } from '../person.js';
import { KEYPOINT_COUNT } from '../pose-frame.js';
import { isRecord, listOf, numberOf, numbersOf } from './json-shape.js';
import { type FileReader, type RawFrame, requirePicture } from './reader.js';

/** Value of `format` in the first line. */
export const LINES_FORMAT = 'handfirst-keypoints';

/**
 * JSON lines as `pose convert` writes them. First `{"format":"handfirst-keypoints","version":1,"fps":25,"width":640,"height":480}`, then a
 * line a frame: `{"keypoints":[x, y, confidence, ... 399 numbers],"depth":[133 numbers or null]}`, pixels, PoseFrame's points.
 */
export const handfirstLinesReader: FileReader = {
  kind: 'file',
  format: 'json-lines',
  title: 'JSON lines of 133 points, as `handfirst pose convert` writes them',
  recognise: (head) => head.json.startsWith(`{"format":"${LINES_FORMAT}"`),
  async open(source, options) {
    for await (const value of jsonValues(source, () => false)) {
      const first = parseJson(source, value);
      if (!isRecord(first) || first.format !== LINES_FORMAT || first.version !== 1) break;
      const [width, height] = [numberOf(first.width), numberOf(first.height)];
      const size = width !== undefined && height !== undefined ? { width, height } : undefined;
      const fps = numberOf(first.fps);
      return {
        format: 'json-lines',
        ...requirePicture(source.name, 'JSON lines', options, { fps, size }),
        people: 1,
        tracked: true,
        frames: () => readFrames(source),
      };
    }
    throw new PoseFileError(
      'HF_POSE_DAMAGED',
      `${source.name} does not begin with a line {"format":"${LINES_FORMAT}","version":1,...} of JSON lines.`,
      { file: source.name },
    );
  },
};

async function* readFrames(source: ByteSource): AsyncGenerator<RawFrame> {
  let line = 0;
  for await (const value of jsonValues(source, () => false)) {
    line += 1;
    if (line === 1) continue;
    const frame = parseJson(source, value);
    const numbers = isRecord(frame) ? numbersOf(frame.keypoints) : [];
    if (!isRecord(frame) || numbers.length !== KEYPOINT_COUNT * 3) {
      throw new PoseFileError(
        'HF_POSE_DAMAGED',
        `${source.name}, value ${line} at byte ${value.offset}, is no frame: "keypoints" should hold ${KEYPOINT_COUNT * 3} numbers.`,
        { file: source.name, field: 'keypoints' },
      );
    }
    const person = nobody();
    for (let index = 0; index < KEYPOINT_COUNT; index += 1) {
      const [x, y, confidence] = numbers.slice(index * 3, index * 3 + 3);
      setPoint(person.keypoints, index, x ?? Number.NaN, y ?? Number.NaN, confidence ?? 0);
    }
    if (!Array.isArray(frame.depth)) {
      yield { people: [person] };
      continue;
    }
    const depth = new Float32Array(KEYPOINT_COUNT).fill(Number.NaN);
    listOf(frame.depth)
      .slice(0, KEYPOINT_COUNT)
      .forEach((number, index) => {
        depth[index] = numberOf(number) ?? Number.NaN;
      });
    yield { people: [{ keypoints: person.keypoints, depth }] };
  }
}
