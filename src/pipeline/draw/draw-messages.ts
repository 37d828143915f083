import type { Manifest } from '../../models/manifest.js';
import type { PlainError } from '../../plain-error.js';
import type { PoseFrame } from '../../pose/index.js';
import type { Area } from '../../stages/area.js';
import type { CutReference } from '../../stages/carry/cut.js';
import type { Backdrop } from '../../stages/composite.js';
import type { Look } from '../../stages/denoiser.js';
import type { HandCrop } from '../../stages/hand-crops.js';
import type { Reference } from '../../stages/reference/reference.js';
import type { DrawnFrame } from '../../stages/two-stage.js';
import type { Precision } from '../choice/precisions.js';
import type { Choices } from '../method.js';
import type { Preset } from '../preset.js';

/** Everything that a clip's frames are drawn with, as plain values that pass between threads. */
export interface ClipSetup {
  readonly manifest: Manifest;
  readonly preset: Preset;
  readonly choices: Choices;
  readonly look: Look;
  readonly seed: number;
  readonly background: Backdrop;
  readonly precision: Precision;
  /** The part of the picture that the body stage draws; absent: all. */
  readonly area?: Area;
  /** What is carried into every frame, where the bundle takes it. */
  readonly reference?: Reference;
  /** Its parts: cut once, for all threads. */
  readonly cut?: CutReference;
}

/** One frame to draw; see `drawFrame`. */
export interface FrameJob {
  readonly pose: PoseFrame;
  readonly crops: readonly HandCrop[];
  readonly keep: boolean | 'hands';
}

export type DrawRequest =
  | { readonly kind: 'open'; readonly id: number; readonly clip: number; readonly setup: ClipSetup }
  | { readonly kind: 'draw'; readonly id: number; readonly clip: number; readonly job: FrameJob }
  /** The frame is not wanted any more. */
  | { readonly kind: 'skip'; readonly id: number }
  | { readonly kind: 'close'; readonly clip: number };

export type DrawReply =
  | { readonly kind: 'opened'; readonly id: number }
  /** `ms`: time from taking the frame up to its end; `graphMs`: that inside ONNX Runtime, by graph. */
  | {
      readonly kind: 'drawn';
      readonly id: number;
      readonly frame: DrawnFrame;
      readonly ms: number;
      readonly graphMs: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'failed'; readonly id: number; readonly error: PlainError };
