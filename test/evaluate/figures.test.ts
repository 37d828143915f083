import { describe, expect, it } from 'vitest';
import { overallHandError, poseScores } from '../../src/evaluate/judge/pose-scores.js';
import type { FrameScores } from '../../src/evaluate/judge/scores.js';
import { METRICS } from '../../src/evaluate/report/figures/index.js';
import type { Judged } from '../../src/evaluate/report/measure.js';
import { handPoint, KEYPOINT_COUNT } from '../../src/pose/pose-frame.js';

/** A left hand whose points lie on the diagonal of a box of 40 pixels, and a nose. */
function askedPoints(): Float32Array {
  const points = new Float32Array(KEYPOINT_COUNT * 3);
  points.set([50, 20, 1], 0);
  for (let point = 0; point < 21; point += 1)
    points.set([20 + 2 * point, 40 + 2 * point, 1], handPoint('left', point) * 3);
  return points;
}

/** The same, moved to the right; what is left out was not found. */
function foundPoints(by: number, leftOut: readonly number[] = []): Float32Array {
  const points = askedPoints();
  for (let at = 0; at < points.length; at += 3) {
    if (points[at + 2]) points[at] = (points[at] ?? 0) + by;
    if (leftOut.includes(at / 3)) points.fill(0, at, at + 3);
  }
  return points;
}

describe('scores of a pose', () => {
  it('tell distances in sides of the picture and in sizes of the hand', () => {
    const scores = poseScores(askedPoints(), foundPoints(4), 2000, 100);
    expect(scores.distances[0]).toBeCloseTo(0.04, 6);
    expect(scores.distances[1]).toBeNull();
    expect(scores.handErrors.left).toBeCloseTo(0.1, 6);
    expect(scores.handErrors.right).toBeNull();
    expect(scores.handsAsked).toEqual({ left: true, right: false });
    expect(scores.handsFound).toEqual({ left: true, right: false });
    expect(overallHandError(scores)).toBeCloseTo(0.1, 6);
    expect(scores.sure).toBe(1);
  });

  it('count a hand that is elsewhere, or missing, as not found', () => {
    const away = poseScores(askedPoints(), foundPoints(45), 2000, 100);
    expect(away.handsFound.left).toBe(false);
    expect(overallHandError(away)).toBe(1);
    const points = Array.from({ length: 21 }, (_, point) => handPoint('left', point));
    const missing = poseScores(askedPoints(), foundPoints(0, points), 2000, 100);
    expect(missing.distances[handPoint('left', 3)]).toBe(-1);
    expect(missing.oksHands).toBe(0);
    expect(missing.oks).toBeCloseTo(1 / 22, 6);
  });
});

function frame(by: number, values: Record<string, number> = {}): FrameScores {
  const found = foundPoints(by);
  const pose = poseScores(askedPoints(), found, 2000, 100);
  return { picture: '', found: [...found], pose, values, maskIous: [], features: {} };
}

function judged(frames: Record<string, FrameScores>): Judged {
  const pictures = new Map(Object.entries(frames).map(([key, scores]) => [key, { scores }]));
  return { pictures, clips: new Map(), readings: new Map() };
}

const nobody: Judged = { pictures: new Map(), clips: new Map(), readings: new Map() };

function metric(name: string) {
  const found = METRICS.find((one) => one.name === name);
  if (!found) throw new Error(`there is no metric ${name}`);
  return found;
}

describe('figures', () => {
  it('are means over joints, beside those of the reference', () => {
    const mine = judged({ a: frame(2), b: frame(6) });
    const figure = metric('mpjpe').figure(mine, judged({ a: frame(1) }));
    expect(figure.value).toBeCloseTo(0.04, 6);
    expect(figure.truth?.value).toBeCloseTo(0.01, 6);
    expect(figure.interval?.[0]).toBeCloseTo(0.02, 6);
    expect(figure.interval?.[1]).toBeCloseTo(0.06, 6);
    expect(figure).toMatchObject({ count: 2, of: 'pictures', better: 'lower' });
  });

  it('say why they are not there', () => {
    const figure = metric('psnr').figure(judged({ a: frame(2) }), nobody);
    expect(figure).toMatchObject({ value: null, interval: null, truth: null, count: 0 });
    expect(figure.note).toBe('not measured: no picture has a reference');
    expect(metric('fid').figure(judged({ a: frame(1) }), nobody).note).toContain('`features`');
  });

  it('take a value of the picture itself over pictures that have a reference, too', () => {
    const mine = judged({ a: frame(0, { skin: 4 }), b: frame(0, { skin: 10 }) });
    const figure = metric('skin').figure(mine, judged({ a: frame(0, { skin: 1 }) }));
    expect(figure).toMatchObject({ value: 4, count: 1, truth: { value: 1 } });
  });

  it('are compared picture by picture: one that is always better is surely better', () => {
    const good = judged({ a: frame(1), b: frame(2), c: frame(3), d: frame(9) });
    const bad = judged({ a: frame(2), b: frame(3), c: frame(4) });
    const compared = metric('mpjpe').compare(bad, good);
    expect(compared?.difference).toBeCloseTo(0.01, 6);
    expect(compared?.interval?.[0]).toBeCloseTo(0.01, 6);
    expect(compared).toMatchObject({ count: 3, verdict: 'worse' });
    expect(metric('mpjpe').compare(good, good)?.verdict).toBe('unclear');
    expect(metric('mpjpe').compare(good, nobody)).toBeUndefined();
  });

  it('read letters', () => {
    const readings = new Map([
      ['a', { meant: 'A', read: 'A' }],
      ['b', { meant: 'B', read: undefined }],
    ]);
    const figure = metric('legibility').figure({ ...nobody, readings }, nobody);
    expect(figure).toMatchObject({ value: 0.5, count: 2, of: 'clips' });
  });
});
