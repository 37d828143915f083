export { type ClipDescription, clipOf, type FrameInput } from './clip-of.js';
export {
  type CleanOptions,
  type ClipStatistics,
  clipStatistics,
  type Edges,
  LIVE_STATISTICS,
  showsSomebody,
} from './clip-statistics.js';
export { type Converted, type ConvertOptions, convertPose } from './convert-pose.js';
export { type DrawVideoOptions, drawPoseVideo, type PictureSink } from './draw-pose-video.js';
export { drawSkeleton, HAND_EDGES, type SkeletonOptions } from './draw-skeleton.js';
export {
  FRAMINGS,
  type Framing,
  keepPlacement,
  type Placement,
  pictureSize,
  place,
  placement,
  unsuited,
} from './framing.js';
export {
  type OpenPoseOptions,
  openPoseClip,
  openSource,
  poseFormats,
  recognisesFolder,
} from './open-pose-clip.js';
export { ROTATIONS, type Rotate } from './orientation.js';
export * from './pose-frame.js';
export { formatPoseReport, type PartReport, type PoseReport, poseInfo } from './pose-info.js';
export { PREPARE_DEFAULTS, type PrepareOptions, prepareFrames } from './prepare-frames.js';
export { holisticPerson } from './readers/holistic-points.js';
export { steadyBones } from './repair/bones.js';
export { mirrorFrame, OTHER_SIDE } from './repair/flip.js';
export { joinWrists, unswapHands, type WristRule } from './repair/hands.js';
export { REPAIR_DEFAULTS, REPAIR_NOTHING, type RepairOptions, repairClip } from './repair/repair-clip.js';
export { resampleFrames } from './repair/resample.js';
export { SMOOTH_DEFAULTS, type SmoothOptions, smoothFrames } from './repair/smooth.js';
export { type Repair, repairSentences } from './repairs.js';
export { type Goal, standingOf } from './standing.js';
export { openPoseWriter, type PoseWriter, type PoseWriterOptions } from './writers/frame-writers.js';
