import { describe, expect, it } from 'vitest';
import { NEUTRAL } from '../../../src/pose/face-mean.js';
import { fillFaceShifts } from '../../../src/stages/carry/face.js';

const SIZE = 400;
const WINDOW = { top: 0, bottom: SIZE, left: 0, right: SIZE };
const STAY = { a: 1, b: 0, c: 0, d: 0, e: 1, f: 0 };
const IDS = Array.from({ length: 68 }, (_, k) => k);
const UPPER = { lids: [37, 38, 43, 44], below: [41, 40, 47, 46] };

/** The neutral figure's face over most of the picture, with points moved down by so many pixels. */
function face(down: Record<number, number> = {}): Float64Array {
  const [xs, ys] = [0, 1].map((axis) => NEUTRAL.filter((_, i) => i % 2 === axis)) as [number[], number[]];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const scale = 300 / (Math.max(...ys) - top);
  return Float64Array.from(NEUTRAL, (value, i) =>
    i % 2 ? 50 + scale * (value - top) + (down[i >> 1] ?? 0) : 80 + scale * (value - left),
  );
}

function shiftsTo(goal: Float64Array) {
  const values = () => new Float64Array(SIZE * SIZE).fill(7);
  const shifts = { across: values(), down: values(), light: values(), teeth: values() };
  fillFaceShifts(shifts, WINDOW, STAY, { places: goal, ids: IDS }, face());
  const at = (x: number, y: number): number => Math.floor(y) * SIZE + Math.floor(x);
  return { ...shifts, at };
}

const place = (points: Float64Array, k: number) => [points[2 * k] ?? 0, points[2 * k + 1] ?? 0] as const;

const most = (values: Float64Array): number => values.reduce((a, b) => Math.max(a, b), 0);

describe('where a head is read', () => {
  it('follows brows that rise, most of their way', () => {
    const raised = face(Object.fromEntries(Array.from({ length: 10 }, (_, k) => [17 + k, -10])));
    const { down, at } = shiftsTo(raised);
    for (const k of [18, 19, 20, 23, 24, 25]) {
      const reached = down[at(...place(raised, k))] ?? 0;
      expect(reached).toBeGreaterThan(9);
      expect(reached).toBeLessThan(11);
    }
  });

  it('leaves nothing of the eye between lids that are shut, nor below them', () => {
    const open = face();
    const shut = face(
      Object.fromEntries(
        UPPER.lids.map((k, n) => [k, place(open, UPPER.below[n] ?? 0)[1] - place(open, k)[1]]),
      ),
    );
    const { down, at } = shiftsTo(shut);
    UPPER.lids.forEach((lid, n) => {
      const [x, y] = place(shut, lid);
      const lower = place(open, UPPER.below[n] ?? 0)[1];
      const upper = place(open, lid)[1];
      expect(y + 2.5 + (down[at(x, y + 2)] ?? 0)).toBeGreaterThan(lower + 1);
      expect(y - 2.5 + (down[at(x, y - 3)] ?? 0)).toBeLessThan(upper - 1);
    });
  });

  it('shows teeth below the upper lip of an open mouth, and dark below them', () => {
    const open = face(Object.fromEntries([55, 56, 57, 58, 59, 65, 66, 67].map((k) => [k, 40])));
    const { teeth, light, at } = shiftsTo(open);
    const [x, top] = place(open, 62);
    const [, bottom] = place(open, 66);
    expect(most(teeth)).toBeGreaterThan(0.9);
    const low = at(x, bottom - 8);
    expect(teeth[low]).toBe(0);
    expect(light[low]).toBeLessThan(0.5);
    expect(teeth[at(x, top - 3)]).toBe(0);
    expect(most(shiftsTo(face()).teeth)).toBe(0);
  });
});
