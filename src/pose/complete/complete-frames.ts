import { confidenceOf, copyPerson } from '../person.js';
import type { PoseFrame } from '../pose-frame.js';
import { type Anatomy, frameScale } from '../repair/anatomy.js';
import type { RepairTally } from '../repairs.js';
import { NO_TURN, turnBetween, turned } from '../turn.js';
import { elbow, hand, wrist } from './arm-groups.js';
import type { Group, Place, Pose } from './group.js';
import { head, hips, shoulders } from './trunk-groups.js';

/** Confidence of a completed point: below that of anything a detector was sure of. */
const COMPLETED = 0.25;
/** Seconds in which a part that a file loses goes to its rest, or comes back from it. */
const WAY = 0.32;

/** In this order: the groups of each stage hang on those of the stages before. */
const STAGES: readonly (readonly Group[])[] = [
  [shoulders],
  [head, hips],
  [elbow('left'), elbow('right')],
  [wrist('left'), wrist('right')],
  [hand('left'), hand('right')],
];

/**
 * Completes what a person must have and the frames lack: shoulders of a head, a head above shoulders, nose, eyes and ears of a face, a calm
 * face on a head, hips, and arms that hang or lead to the hand that is known, with a relaxed hand. What is missing for a while sinks to
 * its rest from where it was last seen and rises from it in time (`live`: at once, since no frame waits for the next). It knows the frames of the file alone, never what was drawn.
 */
export function completeFrames(
  frames: AsyncIterable<PoseFrame>,
  fps: number,
  anatomy: Anatomy,
  { tally, live = false }: { readonly tally?: RepairTally; readonly live?: boolean } = {},
): AsyncIterable<PoseFrame> {
  const way = Math.max(1, Math.round(WAY * fps));
  const completing = { way, ahead: live ? 0 : 2 * way, anatomy, tally };
  return STAGES.reduce((source, groups) => completeStage(source, groups, completing), frames);
}

interface Completing {
  /** Frames from a part's last place to its rest. */
  readonly way: number;
  /** Frames that a frame waits for. */
  readonly ahead: number;
  readonly anatomy: Anatomy;
  readonly tally?: RepairTally;
}

interface Open extends Pose {
  readonly frame: PoseFrame;
  readonly depth?: Float32Array;
  /**
   * Of each group its points, in widths of the shoulders from its anchor, where the frame itself knows it or leads it; else
   * undefined, as are single points that are missing from a group that is there.
   */
  readonly shapes: readonly (Shape | undefined)[];
}

type Shape = readonly (Place | undefined)[];

/** Where a group was when it was last seen, and how many frames ago. */
interface Sighting {
  shape: Shape | undefined;
  since: number;
}

async function* completeStage(
  frames: AsyncIterable<PoseFrame>,
  groups: readonly Group[],
  completing: Completing,
): AsyncGenerator<PoseFrame> {
  const ahead = groups.every(({ timeless }) => timeless) ? 0 : completing.ahead;
  const waiting: Open[] = [];
  const last: Sighting[] = groups.map(() => ({ shape: undefined, since: 0 }));
  const next = (): PoseFrame | undefined => {
    const open = waiting.shift();
    if (!open) return undefined;
    groups.forEach((group, k) => {
      const sighting = last[k];
      if (!sighting) return;
      sighting.since += 1;
      const shape = open.shapes[k];
      if (shape) Object.assign(sighting, { shape, since: 0 });
      else bridge(open, group, completing, { before: sighting, ...nextSighting(waiting, k) });
    });
    const { frame, keypoints, depth } = open;
    return depth ? { ...frame, keypoints, depth } : { ...frame, keypoints };
  };
  for await (const frame of frames) {
    waiting.push(opened(frame, groups, completing));
    const done = waiting.length > ahead ? next() : undefined;
    if (done) yield done;
  }
  for (let done = next(); done; done = next()) yield done;
}

function nextSighting(waiting: readonly Open[], group: number): { after?: Sighting } {
  const at = waiting.findIndex(({ shapes }) => shapes[group] !== undefined);
  return at < 0 ? {} : { after: { shape: waiting[at]?.shapes[group], since: at + 1 } };
}

/** A frame with what it knows of the groups by itself. */
function opened(frame: PoseFrame, groups: readonly Group[], completing: Completing): Open {
  const points = copyPerson(frame);
  const { anatomy } = completing;
  const pose = { ...points, scale: frameScale(points.keypoints, anatomy), forearm: anatomy.forearm };
  return { frame, ...pose, shapes: groups.map((group) => ownShape(pose, group, completing)) };
}

/** Fills in what a group lacks that is there or led, and gives its shape; undefined for others. */
function ownShape(
  pose: Pose & { readonly depth?: Float32Array },
  group: Group,
  { tally }: Completing,
): Shape | undefined {
  const { keypoints, depth, scale } = pose;
  const missing = new Set(group.points.filter((index) => confidenceOf(keypoints, index) <= 0));
  const there = group.points.length - missing.size >= group.enough;
  if (scale <= 0 || !(there || group.timeless || group.led?.(pose))) return undefined;
  if (missing.size > 0 && (group.fills || !there)) {
    const rest = group.rest(pose);
    if (!rest) return undefined;
    group.points.forEach((index, k) => {
      if (missing.has(index)) setCompleted(pose, index, rest[k]);
    });
    for (const name of group.names(missing)) tally?.add('completed', name);
  }
  const anchor = group.anchor(pose);
  return (
    anchor &&
    group.points.map((index) =>
      confidenceOf(keypoints, index) > 0
        ? {
            x: ((keypoints[index * 3] ?? 0) - anchor.x) / scale,
            y: ((keypoints[index * 3 + 1] ?? 0) - anchor.y) / scale,
            z: (depth?.[index] ?? Number.NaN) / scale,
          }
        : undefined,
    )
  );
}

function setCompleted(
  { keypoints, depth }: Pick<Open, 'keypoints' | 'depth'>,
  index: number,
  place: Place | undefined,
): void {
  if (!place) return;
  keypoints.set([place.x, place.y, COMPLETED], index * 3);
  if (depth) depth[index] = place.z;
}

/** Where a group was last seen, and where it will be again if that is near enough. */
interface Around {
  readonly before: Sighting;
  readonly after?: Sighting;
}

/** Sets the whole group between where it was, where it will be and its rest. */
function bridge(open: Open, group: Group, { way, tally }: Completing, around: Around): void {
  const anchor = group.anchor(open);
  const places = group.rest(open);
  const { scale } = open;
  if (!places || !anchor || scale <= 0) return;
  const rest = places.map(({ x, y, z }) => ({
    x: (x - anchor.x) / scale,
    y: (y - anchor.y) / scale,
    z: z / scale,
  }));
  const { from, to, share } = ends(around, rest, way);
  const turn = group.turns ? turnBetween(from, to) : NO_TURN;
  group.points.forEach((index, k) => {
    const last = rest[k];
    if (!last) return;
    const [a, b] = [from[k] ?? last, to[k] ?? last];
    const { x, y } = turned(turn, a, b, share);
    // The end that does not count may have no depth.
    const z = (share < 1 ? (1 - share) * a.z : 0) + (share > 0 ? share * b.z : 0);
    setCompleted(open, index, { x: anchor.x + scale * x, y: anchor.y + scale * y, z: scale * z });
  });
  for (const name of group.names(new Set(group.points))) tally?.add('completed', name);
}

/** The shapes that a frame lies between, and the share of the way from the first to the second. */
interface Ends {
  readonly from: Shape;
  readonly to: Shape;
  readonly share: number;
}

function ends({ before: { shape, since }, after }: Around, rest: Shape, way: number): Ends {
  const until = after?.since ?? Infinity;
  if (shape && after?.shape && since + until <= 2 * way)
    return { from: shape, to: after.shape, share: since / (since + until) };
  if (shape && since < way) return { from: shape, to: rest, share: since / way };
  if (after?.shape && until < way) return { from: rest, to: after.shape, share: 1 - until / way };
  return { from: rest, to: rest, share: 0 };
}
