import { counted } from '../../counted.js';
import { PoseFileError } from '../../errors.js';
import { type ByteSource, shown, windowSource } from '../byte-source.js';
import { spoolUnpacked } from '../spool.js';
import { arrayClip, isLandmarks } from './landmark-array.js';
import { openNpy } from './npy.js';
import type { FileReader, RawClip, SourceOptions } from './reader.js';

/** A file inside a zip archive. */
interface Member {
  readonly name: string;
  /** 0 = stored, 8 = deflated. */
  readonly method: number;
  readonly packed: number;
  /** Offset of its local header. */
  readonly offset: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const MOST_MEMBERS = 10_000;

/** numpy's `.npz`: the arrays of `landmarks-npy` in a zip archive; `sequence` names one of several. */
export const landmarkArchiveReader: FileReader = {
  kind: 'file',
  format: 'landmarks-npz',
  title: '.npz with one of the .npy arrays; `sequence` names one of several',
  recognise: (head) => head.bytes.length > 4 && head.bytes.readUInt32LE(0) === LOCAL,
  async open(source, options) {
    const all = await listMembers(source);
    const members = all.filter(({ name }) => name.endsWith('.npy'));
    if (members.length === 0) throw noArrays(source.name, all);
    const { sequence } = options;
    const chosen = sequence === undefined ? members : members.filter(({ name }) => plain(name) === sequence);
    const clips: NamedClip[] = [];
    try {
      for (const member of chosen) {
        const clip = await openClip(source, member, options, chosen.length === 1);
        if (clip) clips.push({ name: plain(member.name), clip });
      }
      const [only, ...others] = clips;
      if (!only)
        throw new PoseFileError('HF_POSE_SEQUENCE', noArray(source.name, members, sequence), {
          file: source.name,
          field: 'sequence',
        });
      if (others.length > 0) {
        const names = clips.map(({ name }) => name).slice(0, 5);
        throw new PoseFileError(
          'HF_POSE_SEQUENCE',
          `${source.name} holds ${clips.length} arrays of landmarks; choose one with \`sequence\` ${names.join(' or ')}.`,
          { file: source.name, field: 'sequence' },
        );
      }
      return only.clip;
    } catch (error) {
      await Promise.all(clips.map(({ clip }) => clip.close?.()));
      throw error;
    }
  },
};

interface NamedClip {
  readonly name: string;
  readonly clip: RawClip;
}

/** A member as a clip. Of several, those that hold something else (labels, lengths) are passed over. */
async function openClip(
  source: ByteSource,
  member: Member,
  options: SourceOptions,
  insist: boolean,
): Promise<RawClip | undefined> {
  const opened = await openMember(source, member);
  try {
    const array = await openNpy(opened);
    if (!insist && !isLandmarks(array.shape)) {
      await opened.close();
      return undefined;
    }
    return {
      ...(await arrayClip(opened.name, 'landmarks-npz', array, options)),
      close: () => opened.close(),
    };
  } catch (error) {
    await opened.close();
    if (error instanceof PoseFileError && !insist && /Python objects|not plain numbers/.test(error.message))
      return undefined;
    throw error;
  }
}

/** A zip archive of something else. */
function noArrays(name: string, members: readonly Member[]): PoseFileError {
  const torch = members.some((member) => member.name.endsWith('data.pkl'));
  const first = members.find((member) => !member.name.endsWith('/'))?.name;
  const what = first === undefined ? 'nothing' : `${counted(members.length, 'file')} such as ${shown(first)}`;
  return new PoseFileError(
    'HF_POSE_LAYOUT',
    torch
      ? `${name} holds a PyTorch pickle, which runs programs when it is read and is therefore not read: save the array with numpy.save.`
      : `${name} is a zip archive of ${what}, not of .npy arrays: unpack it, and name the folder or file in it.`,
    { file: name },
  );
}

function plain(name: string): string {
  return shown(name.replace(/\.npy$/, ''));
}

function noArray(name: string, members: readonly Member[], sequence: string | undefined): string {
  const names =
    members
      .map((member) => plain(member.name))
      .slice(0, 10)
      .join(', ') || 'none';
  if (sequence !== undefined) return `${name} has no array ${sequence}; it holds ${names}.`;
  return `${name} holds no array of landmarks, only ${names}; known shapes are those of .npy files.`;
}

/** A member's bytes: a window of the archive where it is stored, unpacked otherwise. */
async function openMember(source: ByteSource, member: Member): Promise<ByteSource> {
  const local = await source.read(member.offset, 30);
  if (local.length < 30 || local.readUInt32LE(0) !== LOCAL) {
    throw new PoseFileError(
      'HF_POSE_DAMAGED',
      `${source.name} has no ${shown(member.name)} at byte ${member.offset}, where its list says; copy it again.`,
      { file: source.name },
    );
  }
  const start = member.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  const name = `${source.name} (${shown(member.name)})`;
  if (start + member.packed > source.size)
    throw new PoseFileError('HF_POSE_CUT_OFF', `${name} is cut off at byte ${source.size}; copy it again.`, {
      file: name,
    });
  const window = windowSource({ ...source, close: async () => {} }, name, start, member.packed);
  if (member.method === 0) return window;
  if (member.method === 8) return spoolUnpacked(name, window, 'deflate');
  throw new PoseFileError(
    'HF_POSE_DAMAGED',
    `${name} is packed by method ${member.method}; numpy stores or deflates.`,
    { file: name },
  );
}

/** The archive's own list of members, at its end (zip format, sections 4.3.12 and 4.3.16). */
async function listMembers(source: ByteSource): Promise<Member[]> {
  const tailStart = Math.max(0, source.size - 65_557);
  const tail = await source.read(tailStart, 65_557);
  let at = tail.length - 22;
  while (at >= 0 && tail.readUInt32LE(at) !== END) at -= 1;
  if (at < 0)
    throw new PoseFileError(
      'HF_POSE_CUT_OFF',
      `${source.name} is cut off: its list of members is not at its end; copy it again.`,
      { file: source.name },
    );
  const count = tail.readUInt16LE(at + 10);
  if (count > MOST_MEMBERS)
    throw new PoseFileError(
      'HF_POSE_TOO_LARGE',
      `${source.name} lists ${count} members; ${MOST_MEMBERS} is the most.`,
      { file: source.name },
    );
  const list = await source.read(
    tail.readUInt32LE(at + 16),
    Math.min(tail.readUInt32LE(at + 12), 64 * 1024 * 1024),
  );
  const members: Member[] = [];
  let place = 0;
  while (members.length < count && place + 46 <= list.length && list.readUInt32LE(place) === CENTRAL) {
    const nameLength = list.readUInt16LE(place + 28);
    const extra = list.readUInt16LE(place + 30);
    const name = list.toString('utf8', place + 46, place + 46 + nameLength);
    const packed = zip64Size(list, place, nameLength, extra);
    members.push({
      name,
      method: list.readUInt16LE(place + 10),
      packed,
      offset: list.readUInt32LE(place + 42),
    });
    place += 46 + nameLength + extra + list.readUInt16LE(place + 32);
  }
  if (members.length < count)
    throw new PoseFileError(
      'HF_POSE_DAMAGED',
      `${source.name} lists ${count} members and names ${members.length}; copy it again.`,
      { file: source.name },
    );
  return members;
}

/** Packed size of a member; numpy writes it into the 64-bit field for large or streamed arrays. */
function zip64Size(list: Buffer, place: number, nameLength: number, extra: number): number {
  const size = list.readUInt32LE(place + 20);
  if (size !== 0xffffffff) return size;
  const end = Math.min(list.length, place + 46 + nameLength + extra);
  for (let at = place + 46 + nameLength; at + 4 <= end; at += 4 + list.readUInt16LE(at + 2)) {
    const original = list.readUInt32LE(place + 24) === 0xffffffff ? 8 : 0;
    if (list.readUInt16LE(at) === 1 && at + 4 + original + 8 <= end)
      return Number(list.readBigUInt64LE(at + 4 + original));
  }
  return size;
}
