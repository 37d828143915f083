import type { ByteSource } from '../byte-source.js';
import { points134, type Triple } from './dwpose-points.js';
import { isWrapped, jsonAbout, jsonFrames, sizeIn } from './json-frames.js';
import { isRecord, type JsonRecord, listOf, numbersOf } from './json-shape.js';
import { type FileReader, type PersonPoints, type RawFrame, requirePicture } from './reader.js';

const MISSING: Triple = [-1, -1, 0];
const BODY = 18;

/**
 * What DWPose's detector gives, as JSON: `bodies` (`candidate` [18 n][x, y], `subset` [n][18], places or -1), `hands` [2 n][21][x, y] (all
 * left ones, then all right ones), `faces` [n][68][x, y], in shares of the picture, and where they are kept `*_scores`.
 */
export const dwposeJsonReader: FileReader = {
  kind: 'file',
  format: 'dwpose-json',
  title: "JSON of DWPose's bodies, hands and faces",
  recognise: (head) => /"bodies":[[{]/.test(head.json),
  async open(source, options) {
    const wrapped = isWrapped((await source.read(0, 8192)).toString('utf8').replace(/\s+/g, ''));
    const about = await jsonAbout(source);
    const picture = requirePicture(source.name, 'DWPose JSON', options, {
      fps: about.fps,
      size: sizeIn(about),
    });
    return {
      format: 'dwpose-json',
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
  for await (const { frame } of jsonFrames(source, wrapped)) yield { people: peopleOf(frame, size) };
}

function peopleOf(frame: JsonRecord, size: { width: number; height: number }): PersonPoints[] {
  const bodies = isRecord(frame.bodies) ? frame.bodies : { candidate: frame.bodies };
  const candidates = listOf(bodies.candidate).map(numbersOf);
  const subset = listOf(bodies.subset).map(numbersOf);
  const hands = listOf(frame.hands);
  const faces = listOf(frame.faces);
  const count = Math.max(subset.length, Math.ceil(candidates.length / BODY));
  return Array.from({ length: Math.min(count, 1000) }, (_, person) => {
    const places = subset[person] ?? Array.from({ length: BODY }, (__, index) => person * BODY + index);
    const body = Array.from({ length: BODY }, (__, index) => triple(candidates[places[index] ?? -1]));
    const feet = Array.from({ length: 6 }, () => MISSING);
    return points134(
      [
        ...body,
        ...feet,
        ...series(faces[person], 68),
        ...series(hands[person], 21),
        ...series(hands[Math.floor(hands.length / 2) + person], 21),
      ],
      size,
    );
  });
}

function triple(numbers: readonly number[] | undefined): Triple {
  const [x, y, confidence] = numbers ?? [];
  return x === undefined || y === undefined ? MISSING : [x, y, confidence ?? 1];
}

/** Exactly `length` points of a list. */
function series(value: unknown, length: number): Triple[] {
  const points = listOf(value);
  return Array.from({ length }, (_, index) => triple(numbersOf(points[index])));
}
