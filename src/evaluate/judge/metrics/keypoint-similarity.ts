/*
 * Object keypoint similarity and average precision as COCO defines them (pycocotools, COCOeval), for one person a picture. DAP is the
 * average precision between the pose that was asked for and the pose detected in the result (paper, Metrics).
 */

const BODY = [26, 25, 25, 35, 35, 79, 79, 72, 72, 62, 62, 107, 107, 87, 87, 89, 89];
const FEET = [68, 66, 66, 92, 94, 94];
// biome-ignore format: rows of numbers
const FACE = [
  42, 43, 44, 43, 40, 35, 31, 25, 20, 23, 29, 32, 37, 38, 43, 41, 45, 13, 12, 11, 11, 12, 12, 11, 11, 13, 15, 9, 7, 7, 7, 12, 9, 8,
  16, 10, 17, 11, 9, 11, 9, 7, 13, 8, 11, 12, 10, 34, 8, 8, 9, 8, 8, 7, 10, 8, 9, 9, 9, 7, 7, 8, 11, 8, 8, 8, 10, 8,
];
const HAND = [29, 22, 35, 37, 47, 26, 25, 24, 35, 18, 24, 22, 26, 17, 21, 21, 32, 20, 19, 22, 31];

/** Tolerance of each of the 133 points: COCO's for the body, COCO-WholeBody's for feet, face and hands. */
export const SIGMAS: readonly number[] = [...BODY, ...FEET, ...FACE, ...HAND, ...HAND].map(
  (thousandth) => thousandth / 1000,
);

/** OKS .50:.05:.95. */
const THRESHOLDS = Array.from({ length: 10 }, (_, step) => 0.5 + step * 0.05);
/** Recalls at which COCO samples precision. */
const RECALLS = Array.from({ length: 101 }, (_, step) => step / 100);
/** Roundings of a threshold or a recall do not decide. */
const SLACK = 1e-12;

/**
 * OKS, 0..1: the mean over the points that were asked for of exp(-d² / (2 area (2 sigma)²)); NaN where none was. A point that was not
 * found counts 0. `asked`, `found`: x, y in pixels and confidence of as many points as there are `sigmas`; `area`: pixels of the
 * person, which COCO-WholeBody takes for hands, too.
 */
export function keypointSimilarity(
  asked: ArrayLike<number>,
  found: ArrayLike<number>,
  area: number,
  sigmas: readonly number[],
): number {
  let sum = 0;
  let count = 0;
  sigmas.forEach((sigma, point) => {
    const [x, y, there] = [0, 1, 2].map((place) => asked[point * 3 + place] ?? 0);
    if (!there) return;
    count += 1;
    if (!((found[point * 3 + 2] ?? 0) > 0)) return;
    const squared = ((found[point * 3] ?? 0) - (x ?? 0)) ** 2 + ((found[point * 3 + 1] ?? 0) - (y ?? 0)) ** 2;
    sum += Math.exp(-squared / (2 * (area + Number.EPSILON) * (2 * sigma) ** 2));
  });
  return sum / count;
}

/** What one picture adds to an average precision: its OKS, and the detector's confidence (0 = nothing was detected). */
export interface Detection {
  readonly similarity: number;
  readonly score: number;
}

/** COCO's average recall with one person and at most one detection a picture: the share with OKS >= t, mean over t. */
export function averageRecall(similarities: readonly number[]): number {
  const shares = THRESHOLDS.map(
    (threshold) => similarities.filter((value) => value >= threshold - SLACK).length / similarities.length,
  );
  return shares.reduce((sum, share) => sum + share, 0) / THRESHOLDS.length;
}

/**
 * COCO's average precision (101 recalls, OKS .50:.05:.95), 0..1, with one person and at most one detection a picture. Pictures are
 * ranked by score; those of one score count as one step, so that the order of the pictures changes nothing.
 */
export function averagePrecision(pictures: readonly Detection[]): number {
  const ranked = pictures.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
  if (ranked.length === 0) return 0;
  const areas = THRESHOLDS.map((threshold) => areaUnder(ranked, pictures.length, threshold - SLACK));
  return areas.reduce((sum, area) => sum + area, 0) / THRESHOLDS.length;
}

/** Mean over the recalls of the best precision from that recall on. */
function areaUnder(ranked: readonly Detection[], count: number, threshold: number): number {
  const steps: { recall: number; precision: number }[] = [];
  let hits = 0;
  ranked.forEach(({ similarity, score }, place) => {
    if (similarity >= threshold) hits += 1;
    if (ranked[place + 1]?.score === score) return;
    steps.push({ recall: hits / count, precision: hits / (place + 1) });
  });
  let [sum, best, at] = [0, 0, steps.length - 1];
  for (let place = RECALLS.length - 1; place >= 0; place -= 1) {
    for (let step = steps[at]; step && step.recall >= (RECALLS[place] ?? 0) - SLACK; step = steps[at]) {
      best = Math.max(best, step.precision);
      at -= 1;
    }
    sum += best;
  }
  return sum / RECALLS.length;
}
