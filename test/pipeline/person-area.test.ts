import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { personArea } from '../../src/pipeline/person-area.js';

const SAME = { scale: 1, dx: 0, dy: 0 };

describe('the area of a person', () => {
  it('holds what is seen of the clip, with room round it, down to the lower edge', () => {
    const shoulders = { x: 256, y: 200, width: 100 };
    const seen = { left: 170, top: 100, right: 300, bottom: 350 };
    // From 170 - 30 to the middle's 256 + 105: 225 pixels from the cell at 136 are four steps. From 70 down: 448 above 512.
    expect(personArea({ shoulders, seen }, SAME, 512, 64)).toEqual({
      left: 136,
      width: 256,
      top: 64,
      height: 448,
    });
  });

  it('has as much room round it as is asked for', () => {
    const shoulders = { x: 256, y: 200, width: 100 };
    const seen = { left: 170, top: 180, right: 300, bottom: 350 };
    // From 170 - 75 = 95 to 375: 287 pixels from the cell at 88 are five steps. From 105, the cell at 104, down: 448.
    expect(personArea({ shoulders, seen }, SAME, 512, 64, 0.75)).toEqual({
      left: 88,
      width: 320,
      top: 64,
      height: 448,
    });
  });

  it('is where the placed person is', () => {
    const shoulders = { x: 64, y: 50, width: 25 };
    const seen = { left: 42.5, top: 25, right: 75, bottom: 87.5 };
    const placed = personArea({ shoulders, seen }, { scale: 4, dx: 0, dy: 0 }, 512, 64);
    expect(placed).toEqual({ left: 136, width: 256, top: 64, height: 448 });
  });

  it('is the whole picture where nobody is known', () => {
    expect(personArea({}, SAME, 512, 64)).toEqual({ left: 0, top: 0, width: 512, height: 512 });
  });

  it('lies within the picture, on whole cells, in whole steps, wherever the person is', () => {
    const place = fc.double({ min: -600, max: 1100, noNaN: true });
    const arbitrary = fc.record({
      x: place,
      y: place,
      left: place,
      top: place,
      more: fc.double({ min: 0, max: 900, noNaN: true }),
    });
    fc.assert(
      fc.property(
        arbitrary,
        fc.double({ min: 5, max: 400, noNaN: true }),
        ({ x, y, left, top, more }, width) => {
          const seen = { left, top, right: left + more, bottom: top + more };
          const area = personArea({ shoulders: { x, y, width }, seen }, SAME, 512, 64);
          for (const side of [area.width, area.height]) expect(side % 64 === 0 && side >= 64).toBe(true);
          for (const start of [area.left, area.top]) expect(start % 8 === 0 && start >= 0).toBe(true);
          expect(area.left + area.width).toBeLessThanOrEqual(512);
          expect(area.top + area.height).toBe(512);
          const inside = (value: number) => Math.min(511, Math.max(0, value));
          expect(area.left).toBeLessThanOrEqual(inside(left));
          expect(area.left + area.width).toBeGreaterThanOrEqual(inside(left + more));
        },
      ),
    );
  });
});
