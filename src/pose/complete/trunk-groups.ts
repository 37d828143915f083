import { middle, pointAt } from '../person.js';
import { PARTS } from '../pose-frame.js';
import { fitHead, HEAD_POINTS, neutralHead } from './fit-head.js';
import { at, type Group, leftward, neutralBody } from './group.js';

const SHOULDERS = [5, 6] as const;

/** Shoulders of a known head, hips or elbows; one of them from the other. */
export const shoulders: Group = {
  points: SHOULDERS,
  timeless: true,
  enough: 2,
  fills: true,
  anchor: () => ({ x: 0, y: 0 }),
  rest({ keypoints, scale }) {
    if (scale <= 0) return undefined;
    const [left, right] = [pointAt(keypoints, 5), pointAt(keypoints, 6)];
    const across = headTilt(keypoints);
    const [dx, dy] = [scale * across.x, scale * across.y];
    if (left && !right) return [at(left), { x: left.x - dx, y: left.y - dy, z: 0 }];
    if (right && !left) return [{ x: right.x + dx, y: right.y + dy, z: 0 }, at(right)];
    const centre = shoulderMiddle(keypoints, scale);
    if (!centre) return undefined;
    return [
      { x: centre.x + dx / 2, y: centre.y + dy / 2, z: 0 },
      { x: centre.x - dx / 2, y: centre.y - dy / 2, z: 0 },
    ];
  },
  names: (missing) => [
    missing.size === 2 ? 'shoulders' : missing.has(5) ? 'left shoulder' : 'right shoulder',
  ],
};

/** Direction of the signer's left, half as tilted as the eyes or ears are: shoulders follow a head little. */
function headTilt(keypoints: Float32Array): { x: number; y: number } {
  for (const [left, right] of [
    [3, 4],
    [1, 2],
    [PARTS.face.start + 15, PARTS.face.start + 1],
  ] as const) {
    const [a, b] = [pointAt(keypoints, left), pointAt(keypoints, right)];
    if (!a || !b) continue;
    const tilt = Math.atan2(a.y - b.y, Math.abs(a.x - b.x)) / 2;
    return { x: Math.cos(tilt) * (a.x < b.x ? -1 : 1), y: Math.sin(tilt) };
  }
  return { x: 1, y: 0 };
}

/** Where the middle of the shoulders must be by head, hips or both elbows. */
function shoulderMiddle(keypoints: Float32Array, scale: number): { x: number; y: number } | undefined {
  const head = fitHead(keypoints, scale);
  if (head) {
    const [x, y] = head.place(0);
    const [, below] = head.place(PARTS.face.start + 8);
    const [, noseY] = neutralHead(0);
    // The chin lies under the nose unless the head hangs: the neck begins there.
    return { x, y: Math.max(y - noseY * scale, below + 0.2 * scale) };
  }
  const [hips, hipsDown] = [middle(keypoints, [11, 12]), neutralBody(11)[1]];
  if (hips && pointAt(keypoints, 11) && pointAt(keypoints, 12))
    return { x: hips.x, y: hips.y - hipsDown * scale };
  const elbows = middle(keypoints, [7, 8]);
  if (elbows && pointAt(keypoints, 7) && pointAt(keypoints, 8))
    return { x: elbows.x, y: elbows.y - neutralBody(7)[1] * scale };
  return undefined;
}

/** Head and face: of what is known of them, else above the shoulders. */
export const head: Group = {
  points: HEAD_POINTS,
  enough: 1,
  fills: true,
  anchor: ({ keypoints }) => middle(keypoints, SHOULDERS),
  rest({ keypoints, scale }) {
    const fit = fitHead(keypoints, scale);
    const centre = middle(keypoints, SHOULDERS);
    if (!fit && !centre) return undefined;
    const { x: x0, y: y0 } = centre ?? { x: 0, y: 0 };
    return HEAD_POINTS.map((index) => {
      const [nx, ny, nz] = neutralHead(index);
      const [x, y] = fit?.place(index) ?? [x0 + nx * scale, y0 + ny * scale];
      return { x, y, z: nz * scale };
    });
  },
  names(missing) {
    if (missing.size === HEAD_POINTS.length) return ['head'];
    const face = [...missing].filter((index) => index >= PARTS.face.start).length;
    const parts = [0, 1, 2, 3, 4].filter((index) => missing.has(index)).length;
    return [
      ...(parts > 0 ? ['nose, eyes and ears'] : []),
      ...(face === PARTS.face.length ? ['face'] : face > 0 ? ['points of the face'] : []),
    ];
  },
};

/** Hips under the shoulders. */
export const hips: Group = {
  points: [11, 12],
  timeless: true,
  enough: 2,
  fills: true,
  anchor: ({ keypoints }) => middle(keypoints, SHOULDERS),
  rest({ keypoints, scale }) {
    const centre = middle(keypoints, SHOULDERS);
    if (!centre) return undefined;
    const side = leftward(keypoints);
    return [11, 12].map((index) => {
      const [x, y] = neutralBody(index);
      return { x: centre.x + side * x * scale, y: centre.y + y * scale, z: 0 };
    });
  },
  names: () => ['hips'],
};
