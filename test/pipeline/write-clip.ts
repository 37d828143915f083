import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** A bundle whose graphs are formulas: pictures of 64 px. */
export const TINY = fileURLToPath(new URL('../fixtures/tiny-bundle', import.meta.url));

/** What OpenPose folders do not say: pictures of 64 px at 25 frames a second. */
export const SOURCE = { fps: 25, size: { width: 64, height: 64 } };

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'handfirst-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An OpenPose folder of `frames` frames in `folder`: someone whose hands move; coordinates in a picture of 64 px. */
export function writeClip(folder: string, frames: number): string {
  const clip = join(folder, 'clip');
  mkdirSync(clip);
  for (let i = 0; i < frames; i++) {
    const name = `clip_${String(i).padStart(12, '0')}_keypoints.json`;
    writeFileSync(join(clip, name), JSON.stringify({ version: 1.3, people: [person(i)] }));
  }
  return clip;
}

function person(i: number) {
  const sway = 3 * Math.sin(i / 4);
  // Nose, neck, right shoulder, elbow, wrist, left shoulder, elbow, wrist, middle of the hips, then none.
  const joints = [
    [32, 12],
    [32, 20],
    [24, 22],
    [20, 32],
    [18 + sway, 40],
    [40, 22],
    [44, 32],
    [46 - sway, 40],
    [32, 50],
  ]; // prettier keeps pairs together
  const body = joints.flatMap(([x = 0, y = 0]) => [x, y, 1]);
  return {
    pose_keypoints_2d: [...body, ...new Array<number>(75 - body.length).fill(0)],
    face_keypoints_2d: [],
    hand_left_keypoints_2d: hand(46 - sway, 40),
    hand_right_keypoints_2d: hand(18 + sway, 40),
  };
}

/** Five straight fingers of four points, upwards from the wrist. */
function hand(x: number, y: number): number[] {
  const fingers = [0, 1, 2, 3, 4].flatMap((finger) =>
    [1, 2, 3, 4].flatMap((joint) => [x + (finger - 2) * 1.2, y - 2 - joint * 1.5, 0.9]),
  );
  return [x, y, 0.9, ...fingers];
}
