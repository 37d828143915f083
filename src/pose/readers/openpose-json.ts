import { PoseFileError } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';
import { areShares } from './holistic-points.js';
import { isWrapped, jsonAbout, jsonFrames, sizeIn } from './json-frames.js';
import { isRecord, type JsonRecord, listOf, numberOf, numbersOf } from './json-shape.js';
import { openposePeople } from './openpose-person.js';
import { type FileReader, type RawFrame, requirePicture } from './reader.js';

/**
 * OpenPose frames in one file: a list, JSON lines or one frame alone, as ComfyUI and web front ends keep them, with `canvas_width` and
 * `canvas_height`, COCO-18 bodies, `null` parts, in pixels or shares of the canvas (format page: OpenPose JSON).
 */
export const openposeJsonReader: FileReader = {
  kind: 'file',
  format: 'openpose-json',
  title: 'OpenPose frames in one JSON file (ComfyUI, web front ends)',
  recognise: (head) => /"people":\[/.test(head.json),
  async open(source, options) {
    const wrapped = isWrapped((await source.read(0, 8192)).toString('utf8').replace(/\s+/g, ''));
    const about = await jsonAbout(source);
    const { canvas, shares } = await examine(source, wrapped);
    const own = { fps: about.fps, size: canvas ?? sizeIn(about) };
    const picture = requirePicture(source.name, 'OpenPose JSON', options, own);
    const scale = shares ? { x: picture.width, y: picture.height } : { x: 1, y: 1 };
    async function* frames(): AsyncGenerator<RawFrame> {
      for await (const { frame, value } of jsonFrames(source, wrapped)) {
        const people = openposePeople(frame, scale);
        if (!people) {
          throw new PoseFileError(
            'HF_POSE_DAMAGED',
            `${source.name} has no OpenPose frame at byte ${value.offset}: it has no list "people".`,
            { file: source.name },
          );
        }
        yield { people };
      }
    }
    return { format: 'openpose-json', ...picture, tracked: false, frames };
  },
};

/** Canvas size of the first frame, and whether the first person's coordinates are shares of it. */
async function examine(
  source: ByteSource,
  wrapped: boolean,
): Promise<{ canvas: { width: number; height: number } | undefined; shares: boolean }> {
  let canvas: { width: number; height: number } | undefined;
  for await (const { frame } of jsonFrames(source, wrapped)) {
    const [width, height] = [numberOf(frame.canvas_width), numberOf(frame.canvas_height)];
    canvas ??= width !== undefined && height !== undefined ? { width, height } : undefined;
    const coordinates = listOf(frame.people).flatMap((person) =>
      isRecord(person) ? coordinatesOf(person) : [],
    );
    if (coordinates.length > 0) return { canvas, shares: areShares(coordinates) };
  }
  return { canvas, shares: false };
}

/** x and y of the known points of the body and hands. */
function coordinatesOf(person: JsonRecord): number[] {
  return ['pose_keypoints_2d', 'hand_left_keypoints_2d', 'hand_right_keypoints_2d'].flatMap((part) => {
    const numbers = numbersOf(person[part]);
    return numbers.filter((_, index) => index % 3 !== 2 && (numbers[index - (index % 3) + 2] ?? 0) > 0);
  });
}
