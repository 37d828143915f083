import { describe, expect, it } from 'vitest';
import { wholeArea } from '../../src/stages/area.js';
import type { DrawnBody } from '../../src/stages/body.js';
import { type Canvas, placeHands } from '../../src/stages/canvas.js';
import { CanvasBench } from '../../src/stages/canvas-bench.js';
import { composite, feathered } from '../../src/stages/composite.js';
import type { DrawnHand } from '../../src/stages/hand.js';
import { makePlanes, pictureFromPlanes } from '../../src/stages/planes.js';
import { resample } from '../../src/stages/resample.js';
import { fadeAtWrists as showHands } from '../../src/stages/wrist-fade.js';
import { uniformPlanes } from './uniform-planes.js';

const NOBODY = { keypoints: new Float32Array(399) };
const GREY = [127.5, 127.5, 127.5];

/** A hand picture of one colour on 16x16 px, whose mask is the columns `from` up to without `to`. */
function hand(x: number, y: number, side: number, rgb: number[], from = 0, to = 16): DrawnHand {
  const mask = Float32Array.from({ length: 256 }, (_, i) => (i % 16 >= from && i % 16 < to ? 1 : 0));
  return { crop: { x, y, side, hands: ['left'] }, picture: uniformPlanes(rgb, 16), mask };
}

function pixel(planes: { data: Float32Array; width: number }, x: number, y: number): number[] {
  const area = planes.width ** 2;
  return [0, 1, 2].map((c) => planes.data[c * area + y * planes.width + x] ?? Number.NaN);
}

const fadeAtWrists = (...given: Parameters<typeof showHands>): Float32Array => showHands(...given).shares;

describe('placing hands', () => {
  it('puts the hand where its crop was and leaves the uniform background elsewhere', () => {
    // 16 px shown from a crop of 8: two crop pixels a picture pixel; columns 4..11 become picture columns 6..9.
    const canvas = placeHands([hand(4, 8, 8, [1, 0, -1], 4, 12)], 32, GREY);
    expect(pixel(canvas.picture, 7, 12)).toEqual([1, 0, -1]);
    expect(pixel(canvas.picture, 20, 20)).toEqual([0, 0, 0]);
    expect([5, 6, 9, 10].map((x) => canvas.mask[12 * 32 + x])).toEqual([0, 1, 1, 0]);
    const covered = [...canvas.mask.keys()].filter((i) => canvas.mask[i]);
    expect(covered).toHaveLength(4 * 8);
  });

  it('keeps the covered area, with soft edges, off the grid and at any size', () => {
    for (const side of [5.3, 16, 21.7]) {
      const canvas = placeHands([hand(3.37, 4.81, side, [1, 1, 1], 4, 12)], 32, GREY);
      const area = canvas.alpha.reduce((sum, v) => sum + v, 0);
      expect(area / ((side * side) / 2)).toBeGreaterThan(0.93);
      expect(area / ((side * side) / 2)).toBeLessThan(1.07);
      expect(canvas.alpha.some((v) => v > 0.05 && v < 0.95)).toBe(true);
    }
  });

  it('is made anew in the memory of the frame before: other hands, another size of them, none at all', () => {
    const bench = new CanvasBench();
    const [first, second] = [hand(3.4, 4.8, 21.7, [1, 0.5, -1]), hand(20.2, 2, 9.3, [0, 1, 0], 3, 11)];
    const large: DrawnHand = {
      crop: { x: -6, y: 9, side: 18, hands: ['right'] },
      picture: uniformPlanes([0.2, -0.4, 1], 24),
      mask: new Float32Array(576).fill(0.7),
    };
    for (const hands of [[first], [second, first], [large], [], [second]]) {
      const [again, anew] = [
        placeHands(hands, 32, [90, 127.5, 200], undefined, bench),
        placeHands(hands, 32, [90, 127.5, 200]),
      ];
      expect(again).toEqual(anew);
    }
  });

  it('has room for a small hand picture that fills a large area', () => {
    const canvas = placeHands([hand(-40, -40, 336, [1, 0.5, -1])], 256, GREY);
    expect(canvas.alpha.every((value) => value > 0.999)).toBe(true);
    expect([0, 128 * 256 + 128, 65535].map((at) => canvas.picture.data[65536 + at])).toEqual([0.5, 0.5, 0.5]);
  });

  it('shows of a hand what resampling its colours and its mask gives', () => {
    const rng = (k: number) => ((k * 7919) % 101) / 50 - 1;
    const picture = makePlanes(
      3,
      16,
      16,
      Float32Array.from({ length: 768 }, (_, k) => rng(k)),
    );
    // Nothing at its edge: beyond a crop's whole pixels no hand is laid.
    const inside = (at: number) => at > 2 && at < 13;
    const mask = Float32Array.from({ length: 256 }, (_, k) =>
      inside(k % 16) && inside(k >> 4) ? (rng(k + 5) + 1) / 2 : 0,
    );
    for (const side of [7.3, 16, 25.9]) {
      const crop = { x: 2.6, y: 3.1, side, hands: ['left' as const] };
      const canvas = placeHands([{ crop, picture, mask }], 32, GREY);
      const cut = Float32Array.from(
        { length: 1024 },
        (_, k) => (mask[k % 256] ?? 0) * (k < 768 ? (picture.data[k] ?? 0) : 1),
      );
      const scale = 16 / side;
      const window = { x: -2.6 * scale, y: -3.1 * scale, width: 32 * scale, height: 32 * scale };
      const whole = resample(makePlanes(4, 16, 16, cut), 32, 32, window, 'zero').data;
      const shown = [...canvas.hands.data, ...canvas.alpha];
      expect(Math.max(...shown.map((value, k) => Math.abs(value - (whole[k] ?? 0))))).toBeLessThan(1e-5);
    }
  });

  it('takes colour from the hand alone at its edge, never from the background that was removed', () => {
    const split = hand(2.4, 2.4, 20, [0.5, 0.5, 0.5], 0, 8);
    for (let i = 0; i < split.picture.data.length; i++) if (i % 16 >= 8) split.picture.data[i] = -1;
    const canvas = placeHands([split], 32, GREY);
    canvas.alpha.forEach((alpha, i) => {
      if (alpha > 1e-3) expect((canvas.hands.data[i] ?? 0) / alpha).toBeCloseTo(0.5, 4);
    });
  });

  it('shows what of a hand lies inside the picture and nothing of one outside', () => {
    const canvas = placeHands([hand(-8, -8, 16, [1, 1, 1]), hand(40, 0, 8, [1, 1, 1])], 32, GREY);
    expect(canvas.mask.reduce((sum, v) => sum + v, 0)).toBe(64);
    expect(canvas.mask[0]).toBe(1);
  });

  it('keeps a box for each hand and lets the later one lie on top', () => {
    const canvas = placeHands([hand(0, 0, 16, [1, 1, 1]), hand(8, 8, 16, [-1, -1, -1])], 32, GREY);
    expect(canvas.boxes).toEqual([
      { left: 0, top: 0, right: 16, bottom: 16 },
      { left: 8, top: 8, right: 24, bottom: 24 },
    ]);
    expect(pixel(canvas.picture, 12, 12)).toEqual([-1, -1, -1]);
    expect(canvas.mask.reduce((sum, v) => sum + v, 0)).toBe(256 + 256 - 64);
  });
});

describe('composite', () => {
  const canvas = placeHands([hand(8, 8, 16, [1, -1, -1], 0, 8)], 32, GREY);
  // Hands are pasted into the body's own bytes.
  const drawnBody = (): DrawnBody => ({ picture: pictureFromPlanes(uniformPlanes([-1, -1, 1], 32)) });
  const plain = { paste: true, feather: 0, wrist: 0, background: 'drawn' } as const;
  const rgb = (picture: { data: Uint8Array; channels: number }, x: number, y: number): number[] => [
    ...picture.data.slice((y * 32 + x) * picture.channels, (y * 32 + x + 1) * picture.channels),
  ];

  it('pastes the hands back over the decoded body, mixing at the soft edge by coverage', () => {
    const picture = composite(drawnBody(), canvas, NOBODY, plain);
    expect(picture).toMatchObject({ width: 32, height: 32, channels: 3 });
    expect(rgb(picture, 10, 15)).toEqual([255, 0, 0]);
    expect(rgb(picture, 28, 15)).toEqual([0, 0, 255]);
    const half = withAlpha(canvas, 0.5);
    expect(rgb(composite(drawnBody(), half, NOBODY, plain), 10, 15)).toEqual([128, 0, 128]);
  });

  it('leaves the body as it is without pasting', () => {
    expect(rgb(composite(drawnBody(), canvas, NOBODY, { ...plain, paste: false }), 10, 15)).toEqual([
      0, 0, 255,
    ]);
  });

  it('puts a colour behind the person, with hands counted as person', () => {
    const personMask = new Float32Array(1024);
    personMask[20 * 32 + 28] = 0.25;
    const picture = composite({ ...drawnBody(), personMask }, canvas, NOBODY, {
      ...plain,
      background: [200, 100, 0],
    });
    expect(rgb(picture, 10, 15)).toEqual([255, 0, 0]);
    expect(rgb(picture, 0, 0)).toEqual([200, 100, 0]);
    expect(rgb(picture, 28, 20)).toEqual([150, 75, 64]);
  });

  it('gives straight alpha for a transparent background', () => {
    const personMask = new Float32Array(1024).fill(0.5);
    const picture = composite({ ...drawnBody(), personMask }, canvas, NOBODY, {
      ...plain,
      background: 'transparent',
    });
    expect(picture.channels).toBe(4);
    expect(rgb(picture, 0, 0)).toEqual([0, 0, 255, 128]);
    expect(rgb(picture, 10, 15)).toEqual([255, 0, 0, 255]);
  });

  it('feathers inwards: nothing outside the mask, all of it deep inside, a ramp between', () => {
    const square = Float32Array.from({ length: 1024 }, (_, i) => (i % 32 >= 8 && i % 32 < 24 ? 1 : 0));
    const soft = feathered(square, { width: 32, height: 32 }, 2);
    const row = [6, 7, 8, 9, 10, 16].map((x) => soft[16 * 32 + x] ?? 0);
    // Mean over 5 pixels, twice that less 1: at column 8 three of five are hand, at 9 four, from 10 on all.
    expect(row.map((v) => Math.round(v * 1000) / 1000)).toEqual([0, 0, 0.2, 0.6, 1, 1]);
  });

  it('fades a hand into its arm behind the wrist, and leaves a hand at the other wrist as it is', () => {
    const keypoints = new Float32Array(399);
    const put = (k: number, x: number, y: number) => keypoints.set([x, y, 1], 3 * k);
    // A hand that points right, its wrist in the square's left half: 10 pixels to each knuckle, which lie close together.
    put(91, 12, 16);
    for (const knuckle of [96, 100, 104, 108]) put(knuckle, 22, 16);
    const full = new Float32Array(1024).fill(1);
    const shown = fadeAtWrists(full, wholeArea(32), { keypoints }, 0.2);
    const row = [8, 9, 10, 11, 12, 13].map((x) => Math.round(1000 * (shown[16 * 32 + x] ?? 0)) / 1000);
    // t = (x + .5 - 12 + 2) / 5, smoothed: nothing until 2 pixels behind the wrist, all from 3 before it on.
    const smooth = (t: number) => Math.round(1000 * t * t * (3 - 2 * t)) / 1000;
    expect(row).toEqual([0, 0, smooth(0.1), smooth(0.3), smooth(0.5), smooth(0.7)]);
    expect(shown[16 * 32 + 28]).toBe(1);
    // A sleeve ends .5 pixels before the wrist, in the middle of column 12.
    const sleeved = fadeAtWrists(full, wholeArea(32), { keypoints }, 0.2, () => 60);
    for (const y of [16, 18])
      expect([10, 11, 12, 13].map((x) => Math.round(100 * (sleeved[y * 32 + x] ?? 0)))).toEqual([
        0, 0, 50, 100,
      ]);
    // A forearm from below leaves what lies before the wrist along it, .5 pixels above the wrist at least, or along the hand.
    put(7, 12, 26);
    const bent = fadeAtWrists(full, wholeArea(32), { keypoints }, 0.2, () => 60);
    expect([14, 15, 16].map((y) => Math.round(100 * (bent[y * 32 + 11] ?? 0)))).toEqual([100, 50, 0]);
    expect(bent[17 * 32 + 13]).toBe(1);
    // One that looks 4 pixels long, of a hand of 10, points at the camera.
    put(7, 12, 20);
    expect(fadeAtWrists(full, wholeArea(32), { keypoints }, 0.2, () => 60)[15 * 32 + 11]).toBe(0);
    keypoints.fill(0, 3 * 7, 3 * 8);
    // A bare arm on cloth, alike within 1.5 pixels of the wrist: what lies in the palm stays.
    const bare = () => {
      const skin = (at: number) => Math.hypot((at % 32) + 0.5 - 12, Math.floor(at / 32) + 0.5 - 16) < 1.5;
      const shown = fadeAtWrists(full, wholeArea(32), { keypoints }, 0.2, (at) => (skin(at) ? 0 : 60));
      return Math.round(100 * (shown[13 * 32 + 12] ?? 0));
    };
    expect(bare()).toBe(50);
    put(92, 12, 13);
    put(93, 16, 12);
    expect(bare()).toBe(100);
    keypoints.fill(0, 3 * 92, 3 * 94);
    const between = fadeAtWrists(full, wholeArea(32), { keypoints }, 0.2, () => 45);
    expect(between[16 * 32 + 11]).toBeCloseTo(smooth(0.3) / 2, 3);
    expect(fadeAtWrists(full, wholeArea(32), { keypoints }, 0)).toBe(full);
    // A thumb that stands back beside the wrist stays: 1.2 pixels to each side of its bones, of a hand of 10.
    put(92, 12, 14);
    put(93, 9.5, 12.5);
    const thumb = fadeAtWrists(full, wholeArea(32), { keypoints }, 0.2);
    expect([12, 15].map((y) => thumb[y * 32 + 9])).toEqual([1, 0]);
    // A sleeve covers the root of the thumb behind the cuff.
    const covered = fadeAtWrists(full, wholeArea(32), { keypoints }, 0.2, () => 60);
    expect(covered[12 * 32 + 9]).toBe(0);
    keypoints.fill(0, 3 * 92, 3 * 94);
    // So does a finger that is folded back over it; the hand is longer by it, and its end softer.
    put(97, 9.5, 19.5);
    const finger = fadeAtWrists(full, wholeArea(32), { keypoints }, 0.2);
    expect([16, 19, 22].map((y) => Math.round(100 * (finger[y * 32 + 9] ?? 0)))).toEqual([0, 100, 0]);
    keypoints.fill(0, 3 * 97, 3 * 98);
    put(113, 15, 16);
    expect(fadeAtWrists(full, wholeArea(32), { keypoints }, 0.2)).toEqual(full);
  });

  it('darkens a hand before the end of a sleeve', () => {
    const keypoints = new Float32Array(399);
    const put = (k: number, x: number, y: number) => keypoints.set([x, y, 1], 3 * k);
    put(91, 12, 16);
    for (const knuckle of [96, 100, 104, 108]) put(knuckle, 22, 16);
    const full = new Float32Array(1024).fill(1);
    const { light } = showHands(full, wholeArea(32), { keypoints }, 0.2, () => 60);
    // The sleeve ends .5 pixels before the wrist, and its shadow 2.5 pixels farther on: 0, 1 and 2 pixels before that, of a hand of 10.
    const row = [12, 13, 14, 15].map((x) => light?.[16 * 32 + x]);
    for (const [k, near] of [1, 0.6, 0.2, 0].entries()) expect(row[k]).toBeCloseTo(1 - 0.45 * near * near, 5);
    // A finger that is folded back over the wrist lies in front of the cuff: the hand is as long as before, and its bone passes y = 16.
    put(97, 15, 16);
    put(98, 12, 16);
    put(99, 9, 16);
    const folded = showHands(full, wholeArea(32), { keypoints }, 0.2, () => 60).light;
    expect([12, 13, 14].map((x) => folded?.[16 * 32 + x])).toEqual([1, 1, 1]);
    expect(folded?.[19 * 32 + 13]).toBeLessThan(0.9);
    // Bare arms cast none.
    expect(showHands(full, wholeArea(32), { keypoints }, 0.2, () => 0).light).toBeUndefined();
  });

  it('pastes a hand as dark as it lies in the shadow of a sleeve', () => {
    const keypoints = new Float32Array(399);
    keypoints.set([10, 16, 1], 3 * 91);
    for (const knuckle of [96, 100, 104, 108]) keypoints.set([20, 16, 1], 3 * knuckle);
    const picture = composite(drawnBody(), canvas, { keypoints }, { ...plain, wrist: 0.2 });
    // One pixel before the sleeve's end, of 2.5: 255 (1 - .45 x .6 x .6).
    expect(rgb(picture, 11, 15)).toEqual([214, 0, 0]);
    expect(rgb(picture, 14, 15)).toEqual([255, 0, 0]);
  });

  it('keeps the web of a thumb that stands off', () => {
    const keypoints = new Float32Array(399);
    const put = (k: number, x: number, y: number) => keypoints.set([x, y, 1], 3 * k);
    put(91, 12, 16);
    for (const knuckle of [96, 100, 104, 108]) put(knuckle, 22, 16);
    const shown = () => {
      const faded = fadeAtWrists(new Float32Array(1024).fill(1), wholeArea(32), { keypoints }, 0.02);
      return [10, 11].map((y) => Math.round(100 * (faded[y * 32 + 15] ?? 0)));
    };
    // 3.5 pixels before the wrist a hand of 10 is 5.36 wide to each side: 5.5 lies across, over .6 it is soft.
    expect(shown()).toEqual([27, 100]);
    // The outline goes from the wrist over (13, 12) and (16, 9) to the knuckles.
    put(92, 13, 12);
    put(93, 16, 9);
    expect(shown()).toEqual([100, 100]);
  });

  it('leaves the other hand as it is, where that is beside the wrist', () => {
    const keypoints = new Float32Array(399);
    const put = (k: number, x: number, y: number) => keypoints.set([x, y, 1], 3 * k);
    put(91, 12, 16);
    for (const knuckle of [96, 100, 104, 108]) put(knuckle, 22, 16);
    const shown = () => {
      const faded = fadeAtWrists(new Float32Array(1024).fill(1), wholeArea(32), { keypoints }, 0.2);
      return [11, 21].map((y) => Math.round(100 * (faded[y * 32 + 8] ?? 0)));
    };
    expect(shown()).toEqual([0, 0]);
    // Its palm is 18 long and passes 5 pixels below the wrist: .3 x 18 = 5.4 to each side.
    put(112, 4, 21);
    for (const knuckle of [117, 121, 125, 129]) put(knuckle, 22, 21);
    expect(shown()).toEqual([0, 100]);
  });

  it('narrows a hand to its wrist, but not one that points at the camera', () => {
    const keypoints = new Float32Array(399);
    const put = (k: number, x: number, y: number) => keypoints.set([x, y, 1], 3 * k);
    put(91, 12, 16);
    for (const knuckle of [96, 100, 104, 108]) put(knuckle, 22, 16);
    const full = new Float32Array(1024).fill(1);
    const column = (x: number) => {
      const shown = fadeAtWrists(full, wholeArea(32), { keypoints }, 0.02);
      return [17, 18, 19, 20, 21].map((y) => Math.round(100 * (shown[y * 32 + x] ?? 0)));
    };
    // Half a pixel before the wrist half of it is .34 + .05 / .5 x .28 = .368 wide: .35 and .45 lie across, over .06 it is soft.
    expect(column(12)).toEqual([100, 100, 80, 0, 0]);
    // 4.5 pixels before it: .34 + .9 x .28 = .592.
    expect(column(16)).toEqual([100, 100, 100, 100, 100]);
    // 3 pixels to the knuckles of a hand of 10: no wrist is to be seen.
    for (const knuckle of [96, 100, 104, 108]) put(knuckle, 15, 16);
    for (const [k, x] of [
      [97, 18],
      [98, 22],
      [99, 25],
    ] as const)
      put(k, x, 16);
    expect(column(12)).toEqual([100, 100, 100, 100, 100]);
  });

  function withAlpha(from: Canvas, share: number): Canvas {
    const scaled = from.hands.data.map((v) => v * share);
    return { ...from, alpha: from.alpha.map((v) => v * share), hands: makePlanes(3, 32, 32, scaled) };
  }
});

describe('an area of the picture', () => {
  const area = { left: 8, top: 32, width: 64, height: 96 };
  const flat = (level: number, width: number, height: number) => ({
    width,
    height,
    channels: 3 as const,
    data: new Uint8Array(3 * width * height).fill(level),
  });
  const plain = { paste: true, feather: 0, wrist: 0, background: 'drawn' } as const;
  const drawn = () =>
    composite(
      { picture: flat(200, 64, 96) },
      placeHands([], 128, GREY, area),
      NOBODY,
      plain,
      flat(100, 128, 128),
    );
  const level = (x: number, y: number) => drawn().data[(y * 128 + x) * 3];

  it('lies in the plate, and fades in from its edges but for those of the picture', () => {
    expect(drawn()).toMatchObject({ width: 128, height: 128, channels: 3 });
    expect([level(0, 80), level(7, 80), level(72, 80), level(40, 31)]).toEqual([100, 100, 100, 100]);
    // 24 pixels: 100 + 100 (x + 0.5) / 24.
    expect([level(8, 100), level(20, 100), level(32, 100), level(40, 127)]).toEqual([102, 152, 200, 200]);
    expect([level(40, 32), level(71, 100)]).toEqual([102, 102]);
  });

  it('holds a hand at its place in the whole picture', () => {
    const canvas = placeHands([hand(16, 40, 16, [1, -1, -1], 0, 16)], 128, GREY, area);
    expect(canvas.picture).toMatchObject({ width: 64, height: 96 });
    expect(canvas.boxes).toEqual([{ left: 8, top: 8, right: 24, bottom: 24 }]);
    const { data } = composite({ picture: flat(0, 64, 96) }, canvas, NOBODY, plain, flat(100, 128, 128));
    // Red, faded in by 16.5 of 24 pixels.
    expect([...data.slice((48 * 128 + 24) * 3, (48 * 128 + 24) * 3 + 3)]).toEqual([207, 31, 31]);
  });
});
