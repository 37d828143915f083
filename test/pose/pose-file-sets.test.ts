import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openPoseClip, type PoseFrame } from '../../src/pose/index.js';

const fixtures = new URL('./fixtures/', import.meta.url);
interface Stated {
  fps: number;
  width: number;
  height: number;
  frames: Record<string, number[]>[];
}
/** What the Python package pose-format reads from the files beside it; see fixtures/make_pose_files.py. */
const stated: Record<string, Stated> = JSON.parse(readFileSync(new URL('pose-files.json', fixtures), 'utf8'));

function point(frame: PoseFrame | undefined, index: number): number[] {
  return [...(frame?.keypoints.subarray(index * 3, index * 3 + 3) ?? [])];
}

/** Names of a few of the 133 in each component set, by hand from the sets' own lists and pictures. */
const SOME_POINTS: Record<string, Record<number, string>> = {
  holistic: {
    0: 'POSE_LANDMARKS/NOSE',
    1: 'POSE_LANDMARKS/LEFT_EYE',
    4: 'POSE_LANDMARKS/RIGHT_EAR',
    5: 'POSE_LANDMARKS/LEFT_SHOULDER',
    10: 'POSE_LANDMARKS/RIGHT_WRIST',
    16: 'POSE_LANDMARKS/RIGHT_ANKLE',
    17: 'POSE_LANDMARKS/LEFT_FOOT_INDEX',
    18: 'POSE_LANDMARKS/LEFT_FOOT_INDEX',
    22: 'POSE_LANDMARKS/RIGHT_HEEL',
    23: 'FACE_LANDMARKS/162',
    38: 'FACE_LANDMARKS/454',
    50: 'FACE_LANDMARKS/168',
    53: 'FACE_LANDMARKS/4',
    59: 'FACE_LANDMARKS/33',
    68: 'FACE_LANDMARKS/263',
    71: 'FACE_LANDMARKS/61',
    83: 'FACE_LANDMARKS/78',
    90: 'FACE_LANDMARKS/87',
    91: 'LEFT_HAND_LANDMARKS/WRIST',
    95: 'LEFT_HAND_LANDMARKS/THUMB_TIP',
    99: 'LEFT_HAND_LANDMARKS/INDEX_FINGER_TIP',
    112: 'RIGHT_HAND_LANDMARKS/WRIST',
    129: 'RIGHT_HAND_LANDMARKS/PINKY_MCP',
    132: 'RIGHT_HAND_LANDMARKS/PINKY_TIP',
  },
  openpose137: {
    0: 'pose_keypoints_2d/Nose',
    1: 'pose_keypoints_2d/LEye',
    4: 'pose_keypoints_2d/REar',
    6: 'pose_keypoints_2d/RShoulder',
    9: 'pose_keypoints_2d/LWrist',
    12: 'pose_keypoints_2d/RHip',
    17: 'pose_keypoints_2d/LBigToe',
    22: 'pose_keypoints_2d/RHeel',
    23: 'face_keypoints_2d/FB_0',
    40: 'face_keypoints_2d/FEB_17',
    53: 'face_keypoints_2d/FN_30',
    59: 'face_keypoints_2d/FE_36',
    71: 'face_keypoints_2d/FLO_48',
    90: 'face_keypoints_2d/FLI_67',
    91: 'hand_left_keypoints_2d/BASE',
    92: 'hand_left_keypoints_2d/T_STT',
    95: 'hand_left_keypoints_2d/T_IP',
    96: 'hand_left_keypoints_2d/I_CMC',
    112: 'hand_right_keypoints_2d/BASE',
    132: 'hand_right_keypoints_2d/P_DIP',
  },
  openpose135: {
    0: 'BODY_135/Nose',
    9: 'BODY_135/LWrist',
    16: 'BODY_135/RAnkle',
    23: 'BODY_135/FaceContour0',
    40: 'BODY_135/REyeBrow0',
    45: 'BODY_135/LEyeBrow4',
    53: 'BODY_135/NoseUpper3',
    58: 'BODY_135/NoseLower4',
    59: 'BODY_135/REye0',
    70: 'BODY_135/LEye5',
    71: 'BODY_135/OMouth0',
    90: 'BODY_135/IMouth7',
    91: 'BODY_135/LWrist',
    92: 'BODY_135/LThumb1CMC',
    99: 'BODY_135/LIndex4FingerTip',
    112: 'BODY_135/RWrist',
    132: 'BODY_135/RPinky4FingerTip',
  },
  coco133: {
    0: 'BODY/nose',
    10: 'BODY/right_wrist',
    18: 'BODY/left_small_toe',
    22: 'BODY/right_heel',
    23: 'FACE/face-0',
    90: 'FACE/face-67',
    91: 'LEFT_HAND/hand_0',
    111: 'LEFT_HAND/hand_20',
    112: 'RIGHT_HAND/hand_0',
    132: 'RIGHT_HAND/hand_20',
  },
  alphapose136: {
    0: 'BODY_136/nose',
    10: 'BODY_136/right_wrist',
    17: 'BODY_136/left_big_toe',
    18: 'BODY_136/left_small_toe',
    20: 'BODY_136/right_big_toe',
    22: 'BODY_136/right_heel',
    90: 'FACE_136/face_67',
    91: 'LEFT_HAND_136/hand_0',
    132: 'RIGHT_HAND_136/hand_20',
  },
};

describe('.pose files written by pose-format', () => {
  for (const [set, points] of Object.entries(SOME_POINTS)) {
    it(`reads ${set} as pose-format does`, async () => {
      const expected = stated[set];
      if (!expected) throw new Error(`pose-files.json has no ${set}`);
      const clip = await openPoseClip(fileURLToPath(new URL(`${set}.pose`, fixtures)), {
        person: set === 'openpose137' ? 2 : undefined,
        // Points by chance: no head stands over its shoulders.
        rotate: 0,
      });
      expect(clip.info).toMatchObject({ format: 'pose-v0.2', width: 640, height: 480, frameCount: 3 });
      expect(clip.info.fps).toBeCloseTo(29.89, 4);
      let count = 0;
      for await (const frame of clip.frames()) {
        for (const [index, name] of Object.entries(points)) {
          const values = expected.frames[frame.index]?.[name] ?? [];
          const confidence = values.at(-1) ?? 0;
          const missing = confidence === 0;
          expect(point(frame, Number(index)), name).toEqual(
            missing ? [0, 0, 0] : [values[0], values[1], confidence],
          );
        }
        expect(frame.time).toBeCloseTo(frame.index / 29.89, 5);
        count += 1;
      }
      expect(count).toBe(3);
      await clip.close();
    });
  }
});
