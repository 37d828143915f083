/*
 * Draws the pictures of docs/limits.md with the product as it is: `npx tsx bench/limits.ts [NAME]`. Each picture is a row of
 * keypoints and what the default bundle makes of them.
 */
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import {
  clipOf,
  type GenerateOptions,
  generate,
  openEngine,
  openPoseClip,
  type Picture,
  spell,
} from '../src/index.js';
import { drawSkeleton, OTHER_SIDE, PARTS } from '../src/pose/index.js';

const SIZE = 512;
/** Pixels of a picture in a row. */
const TILE = 232;
const GAP = 4;
/** Arm of each side: elbow and wrist. */
const ARMS = { left: [7, 9], right: [8, 10] } as const;

type Points = Float32Array;
interface Tile {
  readonly points: Points;
  readonly options?: Omit<GenerateOptions, 'input'>;
  /** Square of the picture that is shown; default: all. */
  readonly crop?: { readonly x: number; readonly y: number; readonly side: number };
  /** Show the keypoints before it. Default true. */
  readonly skeleton?: boolean;
}

async function frameOf(input: string, index: number): Promise<Points> {
  const clip = await openPoseClip(fileURLToPath(new URL(`../samples/${input}`, import.meta.url)));
  try {
    for await (const frame of clip.frames()) if (frame.index === index) return frame.keypoints;
  } finally {
    await clip.close();
  }
  throw new Error(`${input} has no frame ${index}.`);
}

async function letterOf(letter: string): Promise<Points> {
  const clip = spell(letter);
  const frames: Points[] = [];
  for await (const { keypoints } of clip.frames()) frames.push(keypoints);
  const middle = frames[Math.floor(frames.length / 2)];
  if (!middle) throw new Error(`${letter} has no frames.`);
  return middle;
}

/** The points with each place changed. */
function moved(
  points: Points,
  change: (x: number, y: number, index: number) => readonly [number, number],
): Points {
  const out = points.slice();
  for (let index = 0; index < out.length / 3; index++) {
    if ((points[index * 3 + 2] ?? 0) === 0) continue;
    out.set(change(points[index * 3] ?? 0, points[index * 3 + 1] ?? 0, index), index * 3);
  }
  return out;
}

const at = (points: Points, index: number) => [points[index * 3] ?? 0, points[index * 3 + 1] ?? 0] as const;

/** One arm with its wrist at another place; the elbow goes half of the way. */
function reaching(points: Points, side: 'left' | 'right', [x, y]: readonly [number, number]): Points {
  const [elbow, wrist] = ARMS[side];
  const hand = side === 'left' ? PARTS.leftHand : PARTS.rightHand;
  const [wristX, wristY] = at(points, wrist);
  return moved(points, (px, py, index) => {
    const share =
      index === wrist || (index >= hand.start && index < hand.start + hand.length)
        ? 1
        : index === elbow
          ? 0.5
          : 0;
    return [px + share * (x - wristX), py + share * (y - wristY)];
  });
}

function scaled(points: Points, factor: number): Points {
  return moved(points, (x, y) => [
    SIZE / 2 + factor * (x - SIZE / 2),
    SIZE * 0.55 + factor * (y - SIZE * 0.55),
  ]);
}

/** A head that is turned: its face drawn together about one side. */
function turned(points: Points, width: number): Points {
  const [noseX] = at(points, 0);
  const face = (index: number) => index < 5 || (index >= PARTS.face.start && index < PARTS.leftHand.start);
  return moved(points, (x, y, index) => [face(index) ? noseX + 14 + width * (x - noseX) : x, y]);
}

function mirrored(points: Points): Points {
  return Float32Array.from({ length: points.length }, (_, place) => {
    const from = (OTHER_SIDE[Math.floor(place / 3)] ?? 0) * 3 + (place % 3);
    return place % 3 === 0 && (points[from + 2] ?? 0) > 0 ? SIZE - (points[from] ?? 0) : (points[from] ?? 0);
  });
}

const hello = await frameOf('hello.pose', 10);
const [noseX, noseY] = at(hello, 0);
const source: GenerateOptions['source'] = {
  framing: 'source',
  repair: { bones: false, swaps: false, anatomy: false },
};
const fist = async (letter: string): Promise<Tile> => {
  const points = await letterOf(letter);
  const [x, y] = at(points, 121);
  return { points, options: { source }, skeleton: false, crop: { x: x - 70, y: y - 70, side: 140 } };
};
const close = async (options: Tile['options']): Promise<Tile> => {
  const points = await letterOf('L');
  const [x, y] = at(points, 121);
  return {
    points,
    options: { source, ...options },
    skeleton: false,
    crop: { x: x - 80, y: y - 80, side: 160 },
  };
};

const ROWS: Readonly<Record<string, () => Promise<readonly Tile[]> | readonly Tile[]>> = {
  small: () => [1, 0.6, 0.35].map((factor) => ({ points: scaled(hello, factor), options: { source } })),
  contact: () => [
    { points: reaching(hello, 'right', [noseX - 10, noseY + 40]), options: { source } },
    {
      points: reaching(hello, 'right', [noseX + 10, noseY - 10]),
      options: { source, look: { signer: 'kofi' } },
    },
  ],
  crossed: () => {
    const [x, y] = [SIZE / 2, SIZE * 0.7];
    const both = reaching(reaching(hello, 'right', [x - 20, y]), 'left', [x + 12, y + 6]);
    return [
      { points: both, options: { source } },
      { points: both, options: { source, look: { signer: 'freya' } } },
    ];
  },
  raised: async () => {
    const up = reaching(reaching(hello, 'right', [noseX - 110, noseY - 50]), 'left', [
      noseX + 110,
      noseY - 50,
    ]);
    return [
      { points: up, options: { source } },
      { points: mirrored(up), options: { source, look: { signer: 'liam' } } },
    ];
  },
  profile: () => [0.75, 0.45, 0.2].map((width) => ({ points: turned(hello, width), options: { source } })),
  hair: () =>
    ['lena', 'noor', 'imani'].map((signer) => ({
      points: hello,
      skeleton: false,
      options: { look: { signer } },
    })),
  fists: () => Promise.all(['A', 'S', 'M', 'T', 'X'].map(fist)),
  steps: async () => [
    await close({}),
    await close({
      method: { overrides: { hand: { steps: 1 }, body: { steps: 1 }, blending: { mode: 'none' } } },
    }),
  ],
};

const engine = await openEngine({});

async function draw({ points, options = {} }: Tile): Promise<{ keypoints: Picture; picture: Picture }> {
  const input = clipOf([{ keypoints: points }], { fps: 25, width: SIZE, height: SIZE });
  for await (const { pose, picture } of generate({ ...options, input }, engine))
    return { keypoints: drawSkeleton(pose, SIZE, SIZE, { hands: true, face: true }), picture };
  throw new Error('No frame came.');
}

async function tileOf({ data, width, height, channels }: Picture, crop: Tile['crop']): Promise<Buffer> {
  const whole = sharp(data, { raw: { width, height, channels } });
  const clamp = (value: number, side: number) => Math.round(Math.min(Math.max(value, 0), SIZE - side));
  const part = crop
    ? whole.extract({
        left: clamp(crop.x, crop.side),
        top: clamp(crop.y, crop.side),
        width: crop.side,
        height: crop.side,
      })
    : whole;
  return await part.resize(TILE, TILE).png().toBuffer();
}

async function row(name: string, tiles: readonly Tile[]): Promise<void> {
  const pictures: Buffer[] = [];
  for (const tile of tiles) {
    const { keypoints, picture } = await draw(tile);
    if (tile.skeleton ?? true) pictures.push(await tileOf(keypoints, tile.crop));
    pictures.push(await tileOf(picture, tile.crop));
  }
  const width = pictures.length * (TILE + GAP) - GAP;
  const file = fileURLToPath(new URL(`../docs/limits/${name}.webp`, import.meta.url));
  await sharp({ create: { width, height: TILE, channels: 3, background: '#ffffff' } })
    .composite(pictures.map((input, place) => ({ input, left: place * (TILE + GAP), top: 0 })))
    .webp({ quality: 84 })
    .toFile(file);
  process.stdout.write(`${file}\n`);
}

try {
  const wanted = process.argv.slice(2);
  for (const [name, tiles] of Object.entries(ROWS))
    if (wanted.length === 0 || wanted.includes(name)) await row(name, await tiles());
} finally {
  await engine.close();
}
