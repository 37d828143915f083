/*
 * handfirst: keypoints of someone signing to a video of someone signing, hands first. `generate` gives the frames as an
 * Observable, `render` writes a video. Every failure is a `HandfirstError` whose message is a sentence for the user.
 */
export type { ErrorCode } from './error-codes.js';
export * from './errors.js';
export {
  type EvaluateOptions,
  evaluate,
  type MakeOptions,
  makeBenchmark,
  type Report,
} from './evaluate/index.js';
export { DEVICES, listBundles, loadBundle, type Manifest } from './models/index.js';
export * from './phrase/index.js';
export type { Picture } from './picture.js';
export * from './pipeline/index.js';
export {
  type ClipDescription,
  clipOf,
  type FrameInput,
  openPoseClip,
  type PoseClip,
  type PoseClipInfo,
  type PoseFrame,
  poseFormats,
} from './pose/index.js';
export type { Intermediates } from './stages/two-stage.js';
export { readInfo, type VideoMetadata } from './video/index.js';
