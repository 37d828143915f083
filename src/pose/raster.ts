import type { Picture } from '../picture.js';

/** Red, green, blue, 0..255. */
export type Rgb = readonly [number, number, number];

/** Colours pixels [from, to] of row `y`, limited to the picture. */
function fillRow(picture: Picture, y: number, from: number, to: number, colour: Rgb): void {
  if (y < 0 || y >= picture.height) return;
  const { data, width, channels } = picture;
  const last = Math.min(width - 1, to);
  for (let x = Math.max(0, from); x <= last; x += 1) {
    const at = (y * width + x) * channels;
    data[at] = colour[0];
    data[at + 1] = colour[1];
    data[at + 2] = colour[2];
  }
}

/** Rows of the picture between two edges. */
function rows(picture: Picture, top: number, bottom: number): { first: number; last: number } {
  return { first: Math.max(0, Math.ceil(top)), last: Math.min(picture.height - 1, Math.floor(bottom)) };
}

/** Fills a disc around the pixel that holds x, y; pixels whose middle is within `radius` of its middle, as OpenCV does. */
export function fillDisc(picture: Picture, x: number, y: number, radius: number, colour: Rgb): void {
  const [column, line] = [Math.floor(x), Math.floor(y)];
  const reach = Math.floor(radius);
  const limit = radius * radius;
  for (let dy = -reach; dy <= reach; dy += 1) {
    const half = Math.floor(Math.sqrt(Math.max(0, limit - dy * dy)));
    fillRow(picture, line + dy, column - Math.min(half, reach), column + Math.min(half, reach), colour);
  }
}

/** Fills the ellipse that has the segment from a to b as its long axis and `half` pixels as its short half-axis. */
export function fillLimb(
  picture: Picture,
  a: { x: number; y: number },
  b: { x: number; y: number },
  half: number,
  colour: Rgb,
): void {
  // Pixel (0, 0) has its middle at (0.5, 0.5).
  const [cx, cy] = [(a.x + b.x) / 2 - 0.5, (a.y + b.y) / 2 - 0.5];
  const long = Math.max(0.5, Math.hypot(b.x - a.x, b.y - a.y) / 2);
  const angle = Math.atan2(b.y - a.y, b.x - a.x);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [p, q] = [1 / (long * long), 1 / (half * half)];
  // Points inside satisfy xx x^2 + 2 xy x y + yy y^2 <= 1 around the middle; solved for x in each row.
  const xx = cos * cos * p + sin * sin * q;
  const xy = cos * sin * (p - q);
  const yy = sin * sin * p + cos * cos * q;
  const tall = Math.sqrt(xx / (xx * yy - xy * xy));
  const { first, last } = rows(picture, cy - tall, cy + tall);
  for (let line = first; line <= last; line += 1) {
    const y = line - cy;
    const inside = (xy * xy - xx * yy) * y * y + xx;
    if (inside < 0) continue;
    const reach = Math.sqrt(inside) / xx;
    const middle = cx - (xy * y) / xx;
    fillRow(picture, line, Math.ceil(middle - reach), Math.floor(middle + reach), colour);
  }
}

/** Draws a line of `thickness` pixels with round ends. */
export function strokeLine(
  picture: Picture,
  a: { x: number; y: number },
  b: { x: number; y: number },
  thickness: number,
  colour: Rgb,
): void {
  const half = thickness / 2;
  const [ax, ay, bx, by] = [a.x - 0.5, a.y - 0.5, b.x - 0.5, b.y - 0.5];
  const [dx, dy] = [bx - ax, by - ay];
  const squared = dx * dx + dy * dy;
  const { first, last } = rows(picture, Math.min(ay, by) - half, Math.max(ay, by) + half);
  const left = Math.max(0, Math.ceil(Math.min(ax, bx) - half));
  const right = Math.min(picture.width - 1, Math.floor(Math.max(ax, bx) + half));
  for (let y = first; y <= last; y += 1) {
    for (let x = left; x <= right; x += 1) {
      const along = squared === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / squared));
      const distance = Math.hypot(x - ax - along * dx, y - ay - along * dy);
      if (distance <= half) fillRow(picture, y, x, x, colour);
    }
  }
}
