import { shown } from '../byte-source.js';
import type { FileHead } from './reader.js';

/** A kind of file that is not read, and what to do with it. */
interface Foreign {
  is(head: FileHead, text: string): boolean;
  readonly says: string;
}

function begins(...bytes: readonly number[]): (head: FileHead) => boolean {
  return ({ bytes: start }) => bytes.every((byte, at) => start[at] === byte);
}

const ARRAY = 'save the numbers as one .npy array (numpy.save)';
const VIDEO = 'a video: `handfirst pose extract` finds the keypoints in it';
const PICTURE = 'a picture; name the keypoints that were found in it';

/** Kinds by their first bytes, the surest first. */
const FOREIGN: readonly Foreign[] = [
  {
    is: ({ bytes }) => bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 9) <= 5,
    says:
      'a Python pickle, which runs programs when it is read and is therefore not read: ' +
      `${ARRAY}, or as JSON`,
  },
  { is: begins(0x89, 0x48, 0x44, 0x46), says: `an HDF5 file: ${ARRAY}` },
  { is: ({ bytes }) => bytes.toString('latin1', 4, 8) === 'ftyp', says: VIDEO },
  { is: begins(0x1a, 0x45, 0xdf, 0xa3), says: VIDEO },
  { is: ({ bytes }) => bytes.toString('latin1', 8, 12) === 'AVI ', says: VIDEO },
  { is: begins(0x89, 0x50, 0x4e, 0x47), says: PICTURE },
  { is: begins(0xff, 0xd8, 0xff), says: PICTURE },
  { is: (_, text) => text.startsWith('GIF8'), says: PICTURE },
  { is: (_, text) => text.startsWith('MATLAB 5.0'), says: `a MATLAB file: ${ARRAY}` },
  { is: (_, text) => text.startsWith('SQLite format 3'), says: `an SQLite database: ${ARRAY}` },
  {
    is: (_, text) => text.startsWith('version https://git-lfs'),
    says: 'a pointer of Git LFS in place of the file: fetch the file with `git lfs pull`',
  },
  {
    is: ({ bytes }) =>
      begins(0x37, 0x7a, 0xbc, 0xaf)({ name: '', size: 0, bytes, json: '' }) ||
      bytes.toString('latin1', 0, 4) === 'Rar!' ||
      bytes.toString('latin1', 257, 262) === 'ustar',
    says: 'an archive: unpack it, and name the folder or file in it',
  },
  {
    is: (_, text) => /^\s*<(?:!doctype|html|\?xml)/i.test(text),
    says: 'a web page or XML; name the file of keypoints itself',
  },
  {
    is: (_, text) => text.startsWith('HIERARCHY'),
    says: 'a BVH skeleton, which has no places in a picture; name keypoints of a video',
  },
  {
    is: ({ json }) => /"(?:multiHandLandmarks|multi_hand_landmarks|handedness)":/i.test(json),
    says: 'the result of a hand detector alone: hands cannot be drawn without a body. Find both with MediaPipe Holistic, or with `handfirst pose extract` on the video',
  },
  {
    is: (_, text) => /^\s*(?:-?\d[\d.eE+-]*\s+){20}/.test(text),
    says: `a text of plain numbers, such as \`.skels\`, which does not say which point is which: ${ARRAY} of a known shape`,
  },
  {
    is: (head, text) => /\.[ct]sv$/i.test(head.name) || /^[\w .-]+(?:[,;\t][\w .-]*){3,}\r?\n/.test(text),
    says: `a table of text (CSV): ${ARRAY}, or the table as parquet if it is one of Kaggle's`,
  },
];

/** What a file that no reader knows is, and the way out, after its name; undefined where that is unknown. */
export function foreignKind(head: FileHead): string | undefined {
  const text = head.bytes.toString('latin1', 0, 4096);
  const kind = FOREIGN.find((candidate) => candidate.is(head, text));
  if (kind) return kind.says;
  const names = [...head.json.slice(0, 2000).matchAll(/"([A-Za-z_][\w-]{0,40})":/g)].map(
    ([, name = '']) => name,
  );
  const first = [...new Set(names)].slice(0, 4).map((name) => shown(name, 40));
  if (first.length === 0) return undefined;
  return `JSON in no layout that is known (its first names are ${first.join(', ')}): \`handfirst pose formats\` lists what can be read`;
}
