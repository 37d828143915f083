import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Side of the picture that the keypoints refer to. */
export const SIZE = 512;
export const FPS = 25;

/** Writes an OpenPose folder: someone from head to hips whose hands go round in front of the chest, 200 frames a round. */
export function writeClip(folder: string, frames: number): string {
  const clip = join(folder, `clip-${frames}`);
  mkdirSync(clip);
  for (let i = 0; i < frames; i++) {
    const name = `clip_${String(i).padStart(12, '0')}_keypoints.json`;
    writeFileSync(join(clip, name), JSON.stringify({ version: 1.3, people: [person((i * Math.PI) / 100)] }));
  }
  return clip;
}

function person(angle: number) {
  const right = { x: 180 + 45 * Math.cos(angle), y: 300 + 60 * Math.sin(angle) };
  const left = { x: 332 - 45 * Math.cos(angle), y: 300 + 60 * Math.sin(angle + 1) };
  // BODY_25: nose, neck, right shoulder, elbow, wrist, left shoulder, elbow, wrist, middle of the hips, right hip, -, -, left hip.
  const joints = [
    ...[256, 110, 256, 175, 190, 180, 160, 300, right.x, right.y, 322, 180, 352, 300, left.x, left.y],
    ...[256, 440, 220, 440, 0, 0, 0, 0, 292, 440],
  ];
  const eyes = [244, 98, 268, 98, 226, 104, 286, 104];
  return {
    pose_keypoints_2d: [
      ...points(joints),
      0,
      0,
      0,
      0,
      0,
      0,
      ...points(eyes),
      ...new Array<number>(18).fill(0),
    ],
    face_keypoints_2d: [],
    hand_left_keypoints_2d: hand(left.x, left.y, angle, 1),
    hand_right_keypoints_2d: hand(right.x, right.y, angle, -1),
  };
}

/** x, y pairs with confidence 1; 0, 0 is missing. */
function points(pairs: number[]): number[] {
  return Array.from({ length: pairs.length / 2 }, (_, i) => {
    const [x = 0, y = 0] = [pairs[2 * i], pairs[2 * i + 1]];
    return [x, y, x === 0 && y === 0 ? 0 : 1];
  }).flat();
}

/** An open hand, fingers upwards, that spreads and closes. */
function hand(x: number, y: number, angle: number, side: number): number[] {
  const spread = 0.16 + 0.06 * Math.sin(3 * angle);
  const fingers = [2.2, 1, 0.1, -0.9, -1.9].flatMap((slot) => {
    const [dx, dy] = [Math.sin(-slot * spread * side), -Math.cos(slot * spread)];
    return [18, 31, 41, 49].flatMap((reach) => [x + dx * reach, y + dy * reach, 0.9]);
  });
  return [x, y, 0.9, ...fingers];
}
