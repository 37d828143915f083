import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { gripFor, reachFor } from '../../src/phrase/arm.js';
import { ALPHABET } from '../../src/phrase/data/alphabet.js';
import { figurePoints, film, poseArm } from '../../src/phrase/figure.js';
import { handJoints, handMarks } from '../../src/phrase/hand.js';
import { betweenHolds, type Hold } from '../../src/phrase/motion.js';
import {
  about,
  across,
  apply,
  cross,
  dot,
  length,
  subtract,
  toVector,
  twistAngle,
  unit,
  type Vec3,
} from '../../src/phrase/rotation.js';
import { atRest } from '../../src/phrase/spelling.js';

const point = z.tuple([z.number(), z.number(), z.number()]);
// Posed by models/training/handfirst_training/fixtures/phrase.py: the signers that the networks were trained on.
const cases = z
  .array(
    z.object({
      letter: z.string(),
      goal: point,
      joints: z.array(point),
      marks: z.array(point),
      shoulder: point,
      elbow: point,
      wrist: point,
      hand: z.array(point),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('./fixtures/figure.json', import.meta.url), 'utf8')));

function shape(name: string) {
  const found = ALPHABET[name];
  if (!found) throw new Error(name);
  return found;
}

function letterHold(name: string, wrist: Vec3): Hold {
  const { angles, fingers, palm } = shape(name);
  return { wrist, angles, ...gripFor(wrist, fingers, palm) };
}

/** Degrees between a held hand and where its fingers and palm should point. */
function offBy(hold: Hold, fingers: Vec3, palm: Vec3): number {
  const [f, n] = [unit(fingers), across(palm, fingers)];
  const { hand } = reachFor(hold.wrist, hold);
  const cosine = (dot(hand[0], f) + dot(hand[1], cross(f, n)) + dot(hand[2], n) - 1) / 2;
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
}

/** Largest distance of two lists of points, metres. */
function apart(a: readonly Vec3[], b: readonly Vec3[]): number {
  expect(a.length).toBe(b.length);
  return Math.max(...a.map((at, index) => length(subtract(at, b[index] ?? [9, 9, 9]))));
}

describe('the signer', () => {
  it.each(cases)('poses hand and arm for $letter as the training world does', (known) => {
    const joints = handJoints(shape(known.letter).angles);
    expect(apart(joints, known.joints)).toBeLessThan(5e-4);
    expect(apart(handMarks(joints), known.marks)).toBeLessThan(5e-4);
    const hold = letterHold(known.letter, known.goal);
    const arm = reachFor(hold.wrist, hold);
    expect(
      apart([arm.shoulder, arm.elbow, arm.wrist], [known.shoulder, known.elbow, known.wrist]),
    ).toBeLessThan(2e-3);
    const columns = [0, 1, 2].map((axis): Vec3 => {
      const [f, r, n] = known.hand.map((row) => row[axis] ?? 0);
      return [f ?? 0, r ?? 0, n ?? 0];
    });
    expect(apart(arm.hand, columns)).toBeLessThan(0.01);
  });

  it('keeps the length of every bone while it moves from letter to letter', () => {
    const lengths = (hold: Hold): number[] => {
      const { shoulder, elbow, wrist, joints } = poseArm(hold);
      const bones: number[] = [length(subtract(elbow, shoulder)), length(subtract(wrist, elbow))];
      joints.forEach((joint, index) => {
        const parent = joints[index % 4 === 1 ? 0 : index - 1];
        if (parent) bones.push(length(subtract(joint, parent)));
      });
      return bones;
    };
    const [from, to] = [letterHold('A', [-0.26, -0.24, 0.47]), letterHold('Y', [-0.2, -0.3, 0.5])];
    const rest = lengths(from);
    expect(rest).toHaveLength(22);
    for (const share of [0.2, 0.4, 0.5, 0.7, 0.9, 1]) {
      lengths(betweenHolds(from, to, share)).forEach((value, bone) => {
        expect(value).toBeCloseTo(rest[bone] ?? 0, 9);
      });
    }
  });

  it('holds every letter before the shoulder within 20 degrees of how people turn it', () => {
    for (const name of Object.keys(ALPHABET)) {
      const { fingers, palm, path } = shape(name);
      if (path) continue;
      const hold = letterHold(name, [-0.24, -0.24, 0.47]);
      expect(offBy(hold, fingers, palm), name).toBeLessThan(20);
    }
  });

  it('is symmetric at rest, and every point of it is known', () => {
    const points = figurePoints(atRest(), atRest(), 0);
    expect(points).toHaveLength(133);
    expect(points.flat().every(Number.isFinite)).toBe(true);
    const frame = film(points, { width: 512, height: 512 }, 0, 0);
    const [x, y] = [
      (at: number) => frame.keypoints[at * 3] ?? 0,
      (at: number) => frame.keypoints[at * 3 + 1] ?? 0,
    ];
    // Left and right shoulder and hip: as far from the middle, at one height; the signer's left is on the picture's right.
    for (const [left, right] of [
      [5, 6],
      [11, 12],
    ] as const) {
      expect(x(left) - 256).toBeGreaterThan(30);
      expect(256 - x(right)).toBeCloseTo(x(left) - 256, 0);
      expect(y(right)).toBeCloseTo(y(left), 0);
    }
  });
});

describe('the camera', () => {
  it('projects as a pinhole: depth and place by hand', () => {
    // Camera at (0, -2.2537, 0.3926), focal 2.2 sides. A point 0.22 m to the signer's left and 2 m before the camera:
    // x = 256 + 512 * 2.2 * 0.22 / 2 = 379.904; its height is the camera's: y = 256.
    const points = Array.from({ length: 133 }, (): Vec3 => [0.22, -0.2537, 0.3926]);
    points[0] = [0, -1.2537, 0.3926 + 0.1];
    const { keypoints, depth } = film(points, { width: 512, height: 512 }, 0, 0);
    expect([keypoints[15], keypoints[16], keypoints[17]]).toEqual([
      expect.closeTo(379.904, 2),
      expect.closeTo(256, 2),
      1,
    ]);
    // 0.1 m up at 1 m: 112.64 pixels; 1 m nearer than the hips at 2 m: -1 * 1126.4 / 2.
    expect(keypoints[1]).toBeCloseTo(256 - 112.64, 2);
    expect(depth?.[0]).toBeCloseTo(-563.2, 1);
    expect(depth?.[100]).toBe(0);
  });
});

describe('rotations', () => {
  it('comes back from a rotation vector and from a twist', () => {
    expect(
      apply(about([0, 0, 2], Math.PI / 2), [1, 0, 0]).map((value) => Math.round(value * 1e9) / 1e9),
    ).toEqual([0, 1, 0]);
    for (const angle of [0.3, 2, Math.PI - 1e-6]) {
      const vector = toVector(about([1, 2, 2], angle));
      expect(apart([vector], [[angle / 3, (2 * angle) / 3, (2 * angle) / 3]])).toBeLessThan(1e-4);
      expect(twistAngle(about([0, 1, 0], angle), [0, 3, 0])).toBeCloseTo(angle, 9);
    }
  });
});
