import { confidenceOf, LEFT_HAND, presenceOf, RIGHT_HAND } from '../data/frames.js';
import { colour } from '../parts/theme.js';

/** Rows from top to bottom, heights in CSS pixels. A hand's columns are as high as its confidence. */
const ALL = [
  { part: LEFT_HAND, height: 20, ink: 'left' },
  { part: RIGHT_HAND, height: 20, ink: 'right' },
  { part: 0, height: 13, ink: 'line' },
  { part: 1, height: 13, ink: 'line' },
] as const;

export const small = matchMedia('(max-width: 36rem), (max-width: 60rem) and (max-height: 30rem)');

/** Small screens have room for the hands alone. */
export function tracks(): readonly (typeof ALL)[number][] {
  return small.matches ? ALL.slice(0, 2) : ALL;
}
const GAP = 3;

export function tracksHeight(): number {
  const shown = tracks();
  return shown.reduce((sum, { height }) => sum + height, 0) + GAP * (shown.length - 1);
}

/** What is seen of the frames in one column. */
interface Column {
  /** The worst of them: 0 missing, 1 filled, 2 there. */
  readonly presence: number;
  /** The lowest of them, 0..1. */
  readonly confidence: number;
}

/** One column a frame, or a pixel for several. */
export function drawTracks(canvas: HTMLCanvasElement, count: number): void {
  const context = canvas.getContext('2d');
  if (!context || count === 0) return;
  const scale = Math.min(2, devicePixelRatio);
  const width = Math.max(1, Math.round(canvas.clientWidth));
  canvas.width = width * scale;
  canvas.height = tracksHeight() * scale;
  context.scale(scale, scale);
  const missing = hatch(context, colour('missing'));
  const columns = Math.min(width, count);
  const step = width / columns;
  let top = 0;
  for (const { part, height, ink } of tracks()) {
    const solid = colour(ink);
    context.fillStyle = colour('hair');
    context.fillRect(0, top + height - 1, width, 1);
    for (let column = 0; column < columns; column++) {
      const seen = columnOf(part, (column * count) / columns, ((column + 1) * count) / columns);
      if (!seen) continue;
      const x = column * step;
      const w = step > 4 ? step - 1 : step;
      const high =
        seen.presence === 0 ? height : seen.presence === 1 ? 4 : Math.max(5, seen.confidence * height);
      context.fillStyle = seen.presence === 0 ? missing : solid;
      context.globalAlpha = seen.presence === 1 ? 0.75 : 1;
      context.fillRect(x, top + height - high, w, high);
    }
    context.globalAlpha = 1;
    top += height + GAP;
  }
}

function columnOf(part: number, start: number, stop: number): Column | undefined {
  let presence: number | undefined;
  let confidence = 1;
  const first = Math.floor(start);
  for (let at = first; at < Math.max(first + 1, Math.floor(stop)); at++) {
    const found = presenceOf(at, part);
    if (found === undefined) continue;
    presence = Math.min(presence ?? found, found);
    confidence = Math.min(confidence, confidenceOf(at, part));
  }
  return presence === undefined ? undefined : { presence, confidence };
}

/** Slanted lines, so that a gap shows without colour. */
function hatch(context: CanvasRenderingContext2D, ink: string): CanvasPattern | string {
  const tile = document.createElement('canvas');
  tile.width = 6;
  tile.height = 6;
  const pen = tile.getContext('2d');
  if (!pen) return ink;
  pen.strokeStyle = ink;
  pen.lineWidth = 2;
  for (const shift of [-6, 0, 6]) {
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat') ?? ink;
}
