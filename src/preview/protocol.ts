import { z } from 'zod';

/*
 * What page and server say to each other. The page takes the types alone.
 */

const id = z.string().regex(/^[0-9a-f-]{36}$/, 'no name that was given out');
const FRAMINGS = ['signing', 'source', 'crop'] as const;

/** How a stored keypoint file is read. */
const clipSource = z.strictObject({
  fps: z.number().optional(),
  size: z.strictObject({ width: z.number(), height: z.number() }).optional(),
  person: z.number().optional(),
  framing: z.enum(FRAMINGS).optional(),
});

export const clipRequest = z.strictObject({ file: id, source: clipSource.default({}) });

/** One signer drawn one way. */
const variant = z.strictObject({
  prompt: z.string().max(2000).default(''),
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  reference: id.optional(),
  signer: z
    .string()
    .regex(/^[\w-]+$/, 'no name of a signer')
    .optional(),
  /** A name; a path would reach the disk. */
  preset: z.string().regex(/^[\w-]+$/, 'no name of a preset'),
  background: z.string().regex(/^(drawn|transparent|picture|#[0-9a-f]{6})$/, 'no background'),
  /** The stored picture that stands behind the signer, where the background is `picture`. */
  backgroundPicture: id.optional(),
});

/** Who would be shown, and before what. */
export const lookRequest = variant.omit({ seed: true, preset: true });

export const runRequest = z.strictObject({
  clip: id,
  from: z.number().int().min(0),
  to: z.number().int().min(1).optional(),
  speed: z.number().min(0.1).max(10).default(1),
  variant,
});

export const inspectRequest = z.strictObject({ frame: z.number().int().min(0) });

export type ClipRequest = z.infer<typeof clipRequest>;
export type ClipSource = z.infer<typeof clipSource>;
export type RunRequest = z.input<typeof runRequest>;
export type LookRequest = z.infer<typeof lookRequest>;
export type Variant = z.infer<typeof variant>;
export type Framing = (typeof FRAMINGS)[number];

/** Parts whose presence the timeline shows; part i has bits 2i and 2i + 1 of a frame's byte. */
export const TRACKED_PARTS = ['face', 'body', 'leftHand', 'rightHand'] as const;
/** 0: missing, 1: filled from the frames around, 2: in the file. */
export type Presence = 0 | 1 | 2;
/** Bytes of a frame of `/api/clips/ID/parts`: the parts' presence, then the left and the right hand's mean confidence in the file (255 = 1). */
export const PART_BYTES = 3;

/** Bytes of a frame of `/api/clips/ID/frames`: 133 x (x, y) as int16 (picture's side = 16384), little-endian, then 133 confidences as uint8. */
export const FRAME_BYTES = 133 * 5;
export const COORDINATE_UNIT = 16384;

/** What does not change while the server runs. */
export interface About {
  readonly version: string;
  readonly bundle: {
    readonly name: string;
    /** Side of the pictures, pixels. */
    readonly size: number;
    readonly defaultPrompt: string;
    readonly takesReference: boolean;
    /** The gallery's signers with what words say of them, the bundle's order; empty where there are none. */
    readonly signers: readonly { readonly name: string; readonly words: Readonly<Record<string, string>> }[];
    readonly replacesBackground: boolean;
    /** What can be described -> words for it. */
    readonly topics: Readonly<Record<string, readonly string[]>>;
  };
  readonly presets: readonly {
    readonly name: string;
    readonly description: string;
    /** Whether the bundle draws it as it stands. */
    readonly fits: boolean;
  }[];
  readonly limits: { readonly keypointBytes: number; readonly pictureBytes: number };
}

/** What a prompt means to the bundle, and what the signer looks like. */
export interface LookState {
  /** Words that the bundle does not know, each with known ones that look like it. */
  readonly unknown: readonly { readonly word: string; readonly nearest: readonly string[] }[];
  /** What of the prompt cannot be followed. */
  readonly notes: readonly string[];
  /** Name of the gallery's signer, where it is one. */
  readonly signer?: string;
  /** Name of the picture, for `/api/looks/NAME`; absent where it is only known once it is drawn. */
  readonly picture?: string;
}

export interface ClipState {
  readonly id: string;
  readonly file: string;
  readonly name: string;
  /** The file was made here, and can be saved. */
  readonly made: boolean;
  /** What is signed when, seconds; empty where that is not known. */
  readonly captions: readonly { readonly text: string; readonly start: number; readonly end: number }[];
  readonly format: string;
  readonly source: ClipSource;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Frames that have been read; all of them when `whole`. */
  readonly frames: number;
  /** Where the file says it before it is read. */
  readonly expected?: number;
  readonly whole: boolean;
  /** What is wrong with the file, in sentences. */
  readonly problems: readonly string[];
  /** Why reading stopped, where it failed. */
  readonly error?: string;
}

/** `live`: every frame in the quickest preset, to be played while it is drawn; `full`: as asked for, in its place. */
export type PassName = 'live' | 'full';
/** What a finished video is saved as, beside one frame as PNG and the captions as WebVTT. */
export const EXPORTS = ['mp4', 'webm', 'gif'] as const;
export type ExportFormat = (typeof EXPORTS)[number];

export type WorkState = 'waiting' | 'drawing' | 'paused' | 'done' | 'cancelled' | 'failed';

/** A pass over the range. */
export interface PassState {
  readonly state: WorkState;
  /** The preset that draws it. */
  readonly preset: string;
  /** Frames drawn. */
  readonly done: number;
  readonly total?: number;
  /** Milliseconds from its beginning to its first frame, and mean milliseconds a frame. */
  readonly firstMs?: number;
  readonly frameMs?: number;
}

/** Why something could not be done: a code of docs/errors.md where it is the user's to change, and the sentence for it. */
export interface Failure {
  readonly code?: string;
  readonly sentence: string;
}

export interface InspectionState {
  /** Frame of the generated clip. */
  readonly frame: number;
  readonly state: WorkState;
  readonly pictures: readonly InspectedPicture[];
  readonly failure?: Failure;
}

export interface InspectedPicture {
  readonly group: 'hands' | 'canvas' | 'body' | 'result';
  /** What is seen, for which the page has words. */
  readonly shows:
    | 'heatmaps'
    | 'hand'
    | 'handMask'
    | 'canvas'
    | 'preciseMask'
    | 'heldStep'
    | 'freeStep'
    | 'body'
    | 'personMask'
    | 'finished';
  /** Hands in it, where it is a crop of hands. */
  readonly hands?: 'left' | 'right' | 'both';
  /** Which step of how many, from 1, where it is one of them. */
  readonly step?: number;
  readonly steps?: number;
  /** Percent of the picture in which the canvas is held on to. */
  readonly held?: number;
  readonly width: number;
  readonly height: number;
}

export interface RunState {
  readonly id: string;
  readonly clip: string;
  readonly clipName: string;
  readonly variant: Variant;
  readonly referenceName?: string;
  readonly backgroundName?: string;
  readonly from: number;
  readonly to?: number;
  readonly speed: number;
  readonly fps: number;
  /** No live pass where the preset that was asked for is as quick. */
  readonly passes: { readonly live?: PassState; readonly full: PassState };
  readonly inspections: readonly InspectionState[];
  /** Warnings, such as words that are ignored. */
  readonly notes: readonly string[];
  readonly failure?: Failure;
  readonly video?: { readonly name: string; readonly bytes: number };
  /** There are captions to go with it. */
  readonly captioned: boolean;
  /** The command that makes the same video, after those that make its keypoints where they were made here. */
  readonly command: string;
}

/** A video in which keypoints are looked for. */
export interface RecordingState {
  readonly id: string;
  readonly name: string;
  readonly state: WorkState;
  /** Frames that were looked at. */
  readonly done: number;
  /** The stored file with the keypoints, once they are all there. */
  readonly file?: string;
  readonly failure?: Failure;
}

/** Something that is drawn or waits for its turn; the first is being drawn. */
export interface QueueEntry {
  readonly run: string;
  readonly what: PassName | 'inspection';
}

/** Everything that changes: sent whole whenever it does, so that a page that comes back needs nothing else. */
export interface PreviewState {
  readonly engine: {
    readonly state: 'loading' | 'ready' | 'failed';
    readonly device?: string;
    readonly error?: string;
  };
  readonly clips: readonly ClipState[];
  readonly recordings: readonly RecordingState[];
  readonly runs: readonly RunState[];
  readonly queue: readonly QueueEntry[];
}
