import { join } from 'node:path';
import type { Picture } from '../picture.js';
import type { Engine, GeneratedFrame } from '../pipeline/index.js';
import { pictureFromMask, pictureFromPlanes } from '../stages/index.js';
import type { Intermediates } from '../stages/two-stage.js';
import { inspectionFile, savePicture } from './pictures.js';
import type { InspectedPicture } from './protocol.js';
import { drawFrames, generateOptions, type Run } from './run.js';

interface Shown extends Omit<InspectedPicture, 'width' | 'height'> {
  readonly picture: Picture;
}

/** Draws one frame of a run again, keeps every intermediate as a picture, and says what each shows, in the method's order. */
export async function inspectFrame(run: Run, frame: number, engine: Engine): Promise<InspectedPicture[]> {
  const options = generateOptions(run);
  const { from } = run.plan;
  const shown: Shown[] = [];
  await drawFrames(
    engine,
    {
      ...options,
      // Nothing after the frame is read; what comes before it steadies the crops.
      source: { ...options.source, range: { from, to: from + frame + 1 } },
      watch: { ...options.watch, intermediates: true },
      runtime: { lookAhead: 1 },
    },
    {
      only: (index) => index === frame,
      async sink(drawn) {
        shown.push(...picturesOf(drawn));
      },
    },
  );
  await Promise.all(
    shown.map(({ picture }, k) => savePicture(picture, join(run.plan.folder, inspectionFile(frame, k)))),
  );
  return shown.map(({ picture: { width, height }, ...rest }) => ({ ...rest, width, height }));
}

function picturesOf({ picture, intermediates }: GeneratedFrame): Shown[] {
  if (!intermediates) return [];
  return [
    ...handPictures(intermediates),
    ...canvasPictures(intermediates),
    ...stepPictures(intermediates),
    ...bodyPictures(intermediates),
    { group: 'result', shows: 'finished', picture },
  ];
}

function handPictures({ hands, heatmaps }: Intermediates): Shown[] {
  return hands.flatMap(({ crop, picture, mask }, i): Shown[] => {
    const [hand] = crop.hands;
    const mine = { group: 'hands', hands: crop.hands.length === 2 ? 'both' : hand } as const;
    const { width, height } = picture;
    const heat = heatmaps[i];
    return [
      ...(heat ? [{ ...mine, shows: 'heatmaps' as const, picture: heatmapPicture(heat, width) }] : []),
      { ...mine, shows: 'hand', picture: pictureFromPlanes(picture) },
      { ...mine, shows: 'handMask', picture: pictureFromMask(mask, width, height) },
    ];
  });
}

/** Hues of thumb to little finger, far apart in hue and in lightness. */
const FINGERS: readonly (readonly [number, number, number])[] = [
  [240, 90, 80],
  [250, 200, 70],
  [110, 220, 120],
  [80, 190, 250],
  [200, 130, 250],
];

/** Heatmaps [10, size, size], 0..1, five fingers a hand, laid over each other in the fingers' colours. */
function heatmapPicture(heatmaps: Float32Array, size: number): Picture {
  const area = size * size;
  const data = new Uint8Array(3 * area);
  for (let channel = 0; channel * area < heatmaps.length; channel++) {
    const colour = FINGERS[channel % FINGERS.length] ?? [255, 255, 255];
    for (let i = 0; i < area; i++) {
      const value = heatmaps[channel * area + i] ?? 0;
      if (value <= 0) continue;
      for (let c = 0; c < 3; c++) {
        data[i * 3 + c] = Math.min(255, Math.round((data[i * 3 + c] ?? 0) + value * (colour[c] ?? 0)));
      }
    }
  }
  return { width: size, height: size, channels: 3, data };
}

function canvasPictures({ canvas: { picture, mask, area } }: Intermediates): Shown[] {
  if (!mask.includes(1)) return [];
  return [
    { group: 'canvas', shows: 'canvas', picture: pictureFromPlanes(picture) },
    { group: 'canvas', shows: 'preciseMask', picture: pictureFromMask(mask, area.width, area.height) },
  ];
}

/** The step's clean guess with the edge of the mask that was held on to laid over it. */
function stepPictures({ steps }: Intermediates): Shown[] {
  return steps.map(({ mask, estimate: picture }, i) => {
    const place = { group: 'body', step: i + 1, steps: steps.length } as const;
    if (!mask) return { ...place, shows: 'freeStep', picture };
    outline(picture, mask);
    return { ...place, shows: 'heldStep', held: Math.round(100 * share(mask)), picture };
  });
}

function share(mask: Float32Array): number {
  return mask.reduce((sum, value) => sum + value, 0) / mask.length;
}

/** Draws the border of a mask, which may be coarser than the picture, in a bright line two pixels wide. */
function outline({ width, height, data }: Picture, mask: Float32Array): void {
  const cell = Math.sqrt((width * height) / mask.length);
  const columns = Math.round(width / cell);
  const inside = (x: number, y: number): boolean =>
    (mask[Math.floor(y / cell) * columns + Math.floor(x / cell)] ?? 0) >= 0.5;
  for (let y = 2; y < height - 2; y++) {
    for (let x = 2; x < width - 2; x++) {
      if (!inside(x, y)) continue;
      if (inside(x - 2, y) && inside(x + 2, y) && inside(x, y - 2) && inside(x, y + 2)) continue;
      data.set([255, 230, 0], (y * width + x) * 3);
    }
  }
}

function bodyPictures({ body, personMask }: Intermediates): Shown[] {
  const drawn: Shown = { group: 'body', shows: 'body', picture: body };
  if (!personMask) return [drawn];
  const person = pictureFromMask(personMask, body.width, body.height);
  return [drawn, { group: 'body', shows: 'personMask', picture: person }];
}
