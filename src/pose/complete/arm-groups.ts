import { pointAt } from '../person.js';
import { type HandSide, handPoint, PARTS } from '../pose-frame.js';
import { ARM } from '../repair/hand-measures.js';
import { at, type Group, leftward } from './group.js';
import { NEUTRAL_FIGURE } from './neutral-figure.js';

/** How far the upper arm of a neutral figure goes out and down, and the lengths of its bones, in widths of the shoulders. */
const UPPER = { out: 0.241, down: 0.829, length: 0.863 };
const FOREARM = 0.77;

/** An elbow between shoulder and wrist, or of an arm that hangs. */
export function elbow(side: HandSide): Group {
  const { shoulder, elbow: point, wrist } = ARM[side];
  return {
    points: [point],
    enough: 1,
    fills: true,
    anchor: ({ keypoints }) => pointAt(keypoints, shoulder),
    led: ({ keypoints }) => pointAt(keypoints, wrist) !== undefined,
    rest({ keypoints, scale, forearm }) {
      const from = pointAt(keypoints, shoulder);
      if (!from) return undefined;
      const out = leftward(keypoints) * (side === 'left' ? 1 : -1);
      const hanging = { x: from.x + out * UPPER.out * scale, y: from.y + UPPER.down * scale };
      const to = pointAt(keypoints, wrist);
      return [
        at(to ? between(from, to, hanging, [UPPER.length * scale, forearm || FOREARM * scale]) : hanging),
      ];
    },
    names: () => [`${side} elbow`],
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Where an elbow is for a wrist: it stays as near to where it hangs as the bones let it (both may look shorter than they are, never
 * longer), and lies on the line of a stretched arm.
 */
function between(
  shoulder: Point,
  wrist: Point,
  hanging: Point,
  [upper, fore]: readonly [number, number],
): Point {
  const reach = Math.hypot(wrist.x - shoulder.x, wrist.y - shoulder.y);
  if (reach >= upper + fore) {
    const share = upper / (upper + fore);
    return { x: shoulder.x + (wrist.x - shoulder.x) * share, y: shoulder.y + (wrist.y - shoulder.y) * share };
  }
  let [x, y] = [hanging.x, hanging.y];
  // Nearest point of two discs, by turns: each step moves the elbow into one of them.
  for (let turn = 0; turn < 16; turn += 1) {
    [x, y] = within({ x, y }, wrist, fore);
    [x, y] = within({ x, y }, shoulder, upper);
  }
  return { x, y };
}

function within({ x, y }: Point, centre: Point, radius: number): [number, number] {
  const far = Math.hypot(x - centre.x, y - centre.y);
  if (far <= radius) return [x, y];
  return [centre.x + ((x - centre.x) * radius) / far, centre.y + ((y - centre.y) * radius) / far];
}

/** A wrist of an arm that hangs from its elbow. */
export function wrist(side: HandSide): Group {
  const { shoulder, elbow: from, wrist: point } = ARM[side];
  return {
    points: [point],
    enough: 1,
    fills: true,
    anchor: ({ keypoints }) => pointAt(keypoints, from),
    rest({ keypoints, scale, forearm }) {
      const [start, end] = [pointAt(keypoints, shoulder), pointAt(keypoints, from)];
      if (!start || !end) return undefined;
      const length = Math.max(1e-6, Math.hypot(end.x - start.x, end.y - start.y));
      const [ux, uy] = [(end.x - start.x) / length, (end.y - start.y) / length];
      // The forearm follows an upper arm that hangs, and falls straight from one that is lifted.
      const share = 0.5 * Math.max(0, uy);
      const [dx, dy] = [share * ux, share * uy + 1 - share];
      const fore = Math.min(Math.max(forearm, 0.6 * scale), 1.1 * scale) / Math.hypot(dx, dy);
      return [at({ x: end.x + dx * fore, y: end.y + dy * fore })];
    },
    names: () => [`${side} wrist`],
  };
}

/** A relaxed hand at the end of its arm. */
export function hand(side: HandSide): Group {
  const { elbow: from, wrist: point } = ARM[side];
  const { length } = PARTS.leftHand;
  return {
    points: Array.from({ length }, (_, k) => handPoint(side, k)),
    enough: 8,
    fills: false,
    turns: true,
    anchor: ({ keypoints }) => pointAt(keypoints, point),
    rest({ keypoints, scale }) {
      const [start, end] = [pointAt(keypoints, from), pointAt(keypoints, point)];
      if (!end) return undefined;
      const mirror = leftward(keypoints) * (side === 'left' ? 1 : -1);
      const [restX, restY] = [NEUTRAL_FIGURE.forearm[0], NEUTRAL_FIGURE.forearm[1]];
      const arm = start ? { x: end.x - start.x, y: end.y - start.y } : { x: 0, y: 1 };
      // A forearm that points at the camera says nothing of the hand's direction.
      const seen = Math.hypot(arm.x, arm.y) > 0.15 * scale;
      const turn = seen ? Math.atan2(arm.y, mirror * arm.x) - Math.atan2(restY, restX) : 0;
      const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
      return Array.from({ length }, (_, k) => {
        const [x = 0, y = 0, z = 0] = NEUTRAL_FIGURE.hand.slice(k * 3, k * 3 + 3);
        return {
          x: end.x + mirror * (x * cos - y * sin) * scale,
          y: end.y + (x * sin + y * cos) * scale,
          z: z * scale,
        };
      });
    },
    names: () => [`${side} hand`],
  };
}
