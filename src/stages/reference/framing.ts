/** Shoulders that a photograph's frame aims at: their width as a share of the frame's side, and the height of their middle. */
const SHOULDERS = { width: 0.33, y: 0.5 };
/** Wider shoulders than this share of the side leave no room for hands beside the body: a portrait is extended instead. */
const WIDEST = 0.36;
/** Nearer to the lower edge of the photograph than this share of the shoulders' width, the person is cut by it. */
const CUT = 0.1;
/** How far the trunk reaches to each side from the middle of the shoulders, in their width. Arms may be cut: frames lay them anew. */
const TRUNK = 0.7;

export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** Where somebody is in a photograph: shoulders, and the lower end of the person's mask. */
export interface Placed {
  readonly shoulders: { readonly x: number; readonly y: number; readonly width: number };
  readonly bottom: number;
}

/**
 * The square of a photograph that a clip is drawn in, in its pixels: round the shoulders, with room to sign. It reaches beyond the
 * photograph where that is too small, but never on a side that cuts the person off.
 */
export function photoFrame(width: number, height: number, { shoulders, bottom }: Placed): Frame {
  const beside = TRUNK * shoulders.width;
  const cut = { low: shoulders.x < beside, high: shoulders.x > width - beside };
  const least = cut.low && cut.high ? 0 : shoulders.width / WIDEST;
  const side = Math.max(least, Math.min(shoulders.width / SHOULDERS.width, Math.max(width, height)));
  const x = inside(shoulders.x - side / 2, side, width, cut);
  const y = inside(shoulders.y - SHOULDERS.y * side, side, height, {
    low: false,
    high: bottom > height - CUT * shoulders.width,
  });
  return { x, y, side };
}

/** Moves a stretch from `start` into 0..length where it fits; where it does not, to the edges that cut the person off. */
function inside(start: number, side: number, length: number, cut: { low: boolean; high: boolean }): number {
  const [low, high] = [Math.min(0, length - side), Math.max(0, length - side)];
  if (side <= length) return Math.min(high, Math.max(low, start));
  if (cut.high && !cut.low) return length - side;
  if (cut.low && !cut.high) return 0;
  return Math.min(high, Math.max(low, start));
}
