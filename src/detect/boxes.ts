/** One find of a box detector, in shares of what it was shown. */
export interface Box {
  readonly score: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** `Float32Array` [n * 2] of x, y. */
  readonly keypoints: Float32Array;
}

/** How a box detector's numbers are laid out. */
export interface BoxLayout {
  /** Side in pixels of what it is shown. */
  readonly size: number;
  /** Pixels between the anchors, one number for each two anchors at a place. */
  readonly strides: readonly number[];
  readonly keypoints: number;
  /** Lowest score of a find. */
  readonly threshold: number;
}

const LARGEST_LOGIT = 100;
/** Boxes that overlap more than this (intersection over union) are the same find. */
const SAME_FIND = 0.3;

/** Centres of the anchors: `Float32Array` [n * 2], 0..1 (MediaPipe: SsdAnchorsCalculator with fixed anchor size, two anchors a layer and place). */
export function anchorCentres({ size, strides }: Pick<BoxLayout, 'size' | 'strides'>): Float32Array {
  const centres: number[] = [];
  for (const [index, stride] of strides.entries()) {
    // Layers of one stride share their places.
    if (strides[index - 1] === stride) continue;
    const here = 2 * strides.filter((other) => other === stride).length;
    const side = Math.ceil(size / stride);
    for (let place = 0; place < side * side; place += 1) {
      const x = ((place % side) + 0.5) / side;
      const y = (Math.floor(place / side) + 0.5) / side;
      for (let anchor = 0; anchor < here; anchor += 1) centres.push(x, y);
    }
  }
  return Float32Array.from(centres);
}

/**
 * Finds above the threshold. `regressors` is `Float32Array` [anchors, 4 + 2 * keypoints] (x, y, width, height, keypoints in pixels
 * from the anchor), `scores` [anchors] logits (MediaPipe: TensorsToDetectionsCalculator).
 */
export function decodeBoxes(
  regressors: Float32Array,
  scores: Float32Array,
  anchors: Float32Array,
  { size, keypoints, threshold }: BoxLayout,
): Box[] {
  const boxes: Box[] = [];
  const stride = 4 + 2 * keypoints;
  for (const [index, logit] of scores.entries()) {
    const score = 1 / (1 + Math.exp(-Math.min(Math.max(logit, -LARGEST_LOGIT), LARGEST_LOGIT)));
    if (!(score >= threshold)) continue;
    const value = (place: number) => (regressors[index * stride + place] ?? 0) / size;
    const [anchorX = 0, anchorY = 0] = [anchors[index * 2], anchors[index * 2 + 1]];
    const [x, y, width, height] = [value(0) + anchorX, value(1) + anchorY, value(2), value(3)];
    const points = Float32Array.from(
      { length: keypoints * 2 },
      (_, place) => value(4 + place) + (place % 2 === 0 ? anchorX : anchorY),
    );
    boxes.push({
      score,
      left: x - width / 2,
      top: y - height / 2,
      right: x + width / 2,
      bottom: y + height / 2,
      keypoints: points,
    });
  }
  return boxes;
}

/**
 * The surest find: the mean, weighted by score, of the box with the highest score and of all that overlap it (the first result of
 * MediaPipe's NonMaxSuppressionCalculator, weighted). Undefined where there is no box.
 */
export function surestBox(boxes: readonly Box[]): Box | undefined {
  const best = boxes.reduce<Box | undefined>(
    (found, box) => (found && found.score >= box.score ? found : box),
    undefined,
  );
  if (!best) return undefined;
  const same = boxes.filter((box) => overlap(box, best) > SAME_FIND);
  const total = same.reduce((sum, { score }) => sum + score, 0);
  if (total === 0) return best;
  const mean = (of: (box: Box) => number) => same.reduce((sum, box) => sum + of(box) * box.score, 0) / total;
  return {
    score: best.score,
    left: mean(({ left }) => left),
    top: mean(({ top }) => top),
    right: mean(({ right }) => right),
    bottom: mean(({ bottom }) => bottom),
    keypoints: best.keypoints.map((_, place) => mean(({ keypoints }) => keypoints[place] ?? 0)),
  };
}

/** How many finds the boxes are of: those that overlap are one. */
export function countFinds(boxes: readonly Box[]): number {
  const kept: Box[] = [];
  for (const box of boxes.toSorted((a, b) => b.score - a.score))
    if (!kept.some((other) => overlap(box, other) > SAME_FIND)) kept.push(box);
  return kept.length;
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const area = (box: Box) => (box.right - box.left) * (box.bottom - box.top);
  const union = area(a) + area(b) - width * height;
  return union > 0 ? (width * height) / union : 0;
}
