import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  averagePrecision,
  averageRecall,
  bootstrap,
  colourDifference,
  colourDrift,
  frameChange,
  frechetDistance,
  handError,
  handFound,
  jointDistances,
  kernelDistance,
  keypointSimilarity,
  labOf,
  maskIou,
  meanJointDistance,
  psnr,
  quantile,
  regionColour,
  SIGMAS,
  seamEnergy,
  shrunkMask,
  ssim,
} from '../../src/evaluate/judge/metrics/index.js';
import type { Picture } from '../../src/picture.js';

function fixture<T>(name: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')));
}

const number = z.number();
const numbers = z.array(number);
const triple = z.tuple([number, number, number]);

// Made by models/training/handfirst_training/fixtures/metrics.py: scikit-image, numpy and the judge.
const stated = fixture(
  'metrics',
  z.object({
    pictures: z.object({
      width: number,
      height: number,
      first: numbers,
      second: numbers,
      psnr: number,
      ssim: number,
      change: number,
    }),
    colours: z.array(
      z.object({ rgb: z.tuple([triple, triple]), lab: z.tuple([triple, triple]), difference: number }),
    ),
    precisions: z.array(
      z.object({ similarities: numbers, scores: numbers, precision: number, recall: number }),
    ),
    hands: z.array(
      z.object({
        truth: z.array(triple),
        found: z.array(triple),
        error: number,
        there: z.boolean(),
        oks: number,
      }),
    ),
    masks: z.object({ truth: numbers, found: numbers, known: numbers, iou: number, iou_known: number }),
    distances: z.object({ values: z.array(z.array(number.nullable())), mpjpe: number }),
    features: z.object({
      first: z.array(numbers),
      second: z.array(numbers),
      frechet: number,
      kernel: number,
    }),
    percentiles: z.object({ values: numbers, of: triple }),
  }),
);

// Made by pycocotools (COCOeval.computeOks).
const coco = fixture(
  'oks',
  z.object({
    tolerance: number,
    cases: z.array(
      z.object({
        part: z.enum(['body', 'hand']),
        sigmas: numbers,
        pairs: z.array(z.object({ truth: numbers, found: numbers, area: number, oks: number })),
        mean_of_oks_over_thresholds: number,
      }),
    ),
  }),
);

function picture(width: number, height: number, data: readonly number[]): Picture {
  return { width, height, channels: 3, data: Uint8Array.from(data) };
}

describe('keypoint similarity', () => {
  it.each(coco.cases)('of the $part is what pycocotools gives', ({ part, sigmas, pairs, ...mean }) => {
    const start = part === 'body' ? 0 : 91;
    expect(SIGMAS).toHaveLength(133);
    expect(SIGMAS.slice(start, start + sigmas.length)).toEqual(sigmas);
    const found = pairs.map((pair) => keypointSimilarity(pair.truth, pair.found, pair.area, sigmas));
    found.forEach((value, index) => {
      expect(Math.abs(value - (pairs[index]?.oks ?? 9))).toBeLessThan(coco.tolerance);
    });
    expect(averageRecall(found)).toBeCloseTo(mean.mean_of_oks_over_thresholds, 9);
  });

  it('is NaN where nothing was asked for, and 0 for what was not found', () => {
    expect(keypointSimilarity([5, 5, 0], [5, 5, 1], 100, [0.1])).toBeNaN();
    // The second of two points is missing: exp(0) / 2.
    expect(keypointSimilarity([5, 5, 1, 9, 9, 1], [5, 5, 1, 0, 0, 0], 100, [0.1, 0.1])).toBe(0.5);
  });

  it.each(stated.precisions)('is averaged as COCO does', ({ similarities, scores, precision, recall }) => {
    const pictures = similarities.map((similarity, index) => ({ similarity, score: scores[index] ?? 0 }));
    expect(averagePrecision(pictures)).toBeCloseTo(precision, 9);
    expect(averagePrecision([...pictures].reverse())).toBeCloseTo(precision, 9);
    expect(averageRecall(similarities)).toBeCloseTo(recall, 9);
  });

  it('gives 1 for all right, 0 for nothing detected', () => {
    expect(averagePrecision([{ similarity: 1, score: 0.4 }])).toBeCloseTo(1, 12);
    expect(averagePrecision([{ similarity: 1, score: 0 }])).toBe(0);
  });
});

describe('joint distances', () => {
  it.each(stated.hands)('of hands are what the judge gives', ({ truth, found, error, there, oks }) => {
    expect(handError(truth.flat(), found.flat())).toBeCloseTo(error, 9);
    expect(handFound(truth.flat(), found.flat())).toBe(there);
    const sigmas = Array.from({ length: 21 }, () => 0.03);
    expect(keypointSimilarity(truth.flat(), found.flat(), 5000, sigmas)).toBeCloseTo(oks, 9);
  });

  it('have a mean over what was found, beside the share that was', () => {
    const values = stated.distances.values.flat().map((value) => value ?? Number.NaN);
    const { mean, found } = meanJointDistance([...values, undefined]);
    expect(mean).toBeCloseTo(stated.distances.mpjpe, 12);
    expect(found).toBeCloseTo(values.filter((value) => !Number.isNaN(value)).length / values.length, 12);
    // 3-4-5: 5 pixels of 100; the second not found, the third not asked for.
    expect(jointDistances([0, 0, 1, 1, 1, 1, 2, 2, 0], [3, 4, 1, 1, 1, 0, 2, 2, 1], 100)).toEqual([
      0.05,
      Number.NaN,
      undefined,
    ]);
    expect(meanJointDistance([undefined])).toEqual({ mean: Number.NaN, found: Number.NaN });
    expect(handFound([1, 1, 1, 9, 9, 1], [0, 0, 0, 0, 0, 0])).toBe(false);
  });
});

describe('masks', () => {
  it('overlap as numpy counts', () => {
    const [truth, found, known] = [stated.masks.truth, stated.masks.found, stated.masks.known].map((mask) =>
      Uint8Array.from(mask),
    );
    if (!truth || !found || !known) throw new Error();
    expect(maskIou(truth, found)).toBeCloseTo(stated.masks.iou, 12);
    expect(maskIou(truth, found, known)).toBeCloseTo(stated.masks.iou_known, 12);
    expect(maskIou(new Uint8Array(4), new Uint8Array(4))).toBe(1);
  });

  it('shrink by their rim', () => {
    const mask = Uint8Array.from([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1]);
    expect([...shrunkMask(mask, 4, 4, 1)]).toEqual([0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
    expect(shrunkMask(mask, 4, 4, 2).every((value) => value === 0)).toBe(true);
  });
});

describe('seam energy', () => {
  // A ramp of 2 levels a column, 12 wide; the right half of the picture is the mask.
  const ramp = (step: number): Picture =>
    picture(
      12,
      6,
      Array.from({ length: 72 }, (_, at) => (at % 12) * 2 + (at % 12 >= 6 ? step : 0)).flatMap((v) => [
        v,
        v,
        v,
      ]),
    );
  const mask = Uint8Array.from({ length: 72 }, (_, at) => (at % 12 >= 6 ? 1 : 0));

  it('is the step at the rim over the steps beside it: by hand', () => {
    // Beside the rim: 6 column steps of 2 in each of 6 rows, and 8 columns of 5 row steps of 0: 72 / 76.
    const beside = 72 / 76;
    expect(seamEnergy(ramp(0), mask)).toBeCloseTo(2 / beside, 9);
    expect(seamEnergy(ramp(10), mask)).toBeCloseTo(12 / beside, 9);
  });

  it('is NaN without a rim', () => {
    expect(seamEnergy(ramp(0), new Uint8Array(72))).toBeNaN();
  });
});

describe('pictures', () => {
  const { width, height, first, second } = stated.pictures;
  const [a, b] = [picture(width, height, first), picture(width, height, second)];

  it('are as like as scikit-image says', () => {
    expect(psnr(a, b)).toBeCloseTo(stated.pictures.psnr, 9);
    expect(ssim(a, b)).toBeCloseTo(stated.pictures.ssim, 9);
    expect(psnr(a, a)).toBe(Number.POSITIVE_INFINITY);
    expect(ssim(a, a)).toBeCloseTo(1, 12);
    expect(() => ssim(picture(4, 4, []), picture(4, 4, []))).toThrow(/11 pixels/);
  });

  it('change from frame to frame by what numpy says, in a region by hand', () => {
    expect(frameChange(a, b)).toBeCloseTo(stated.pictures.change, 9);
    const one = picture(2, 1, [10, 10, 10, 0, 0, 0]);
    const two = picture(2, 1, [10, 13, 16, 90, 90, 90]);
    expect(frameChange(one, two, Uint8Array.from([1, 0]))).toBe(3);
    expect(frameChange(one, two, new Uint8Array(2))).toBeNaN();
  });

  it.each(stated.colours)('differ in colour as scikit-image says: $rgb', ({ rgb, lab, difference }) => {
    const colours = rgb.map(labOf);
    colours.forEach(({ l, a: red, b: yellow }, index) => {
      // The two take the white of D65 with different last digits.
      [l, red, yellow].forEach((value, axis) => {
        expect(Math.abs(value - (lab[index]?.[axis] ?? 99))).toBeLessThan(0.05);
      });
    });
    const [x, y] = colours;
    if (!x || !y) throw new Error();
    expect(Math.abs(colourDifference(x, y) - difference)).toBeLessThan(0.05);
  });

  it('differ by the numbers that Sharma, Wu and Dalal (2005) give', () => {
    const pair = (a2: number, b2: number) =>
      colourDifference({ mode: 'lab65', l: 50, a: 2.5, b: 0 }, { mode: 'lab65', l: 50, a: a2, b: b2 });
    expect(pair(0, -2.5)).toBeCloseTo(4.3065, 4);
    expect(pair(3.1736, 0.5854)).toBeCloseTo(1, 4);
  });

  it('have the median colour of a region, if it is large enough', () => {
    const grey = picture(
      10,
      10,
      Array.from({ length: 300 }, (_, at) => (at < 30 ? 255 : 119)),
    );
    expect(regionColour(grey, new Uint8Array(100).fill(1))?.l).toBeCloseTo(50.03, 1);
    expect(regionColour(grey, new Uint8Array(100).fill(1, 0, 39))).toBeUndefined();
  });
});

describe('features', () => {
  const { first, second, frechet, kernel } = stated.features;

  it('are as far apart as scipy and numpy say', () => {
    // The root of a covariance that lacks rank costs the peers digits.
    expect(Math.abs(frechetDistance(first, second) - frechet)).toBeLessThan(1e-4);
    expect(frechetDistance(second, first)).toBeCloseTo(frechetDistance(first, second), 6);
    expect(kernelDistance(first, second)).toBeCloseTo(kernel, 9);
  });

  it('of one set with itself are 0 apart; with one that is moved, the square of the way', () => {
    expect(frechetDistance(first, first)).toBeCloseTo(0, 6);
    const moved = first.map(([x = 0, ...rest]) => [x + 3, ...rest]);
    expect(frechetDistance(first, moved)).toBeCloseTo(9, 6);
  });

  it('are refused where there are too few', () => {
    expect(() => frechetDistance([[1]], [[1], [2]])).toThrow(/two rows/);
    expect(() => kernelDistance([[1], [2]], [[1], [2, 3]])).toThrow(/one width/);
  });
});

describe('the drift of a look', () => {
  it('is the mean difference to the first frame', () => {
    const at = (l: number) => ({ mode: 'lab65' as const, l, a: 0, b: 0 });
    const [far, near] = [colourDifference(at(50), at(60)), colourDifference(at(50), at(52))];
    expect(colourDrift([undefined, at(50), at(60), undefined, at(52)])).toBeCloseTo((far + near) / 2, 9);
    expect(far).toBeGreaterThan(near);
    expect(colourDrift([at(50), at(50)])).toBe(0);
    expect(colourDrift([at(50)])).toBeNaN();
  });
});

describe('intervals', () => {
  it('take percentiles as numpy does', () => {
    const { values, of } = stated.percentiles;
    [0.025, 0.5, 0.975].forEach((share, index) => {
      expect(quantile(values, share)).toBeCloseTo(of[index] ?? 9, 9);
    });
  });

  it('of a mean are those of the normal law: 1.96 standard errors, the same for the same seed', () => {
    const values = Array.from({ length: 400 }, (_, at) => at % 2);
    const mean = (sample: readonly number[]): number =>
      sample.reduce((sum, value) => sum + value, 0) / sample.length;
    const { low, high } = bootstrap(values, mean, { seed: 3, rounds: 4000 });
    // A coin: standard error 0.5 / sqrt(400) = 0.025.
    expect(low).toBeGreaterThan(0.5 - 1.96 * 0.025 - 0.004);
    expect(low).toBeLessThan(0.5 - 1.96 * 0.025 + 0.004);
    expect(high - 0.5).toBeCloseTo(0.5 - low, 2);
    expect(bootstrap(values, mean, { seed: 3, rounds: 50 })).toEqual(
      bootstrap(values, mean, { seed: 3, rounds: 50 }),
    );
    expect(bootstrap(values, mean, { seed: 4, rounds: 50 })).not.toEqual(
      bootstrap(values, mean, { seed: 3, rounds: 50 }),
    );
  });

  it('leave out rounds without a value', () => {
    const of = (sample: readonly number[]): number => (sample.includes(1) ? 7 : Number.NaN);
    expect(bootstrap([0, 1], of)).toEqual({ low: 7, high: 7 });
    expect(bootstrap([], () => Number.NaN).low).toBeNaN();
  });
});
