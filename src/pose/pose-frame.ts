/** Number of COCO-WholeBody keypoints. */
export const KEYPOINT_COUNT = 133;

/**
 * First index and length of each part of COCO-WholeBody's 133 keypoints. "Left" is the signer's left.
 * Body: nose, L/R eye, L/R ear, L/R shoulder, L/R elbow, L/R wrist, L/R hip, L/R knee, L/R ankle.
 * Hands: wrist, thumb 1-4, index 1-4, middle 1-4, ring 1-4, little 1-4.
 */
export const PARTS = {
  body: { start: 0, length: 17 },
  feet: { start: 17, length: 6 },
  face: { start: 23, length: 68 },
  leftHand: { start: 91, length: 21 },
  rightHand: { start: 112, length: 21 },
} as const;

export type PartName = keyof typeof PARTS;
export const HAND_SIDES = ['left', 'right'] as const;
export type HandSide = (typeof HAND_SIDES)[number];

/** One person in one picture: what every reader yields and everything after `pose/` consumes. */
export interface PoseFrame {
  /** Position in the clip, from 0. */
  readonly index: number;
  /** Seconds from the clip's beginning. */
  readonly time: number;
  /**
   * `Float32Array` [133 * 3]; x, y, confidence for each keypoint. x and y are pixels of the picture, continuous
   * coordinates (left and upper edge 0). Confidence 0..1; 0 = missing, and then x and y mean nothing (they are 0).
   */
  readonly keypoints: Float32Array;
  /**
   * `Float32Array` [133], where the file has z: depth in pixels of the picture, smaller = nearer to the camera; a hand's
   * points relative to that hand's wrist, the others relative to the middle of the hips. NaN = unknown.
   */
  readonly depth?: Float32Array;
  /** How many people the picture shows, where it is several; this is one of them. */
  readonly people?: number;
}

/** What a reader knows of a file before its first frame is pulled. */
export interface PoseClipInfo {
  /** Name of the layout, such as `pose-v0.2` or `openpose-json`. */
  readonly format: string;
  readonly fps: number;
  /** Size in pixels of the picture that the keypoints refer to. */
  readonly width: number;
  readonly height: number;
  /** Where the file says it; streams may not. */
  readonly frameCount?: number;
  /** Largest number of people in a frame, where known. */
  readonly people?: number;
  /** What the user should know of how the file was read, in sentences. */
  readonly remarks?: readonly string[];
}

/** An opened keypoint file. Frames are pulled one at a time; `frames()` may be called again to start over. */
export interface PoseClip {
  readonly info: PoseClipInfo;
  /** Frames come as they are made, from a model or a camera: they can be read once only. */
  readonly live?: boolean;
  /** The frames from the first on, read as they are asked for. */
  frames(): AsyncIterable<PoseFrame>;
  /** Closes the file. */
  close(): Promise<void>;
}

/** Index of hand point `point` (0..20) of `side` among the 133. */
export function handPoint(side: HandSide, point: number): number {
  return (side === 'left' ? PARTS.leftHand.start : PARTS.rightHand.start) + point;
}
