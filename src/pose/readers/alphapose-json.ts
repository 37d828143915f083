import { counted } from '../../counted.js';
import { PoseFileError } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';
import { nobody, setPoint } from '../person.js';
import { KEYPOINT_COUNT, PARTS } from '../pose-frame.js';
import { jsonFrames } from './json-frames.js';
import { type JsonRecord, numberOf, numbersOf } from './json-shape.js';
import { type FileReader, type PersonPoints, type RawFrame, requirePicture } from './reader.js';

/** Frame numbers that jump further than this are a fault. */
const LONGEST_GAP = 100_000;

/** Toes and heels of Halpe among the 133: left and right big toe, small toe, heel. */
const HALPE_FEET = [17, 20, 18, 21, 19, 22] as const;
/** Places that each of Halpe's 136 points fills; its head, neck and middle of the hips have none. */
const HALPE_136: readonly (number | undefined)[] = [
  ...Array.from({ length: PARTS.body.length }, (_, index) => index),
  undefined,
  undefined,
  undefined,
  ...HALPE_FEET,
  ...Array.from({ length: KEYPOINT_COUNT - PARTS.face.start }, (_, index) => PARTS.face.start + index),
];
const COCO_133 = Array.from({ length: KEYPOINT_COUNT }, (_, index) => index);

/** AlphaPose's results: a list of people, each with the picture it is of, x, y and score of 136 (Halpe) or 133 points. */
export const alphaposeJsonReader: FileReader = {
  kind: 'file',
  format: 'alphapose-json',
  title: 'AlphaPose results, 136 points (Halpe) or 133 (COCO-WholeBody)',
  recognise: (head) => /"image_id":/.test(head.json) && /"keypoints":\[-?[\d.]/.test(head.json),
  async open(source, options) {
    const picture = requirePicture(source.name, 'AlphaPose results', options);
    return { format: 'alphapose-json', ...picture, tracked: false, frames: () => readFrames(source) };
  },
};

async function* readFrames(source: ByteSource): AsyncGenerator<RawFrame> {
  let number: number | undefined;
  let people: PersonPoints[] = [];
  for await (const { frame, value } of jsonFrames(source, false)) {
    const next = imageNumber(frame) ?? (number ?? -1) + 1;
    const gap = next - (number ?? next);
    if (gap < 0 || gap > LONGEST_GAP) {
      throw new PoseFileError(
        'HF_POSE_FRAME_ORDER',
        `${source.name} jumps from picture ${number} to picture ${next} at byte ${value.offset}; sort it by \`image_id\` and keep one clip a file.`,
        { file: source.name, frame: next },
      );
    }
    if (gap > 0) {
      yield { people };
      for (let missing = 1; missing < gap; missing += 1) yield { people: [] };
      people = [];
    }
    people.push(personOf(source, frame, value.offset));
    number = next;
  }
  if (number !== undefined) yield { people };
}

/** The number in `image_id`: `31.jpg`, `frame_000031.png`, or a number. */
function imageNumber({ image_id: id }: JsonRecord): number | undefined {
  if (typeof id !== 'string') return numberOf(id);
  const digits = /(\d{1,9})(?:\.\w+)?$/.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function personOf(source: ByteSource, frame: JsonRecord, offset: number): PersonPoints {
  const numbers = numbersOf(frame.keypoints);
  const places = [HALPE_136, COCO_133].find((known) => known.length * 3 === numbers.length);
  if (!places) {
    throw new PoseFileError(
      'HF_POSE_POINTS',
      `${source.name} has a person of ${counted(numbers.length / 3, 'point')} at byte ${offset}; a whole-body model of AlphaPose gives 136 or 133.`,
      { file: source.name },
    );
  }
  const person = nobody();
  places.forEach((place, index) => {
    const [x = Number.NaN, y = Number.NaN, score = 0] = numbers.slice(index * 3, index * 3 + 3);
    if (place !== undefined) setPoint(person.keypoints, place, x, y, score);
  });
  return person;
}
