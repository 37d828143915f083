import { counted } from '../counted.js';
import { PoseFileError } from '../errors.js';
import { anyKnown, distanceOf, middle, pointAt } from './person.js';
import { PARTS } from './pose-frame.js';
import type { PersonPoints, RawFrame } from './readers/reader.js';

/** A person who moves further than this share of the picture's longer side in a frame is somebody else. */
const LONGEST_STEP = 0.25;

/** Says who is followed through a clip. */
export interface PersonChoice {
  /** File name for sentences. */
  readonly name: string;
  /** Which person, from 1; undefined where only one is expected. */
  readonly person: number | undefined;
  /** Whether several people without a choice are refused, or the first is taken. */
  readonly several: 'refuse' | 'first';
  /** Whether the same place in the list is the same person in all frames. */
  readonly tracked: boolean;
  /** Longer side of the picture, pixels. */
  readonly reach: number;
}

/**
 * Follows one person through the frames of a clip. Files that list people in no fixed order are followed by place: the
 * chosen one in the first frame that shows enough people, then always the nearest. Throws PoseFileError where several people
 * are seen and none was chosen.
 */
export class PersonFollower {
  private last: { x: number; y: number } | undefined;

  constructor(private readonly choice: PersonChoice) {}

  /** The person's points in frame `index`, or undefined where the person is not seen. */
  choose(frame: RawFrame, index: number): PersonPoints | undefined {
    const { name, person, tracked, several } = this.choice;
    const seen = peopleSeen(frame);
    if (person === undefined && several === 'first')
      return tracked ? seen[0] : (this.nearest(seen, 1) ?? seen[0]);
    if (person === undefined) {
      if (seen.length > 1) {
        throw new PoseFileError(
          'HF_POSE_SEVERAL_PEOPLE',
          `${name} shows ${counted(seen.length, 'person', 'people')} in frame ${index}; choose one from 1 to ${seen.length} with \`person\`.`,
          { file: name, frame: index, field: 'person' },
        );
      }
      return seen[0];
    }
    return tracked ? frame.people[person - 1] : this.nearest(seen, person);
  }

  private nearest(seen: readonly PersonPoints[], person: number): PersonPoints | undefined {
    const last = this.last;
    let best = last === undefined ? seen[person - 1] : undefined;
    let shortest = this.choice.reach * LONGEST_STEP;
    for (const candidate of last === undefined ? [] : seen) {
      const place = middle(candidate.keypoints, bodyIndices());
      if (!place || !last) continue;
      const distance = Math.hypot(place.x - last.x, place.y - last.y);
      if (distance >= shortest) continue;
      best = candidate;
      shortest = distance;
    }
    if (best) this.last = middle(best.keypoints, bodyIndices()) ?? this.last;
    return best;
  }
}

/** The people of whom anything is known. */
export function peopleSeen(frame: RawFrame): readonly PersonPoints[] {
  return frame.people.filter(({ keypoints }) => anyKnown(keypoints));
}

/** Points of the body that two entries must share, and how near they lie, in widths of the shoulders, to be one person. */
const ONE_PERSON = { points: 4, apart: 0.15 };

/** Of more people than this none is looked at twice: comparing them all takes long. */
const CROWD = 50;

/** Everybody once: of entries that lie on one another (a detector found someone twice) the surest stays. */
export function distinctPeople(people: readonly PersonPoints[]): readonly PersonPoints[] {
  if (people.length < 2 || people.length > CROWD) return people;
  const surest = [...people].sort((a, b) => sureness(b) - sureness(a));
  const kept = surest.filter((one, rank) => !surest.slice(0, rank).some((other) => areOne(one, other)));
  return people.filter((one) => kept.includes(one));
}

function sureness({ keypoints }: PersonPoints): number {
  return keypoints.reduce((sum, value, at) => (at % 3 === 2 ? sum + value : sum), 0);
}

function areOne({ keypoints: a }: PersonPoints, { keypoints: b }: PersonPoints): boolean {
  const width = distanceOf(a, 5, 6) ?? distanceOf(b, 5, 6) ?? 0;
  const gaps: number[] = [];
  for (let index = 0; index < PARTS.body.length; index += 1) {
    const [here, there] = [pointAt(a, index), pointAt(b, index)];
    if (here && there) gaps.push(Math.hypot(here.x - there.x, here.y - there.y));
  }
  if (gaps.length < ONE_PERSON.points) return false;
  return gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length <= ONE_PERSON.apart * width;
}

/** Head, shoulders and hips: they move least. */
function bodyIndices(): number[] {
  return [0, 1, 2, 3, 4, 5, 6, 11, 12].map((index) => PARTS.body.start + index);
}
