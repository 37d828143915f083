import { counted } from '../counted.js';
import { PoseFileError } from '../errors.js';
import { distinctPeople, PersonFollower, peopleSeen } from './choose-person.js';
import { OrientationCount, type Rotate, type Turn, turnedSize, turnFrame } from './orientation.js';
import { anyKnown, distanceOf, middle, nobody } from './person.js';
import type { PoseClip, PoseClipInfo, PoseFrame } from './pose-frame.js';
import type { RawClip } from './readers/reader.js';

/** How one of several people is followed. */
export interface FollowOptions {
  /** Which of several people, from 1. */
  readonly person?: number;
  /** What becomes of several people where `person` chooses none. */
  readonly several?: 'refuse' | 'first';
  /** Degrees by which the picture is turned clockwise. Default `auto`. */
  readonly rotate?: Rotate;
}

/** Scores up to this are shares with a little noise (OpenPose's); higher ones count in units of their own. */
const LARGEST_SCORE = 1.5;
/** Frames with a person that are looked at of files that are not read wholly. */
const SURVEYED = 300;

/** Makes a clip of one person out of the raw frames, after a look at them: at all of them (`wholly`), or at the first with a person. */
export async function follow(
  name: string,
  raw: RawClip,
  { person, several = 'refuse', rotate = 'auto' }: FollowOptions,
  wholly: boolean,
  close: () => Promise<void>,
): Promise<PoseClip> {
  if (raw.tracked && person !== undefined && raw.people !== undefined && person > raw.people) {
    throw new PoseFileError(
      'HF_POSE_PERSON',
      `${name} holds ${counted(raw.people, 'person', 'people')}; person ${person} is not among them.`,
      { file: name, field: 'person' },
    );
  }
  let twice = 0;
  async function* chosen(): AsyncGenerator<PoseFrame> {
    twice = 0;
    const reach = Math.max(raw.width, raw.height);
    const follower = new PersonFollower({ name, person, several, tracked: raw.tracked, reach });
    let index = 0;
    for await (const everybody of raw.frames()) {
      // A place in a list that is the same person in all frames has to stay.
      const frame = raw.tracked ? everybody : { people: distinctPeople(everybody.people) };
      if (frame.people.length < everybody.people.length) twice += 1;
      const points = follower.choose(frame, index) ?? nobody();
      const people = peopleSeen(frame).length;
      yield { index, time: index / raw.fps, ...points, ...(people > 1 ? { people } : {}) };
      index += 1;
    }
  }
  const { frameCount, largestScore, upright } = await survey(name, chosen(), wholly);
  const doubled =
    twice > 0 ? [`Somebody is listed twice in ${counted(twice, 'frame')}: the surer entry counts.`] : [];
  const unit = largestScore > LARGEST_SCORE ? largestScore : 1;
  const scored =
    unit > 1
      ? [`Scores reach ${Number(largestScore.toFixed(2))} in place of 1: they are divided by that.`]
      : [];
  const turn = rotate === 'auto' ? upright : rotate;
  const turned =
    rotate === 'auto' && turn !== 0
      ? [
          `Heads lie ${turn === 180 ? 'below' : 'beside'} the shoulders: the picture is turned clockwise by ${turn} degrees; \`rotate: 0\` leaves it.`,
        ]
      : [];
  const info: PoseClipInfo = {
    format: raw.format,
    fps: raw.fps,
    ...turnedSize(raw, turn),
    frameCount: raw.frameCount ?? frameCount,
    people: raw.people,
    remarks: [...(raw.remarks ?? []), ...doubled, ...scored, ...turned],
  };
  async function* frames(): AsyncGenerator<PoseFrame> {
    for await (const frame of chosen()) {
      limitScores(frame.keypoints, unit);
      yield turnFrame(frame, raw, turn);
    }
  }
  return { info, frames, close };
}

/** Confidences in shares of `unit`, 1 at the most. */
function limitScores(keypoints: Float32Array, unit: number): void {
  for (let at = 2; at < keypoints.length; at += 3) {
    const score = keypoints[at] ?? 0;
    if (score > 0 && (unit > 1 || score > 1)) keypoints[at] = Math.min(1, score / unit);
  }
}

interface Survey {
  /** Where the file was read wholly. */
  readonly frameCount: number | undefined;
  readonly largestScore: number;
  /** The turn that puts heads above shoulders. */
  readonly upright: Turn;
}

async function survey(name: string, frames: AsyncIterable<PoseFrame>, wholly: boolean): Promise<Survey> {
  let count = 0;
  let someone = 0;
  let largestScore = 0;
  let ended = true;
  const unit = new UnitCheck();
  const orientation = new OrientationCount();
  for await (const { keypoints } of frames) {
    count += 1;
    if (!anyKnown(keypoints)) continue;
    someone += 1;
    for (let at = 2; at < keypoints.length; at += 3)
      largestScore = Math.max(largestScore, keypoints[at] ?? 0);
    unit.add(keypoints);
    orientation.add(keypoints);
    if (wholly || someone < SURVEYED) continue;
    ended = false;
    break;
  }
  if (count === 0) throw new PoseFileError('HF_POSE_NO_FRAMES', `${name} holds no frames.`, { file: name });
  if (someone === 0)
    throw new PoseFileError('HF_POSE_NO_PERSON', `${name} shows no person in any of its frames (${count}).`, {
      file: name,
    });
  unit.check(name);
  return { frameCount: ended ? count : undefined, largestScore, upright: orientation.turn() };
}

/** Middles of the hips nearer to 0,0 than this share of the shoulders' width are its origin. */
const ORIGIN = 0.05;
/** Shoulders narrower than this are no pixels. */
const NARROWEST = 1.2;

/** Finds out whether coordinates are places in a picture: metres about the hips, and normalised ones, are not. */
class UnitCheck {
  private judged = 0;
  private aboutHips = 0;
  private narrow = 0;

  add(keypoints: Float32Array): void {
    const [shoulders, hips] = [distanceOf(keypoints, 5, 6), middle(keypoints, [11, 12])];
    const across = distanceOf(keypoints, 11, 12);
    if (shoulders === undefined || shoulders === 0) return;
    this.judged += 1;
    if (shoulders < NARROWEST) this.narrow += 1;
    if (hips && across && Math.hypot(hips.x, hips.y) < ORIGIN * shoulders) this.aboutHips += 1;
  }

  check(file: string): void {
    if (this.judged === 0) return;
    if (this.aboutHips === this.judged) {
      throw new PoseFileError(
        'HF_POSE_UNITS',
        `${file} holds metres from the middle of the hips (MediaPipe's world landmarks), not places in the picture: write \`pose_landmarks\` in place of \`pose_world_landmarks\`.`,
        { file },
      );
    }
    if (this.narrow === this.judged) {
      throw new PoseFileError(
        'HF_POSE_UNITS',
        `${file} shows shoulders that are no more than a pixel wide in every frame, so its numbers are normalised or metres, not pixels of the picture: write it before it is normalised.`,
        { file },
      );
    }
  }
}
