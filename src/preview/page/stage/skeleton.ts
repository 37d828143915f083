/** Colours that the skeleton is drawn in; the hands' can be distinguished with every kind of colour vision. */
export interface SkeletonColours {
  readonly body: string;
  readonly face: string;
  readonly left: string;
  readonly right: string;
  readonly missing: string;
}

/** 0 missing, 1 filled, 2 there; undefined: not known yet. */
export interface HandsThere {
  readonly left: number | undefined;
  readonly right: number | undefined;
}

const LIMBS = [
  [5, 7],
  [7, 9],
  [6, 8],
  [8, 10],
  [5, 6],
  [5, 11],
  [6, 12],
  [11, 12],
] as const;
const HANDS = [
  { start: 91, wrist: 9, elbow: 7, colour: 'left' },
  { start: 112, wrist: 10, elbow: 8, colour: 'right' },
] as const;
const FINGERS = [0, 1, 2, 3, 4];

/**
 * Draws points (x, y, confidence; x and y as shares of the picture) into a square of `size` pixels. A hand that was filled is dashed;
 * where one is missing stands a crossed ring.
 */
export function drawSkeleton(
  context: CanvasRenderingContext2D,
  points: Float32Array,
  size: number,
  colours: SkeletonColours,
  there: HandsThere,
): void {
  const pen = { context, points, size };
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.strokeStyle = colours.body;
  context.lineWidth = size / 70;
  for (const [a, b] of LIMBS) line(pen, [a, b]);
  drawHead(pen, colours);
  for (const { start, wrist, elbow, colour } of HANDS) {
    if (there[colour] === 0) {
      context.strokeStyle = colours.missing;
      context.lineWidth = size / 130;
      ring(pen, wrist, elbow);
      continue;
    }
    context.setLineDash(there[colour] === 1 ? [size / 70, size / 70] : []);
    context.strokeStyle = colours[colour];
    context.fillStyle = colours[colour];
    context.lineWidth = size / 130;
    for (const finger of FINGERS) {
      const first = start + finger * 4 + 1;
      line(pen, [start, first, first + 1, first + 2, first + 3]);
    }
    context.setLineDash([]);
    for (let i = start; i < start + 21; i++) dot(pen, i, size / 150);
  }
}

interface Pen {
  readonly context: CanvasRenderingContext2D;
  readonly points: Float32Array;
  readonly size: number;
}

/** The face's points, or where there are none the five of the head. */
function drawHead(pen: Pen, colours: SkeletonColours): void {
  pen.context.fillStyle = colours.face;
  let known = 0;
  for (let i = 23; i < 91; i++) known += dot(pen, i, pen.size / 260);
  for (let i = 0; known === 0 && i < 5; i++) dot(pen, i, pen.size / 120);
}

/** Through all of the points that are known one after another. */
function line({ context, points, size }: Pen, indices: readonly number[]): void {
  context.beginPath();
  let drawing = false;
  for (const i of indices) {
    const known = (points[i * 3 + 2] ?? 0) > 0;
    const [x, y] = [(points[i * 3] ?? 0) * size, (points[i * 3 + 1] ?? 0) * size];
    if (known && drawing) context.lineTo(x, y);
    else if (known) context.moveTo(x, y);
    drawing = known;
  }
  context.stroke();
}

/** A ring with a cross at a wrist, or where that is not known at the elbow: no hand. */
function ring({ context, points, size }: Pen, wrist: number, elbow: number): void {
  const i = [wrist, elbow].find((at) => (points[at * 3 + 2] ?? 0) > 0);
  if (i === undefined) return;
  const radius = size / 28;
  // It stays in sight where the wrist does not.
  const within = (value: number) => Math.max(radius * 1.2, Math.min(size - radius * 1.2, value * size));
  const [x, y] = [within(points[i * 3] ?? 0), within(points[i * 3 + 1] ?? 0)];
  context.beginPath();
  context.moveTo(x + radius, y);
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.moveTo(x - radius / 2, y - radius / 2);
  context.lineTo(x + radius / 2, y + radius / 2);
  context.moveTo(x + radius / 2, y - radius / 2);
  context.lineTo(x - radius / 2, y + radius / 2);
  context.stroke();
}

function dot({ context, points, size }: Pen, i: number, radius: number): number {
  if ((points[i * 3 + 2] ?? 0) <= 0) return 0;
  context.beginPath();
  context.arc((points[i * 3] ?? 0) * size, (points[i * 3 + 1] ?? 0) * size, radius, 0, 7);
  context.fill();
  return 1;
}
