import { EventEmitter } from 'node:events';
import type { Writable } from 'node:stream';
import type { Picture } from '../picture.js';
import type { Framing, PoseClip, RepairOptions, Rotate } from '../pose/index.js';
import type { Caption, CredentialOptions, EncodingOptions, Layout, StreamContainer } from '../video/index.js';
import type { Precision } from './choice/precisions.js';
import type { PresetOverrides } from './preset.js';

/** What of the keypoint file is drawn, and how it is fitted into the picture. */
export interface SourceOptions {
  /** Layout of the file where it cannot be recognised by itself; see `poseFormats`. */
  readonly format?: string;
  /** Frames a second, for files that carry none. */
  readonly fps?: number;
  /** Pixels of the picture that the keypoints refer to, for files that carry none. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Which of several people, from 1. */
  readonly person?: number;
  /** Frames from `from` (0 = first) up to but without `to`. */
  readonly range?: { readonly from: number; readonly to?: number };
  /**
   * How the signer is placed in the picture; default: `reference`, shoulders on those of the reference, where there is one, else
   * `signing`.
   */
  readonly framing?: Framing;
  /** Degrees by which the file's picture is turned clockwise; default `auto`: where heads lie beside or below the shoulders. */
  readonly rotate?: Rotate;
  /** Which of several sequences in one file (parquet, npz). */
  readonly sequence?: string;
  /** How faults of the keypoints are repaired; default: what is plainly wrong is. */
  readonly repair?: RepairOptions;
  /** Complete what a person must have and the file lacks: hanging arms, a calm face. Default true. */
  readonly complete?: boolean;
}

/** What stands behind the signer: what is there in the reference, nothing, a colour (RGB 0..255), or the picture in a file. */
export type Background =
  | 'drawn'
  | 'transparent'
  | readonly [red: number, green: number, blue: number]
  | { readonly file: string };

/** Who is shown. */
export interface LookOptions {
  /** Words for the signer; default: the bundle's own. Where the bundle brings a gallery they choose from it, and recolour. */
  readonly prompt?: string;
  /** Counts where guidance is above 1. */
  readonly negativePrompt?: string;
  /** Whole, 0 or more; default 0. */
  readonly seed?: number;
  /** Path of a picture of the signer. */
  readonly reference?: string;
  /** Name of a signer of the bundle's gallery. */
  readonly signer?: string;
  /** Warn of words that the bundle does not know instead of refusing them. */
  readonly allowUnknownWords?: boolean;
  /** What stands behind the signer; default `drawn`. */
  readonly background?: Background;
}

/** How it is drawn. */
export interface MethodOptions {
  /** Name of a bundle in the package or path of a folder; default `compact`. */
  readonly bundle?: string;
  /** Check every file of the bundle against its SHA-256; default true. */
  readonly verify?: boolean;
  /** Name of a preset or path of a .json file; default `default`. */
  readonly preset?: string;
  readonly overrides?: PresetOverrides;
}

/** What it runs on. */
export interface RuntimeOptions {
  /** `cuda`, `webgpu` or `cpu`; default: the first that works. */
  readonly device?: string;
  /** Threads of the CPU device, one frame each; default: all, with several in a frame where that was measured to be faster. */
  readonly threads?: number;
  /** How graphs count: `float32`, `int8`, or `auto`, what is faster on this machine; default: the preset's. */
  readonly precision?: Precision | 'auto';
  /** Frames in work at a time; default: one a thread that draws, and one that waits; eight a thread where a video is written. */
  readonly lookAhead?: number;
}

/** What is kept of a run, and where its events go. */
export interface WatchOptions {
  /** Keep each frame's intermediates (crops, masks, canvas, steps), which is slower; `hands`: all but heatmaps and steps. */
  readonly intermediates?: boolean | 'hands';
  /** Where the run tells what it does; default: nowhere. */
  readonly events?: RunEvents;
}

/** `note`: what is done otherwise than asked, and what it runs on. `progress`: a frame is drawn (`generate`) or written (`render`).
 * `picture`: what `render` has written, as composed. */
export class RunEvents extends EventEmitter<{ note: [Note]; progress: [Progress]; picture: [Picture] }> {}

/** A sentence for people about a run. */
export interface Note {
  /** `keypoints`: what was repaired and completed. */
  readonly kind: 'warning' | 'device' | 'keypoints' | 'output';
  readonly sentence: string;
}

/** How far a run is. */
export interface Progress {
  /** Frames finished, with those of an earlier run. */
  readonly done: number;
  /** Frames that an earlier run had finished. */
  readonly resumed: number;
  /** All frames, where the file says. */
  readonly total?: number;
}

/** Options of `generate`. */
export interface GenerateOptions {
  /** Path of a keypoint file or folder, or keypoints in memory: what `spell`, `join` and `phrase` give, or `clipOf` makes. */
  readonly input: string | PoseClip;
  readonly source?: SourceOptions;
  readonly look?: LookOptions;
  readonly method?: MethodOptions;
  readonly runtime?: RuntimeOptions;
  readonly watch?: WatchOptions;
  /** Ends everything when aborted. */
  readonly signal?: AbortSignal;
}

/** Where the video goes, and how. */
export interface OutputOptions {
  /** The name decides the format: .mp4, .webm, .mov, .gif, .webp, or a folder of PNG pictures. */
  readonly path: string;
  /** What goes to standard output, which is meant by the path `-`: MP4 in fragments (default), or y4m. */
  readonly container?: StreamContainer;
  /** Where the path `-` leads instead of standard output, such as a response to a browser. It is not ended. */
  readonly stream?: Writable;
  /** Replace what exists. */
  readonly force?: boolean;
  /** Continue an unfinished run of the same options; default true. */
  readonly resume?: boolean;
  /** Left of the signer: nothing, the drawn skeleton, or the video that the keypoints came from. */
  readonly layout?: Layout;
  /** The video for `layout: 'source'`. */
  readonly sourceVideo?: string;
  /** File whose sound is put under the video. */
  readonly audio?: string;
  readonly encoding?: EncodingOptions;
  /** Who signs content credentials (C2PA). They need `@contentauth/c2pa-wasm`. */
  readonly credentials?: CredentialOptions;
  /**
   * Captions, timed from the clip's beginning: a WebVTT or SubRip file, or texts with times. They are put into .mp4, .webm and .mov, and
   * beside every video as WebVTT.
   */
  readonly captions?: string | readonly Caption[];
  /** Where a sheet of evenly spaced frames goes: .png, .jpg or .webp. */
  readonly contactSheet?: string;
}

/** Options of `render`. */
export interface RenderOptions extends GenerateOptions {
  readonly output: OutputOptions;
}
