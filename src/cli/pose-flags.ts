import { InvalidArgumentError, Option } from 'commander';
import {
  type Framing,
  type OpenPoseOptions,
  PREPARE_DEFAULTS,
  poseFormats,
  type RepairOptions,
  ROTATIONS,
  type Rotate,
  type WristRule,
} from '../pose/index.js';
import * as parse from './arguments.js';

/** Values of the flags that say what a file does not say itself. */
export type SourceFlags = OpenPoseOptions;

/** Where the signer stands in a new picture, and that picture's size. */
export interface PlacingFlags {
  readonly framing?: Framing;
  readonly to?: { width: number; height: number };
}

/** Values of the repairing flags. */
export interface RepairFlags {
  readonly mirror?: boolean;
  readonly aspect?: number;
  readonly swaps: boolean;
  readonly anatomy: boolean;
  readonly maxGap?: number;
  readonly wrist?: WristRule;
  readonly bones: boolean;
  readonly smooth?: boolean;
  readonly resample?: number;
}

/** What a file does not say itself. */
export function sourceOptions(): Option[] {
  const layouts = poseFormats.map(({ format }) => format);
  return [
    new Option('--format <name>', 'read the file in this layout instead of recognising it').choices(layouts),
    new Option('--fps <rate>', 'frames per second, for files that do not say').argParser(parse.frameRate),
    new Option(
      '--size <WxH>',
      'pixels of the picture the keypoints refer to, for files that do not say',
    ).argParser(parse.pictureSize),
    new Option('--person <n>', 'which person to use where there are several, from 1').argParser(
      parse.wholeNumber(1),
    ),
    new Option(
      '--rotate <degrees>',
      "turn the file's picture clockwise: auto (default), 0, 90, 180 or 270",
    ).argParser(rotation),
    new Option('--sequence <name>', 'which sequence to use where a file holds several (parquet, npz)'),
  ];
}

/** How its faults are repaired. */
export function repairOptions(): Option[] {
  return [
    new Option(
      '--max-gap <frames>',
      `fill gaps of up to this many frames (default: ${PREPARE_DEFAULTS.maxGap})`,
    ).argParser(parse.wholeNumber(0)),
    new Option('--smooth', 'reduce jitter (One-Euro filter)'),
    new Option('--no-swaps', 'keep hands where they are, even on the wrong arm'),
    new Option('--no-anatomy', 'keep hands in shapes that no hand can take'),
    new Option('--wrist <rule>', 'which wrist to use where body and hand disagree').choices([
      'hand',
      'body',
      'none',
    ]),
    new Option('--no-bones', 'keep hand bones that stretch'),
    new Option('--mirror', 'flip a mirrored video back'),
    new Option('--aspect <ratio>', 'the right width/height of the picture, such as 16:9').argParser(ratio),
    new Option('--resample <rate>', 'change the frames per second').argParser(parse.frameRate),
  ];
}

/** How the signer is placed. */
export function framingOption(known: readonly Framing[], usual: string): Option {
  return new Option(
    '--framing <how>',
    `how the signer is placed: signing (large enough, head and hands inside), source (as in the file), crop${known.includes('reference') ? ", reference (the shoulders on the reference's, and its face's shape)" : ''} (default: ${usual})`,
  ).choices([...known]);
}

/** The options of `PlacingFlags`. */
export function placingOptions(): Option[] {
  return [
    framingOption(['signing', 'source', 'crop'], 'source'),
    new Option('--to <WxH>', 'size of the new picture in pixels').argParser(parse.pictureSize),
  ];
}

/** `auto`, or degrees. */
function rotation(text: string): Rotate {
  const found = ROTATIONS.find((known) => String(known) === text);
  if (found === undefined) throw new InvalidArgumentError(`It should be one of ${ROTATIONS.join(', ')}.`);
  return found;
}

/** What a person must have is completed unless this says no. */
export function completeOption(): Option {
  return new Option('--no-complete', 'do not complete arms and faces that the file lacks');
}

/** `16:9`, `16/9` or `1.78`. */
function ratio(text: string): number {
  const [, above, below = '1'] = /^([\d.]+)(?:[:/]([\d.]+))?$/.exec(text) ?? [];
  return Number(above) / Number(below);
}

/** The options of `repairClip` that the flags mean. */
export function repair({
  mirror,
  aspect,
  swaps,
  anatomy,
  maxGap,
  wrist,
  bones,
  smooth,
  resample,
}: RepairFlags): RepairOptions {
  return { mirror, aspect, swaps, anatomy, maxGap, wrist, bones, smooth, fps: resample };
}

/** How a file is opened, of all flags of a command. */
export function readingOf({ format, fps, size, person, rotate, sequence }: SourceFlags): OpenPoseOptions {
  return { format, fps, size, person, rotate, sequence };
}

/** A flag as it is typed: left out where it is undefined or false, alone where it is true. */
export function argument(name: string, value: string | number | boolean | undefined): string[] {
  if (value === undefined || value === false) return [];
  return value === true ? [name] : [name, String(value)];
}

/** The flags of `sourceOptions` that were given, as they are typed. */
export function sourceArguments({ format, fps, size, person, rotate, sequence }: SourceFlags): string[] {
  return [
    ...argument('--format', format),
    ...argument('--fps', fps),
    ...argument('--size', size && `${size.width}x${size.height}`),
    ...argument('--person', person),
    ...argument('--rotate', rotate),
    ...argument('--sequence', sequence),
  ];
}

/** The flags of `repairOptions` that were given, as they are typed. */
export function repairArguments(flags: RepairFlags): string[] {
  const { maxGap, smooth, swaps, anatomy, wrist, bones, mirror, aspect, resample } = flags;
  return [
    ...argument('--max-gap', maxGap),
    ...argument('--smooth', smooth),
    ...argument('--no-swaps', !swaps),
    ...argument('--no-anatomy', !anatomy),
    ...argument('--wrist', wrist),
    ...argument('--no-bones', !bones),
    ...argument('--mirror', mirror),
    ...argument('--aspect', aspect),
    ...argument('--resample', resample),
  ];
}
