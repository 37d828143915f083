import { counted } from '../../counted.js';
import { PoseFileError } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';
import { nobody, setPoint } from '../person.js';
import { KEYPOINT_COUNT } from '../pose-frame.js';
import { points134 } from './dwpose-points.js';
import { isWrapped, jsonAbout, jsonFrames, sizeIn } from './json-frames.js';
import { isRecord, type JsonRecord, listOf, numberOf, numbersOf } from './json-shape.js';
import { type FileReader, type PersonPoints, type RawFrame, requirePicture } from './reader.js';

/** Frame numbers that jump further than this are a fault. */
const LONGEST_GAP = 100_000;

/** MMPose's JSON: of its inferencer on a video (a list) and of its demo scripts (`instance_info`); 133 points, or DWPose's 134. */
export const mmposeJsonReader: FileReader = {
  kind: 'file',
  format: 'mmpose-json',
  title: 'MMPose JSON, video or demo, 133 points (RTMW, DWPose), or DWPose 134',
  recognise: (head) => /"instances":\[|"instance_info":\[/.test(head.json),
  async open(source, options) {
    const wrapped = isWrapped((await source.read(0, 8192)).toString('utf8').replace(/\s+/g, ''));
    const about = await jsonAbout(source);
    const picture = requirePicture(source.name, 'MMPose JSON', options, {
      fps: about.fps,
      size: sizeIn(about),
    });
    return {
      format: 'mmpose-json',
      ...picture,
      tracked: false,
      frames: () => readFrames(source, wrapped, picture),
    };
  },
};

async function* readFrames(
  source: ByteSource,
  wrapped: boolean,
  size: { width: number; height: number },
): AsyncGenerator<RawFrame> {
  let next: number | undefined;
  for await (const { frame, value } of jsonFrames(source, wrapped)) {
    const number = numberOf(frame.frame_id) ?? next ?? 0;
    const gap = number - (next ?? number);
    if (gap < 0 || gap > LONGEST_GAP) {
      throw new PoseFileError(
        'HF_POSE_FRAME_ORDER',
        `${source.name} jumps to frame_id ${number} at byte ${value.offset}, where ${next} should be.`,
        { file: source.name, frame: number },
      );
    }
    for (let missing = 0; missing < gap; missing += 1) yield { people: [] };
    const people = listOf(frame.instances).map((instance) =>
      instancePerson(source, instance, size, value.offset),
    );
    yield { people };
    next = number + 1;
  }
}

function instancePerson(
  source: ByteSource,
  instance: unknown,
  size: { width: number; height: number },
  offset: number,
): PersonPoints {
  const record: JsonRecord = isRecord(instance) ? instance : {};
  const points = listOf(record.keypoints).map(numbersOf);
  const scores = numbersOf(record.keypoint_scores);
  const withScores = points.map(([x, y, score], index): [number, number, number] => [
    x ?? Number.NaN,
    y ?? Number.NaN,
    scores[index] ?? score ?? 1,
  ]);
  if (points.length === KEYPOINT_COUNT + 1) return points134(withScores, size);
  if (points.length !== KEYPOINT_COUNT) {
    throw new PoseFileError(
      'HF_POSE_POINTS',
      `${source.name} has a person of ${counted(points.length, 'point')} in the frame at byte ${offset}; a whole-body model gives 133.`,
      { file: source.name },
    );
  }
  const person = nobody();
  withScores.forEach(([x, y, score], index) => {
    setPoint(person.keypoints, index, x, y, score);
  });
  return person;
}
