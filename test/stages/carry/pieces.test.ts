import { describe, expect, it } from 'vitest';
import { dropSlivers } from '../../../src/stages/carry/pieces.js';

const SIZE = 40;
/** A trunk's cover: columns 10 to 29, of full cover but for its soft edge, and beside them a line of three columns down from row 5. */
const trunk = () =>
  Float32Array.from({ length: SIZE * 30 }, (_, at) => {
    const [x, y] = [at % SIZE, Math.floor(at / SIZE)];
    if (x === 9 || x === 30) return 0.4;
    if (x >= 10 && x < 30) return 1;
    return y >= 5 && x >= 34 && x < 37 ? 1 : 0;
  });
const everyone = new Float32Array(SIZE * 30).fill(1);

describe('slivers of a part', () => {
  it('are taken from it where they are thinner than twice as many pixels as are asked for', () => {
    const cut = trunk();
    dropSlivers(cut, everyone, SIZE, 2);
    expect(cut).toEqual(trunk().map((cover, at) => (at % SIZE > 32 ? 0 : cover)));
  });

  it('stay where they are wide enough, at the edge of the picture too', () => {
    const wide = trunk().map((cover, at) => (at % SIZE >= 36 ? 1 : cover));
    const cut = wide.slice();
    dropSlivers(cut, everyone, SIZE, 1);
    expect(cut).toEqual(wide);
  });
});
