import { Option } from 'commander';
import { DEVICES } from '../models/index.js';
import {
  type Background,
  listPresets,
  PRECISIONS,
  type Precision,
  type SourceOptions,
} from '../pipeline/index.js';
import { FRAMINGS } from '../pose/index.js';
import * as parse from './arguments.js';
import {
  completeOption,
  framingOption,
  type RepairFlags,
  repairOptions,
  type SourceFlags,
  sourceOptions,
} from './pose-flags.js';

/** Values of the flags of `generate`, as commander hands them over. */
export interface GenerateFlags extends SourceFlags, RepairFlags {
  readonly out?: string;
  readonly container?: 'mp4' | 'y4m';
  readonly force?: boolean;
  readonly resume: boolean;
  readonly sideBySide?: 'skeleton' | 'source';
  readonly sourceVideo?: string;
  readonly audio?: string;
  readonly crf?: number;
  readonly signCertificate?: string;
  readonly signKey?: string;
  /** Empty: those beside the keypoint file. */
  readonly captions?: string;
  /** Empty: beside the video. */
  readonly contactSheet?: string;
  readonly watch?: boolean;
  readonly prompt?: string;
  readonly negativePrompt?: string;
  readonly seed?: number;
  readonly reference?: string;
  readonly signer?: string;
  readonly background?: Background;
  readonly allowUnknownWords?: boolean;
  readonly range?: { from: number; to?: number };
  readonly framing?: SourceOptions['framing'];
  readonly complete: boolean;
  readonly bundle?: string;
  readonly preset?: string;
  readonly steps?: number;
  readonly guidance?: number;
  readonly blending?: 'expand' | 'naive' | 'box' | 'none';
  readonly freeSteps?: number;
  readonly feather?: number;
  readonly set?: Record<string, Record<string, unknown>>;
  readonly verify: boolean;
  readonly device?: string;
  readonly threads?: number;
  readonly precision?: Precision | 'auto';
  readonly lookAhead?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly picture?: boolean;
  readonly debug?: boolean;
}

/** The flags of `generate`, under the headings of the help. */
export function generateFlags(): { heading: string; flags: Option[] }[] {
  return [
    { heading: 'Output', flags: outputFlags() },
    { heading: 'Signer', flags: signerFlags() },
    { heading: 'Keypoints', flags: keypointsFlags() },
    { heading: 'Method', flags: methodFlags() },
    { heading: 'Runtime', flags: runtimeFlags() },
  ];
}

function option(names: string, text: string, parser?: (value: string) => unknown): Option {
  const made = new Option(names, text);
  return parser ? made.argParser(parser) : made;
}

function outputFlags(): Option[] {
  return [
    option(
      '-o, --out <file>',
      '.mp4, .webm, .mov, .gif, .webp, a folder/ of PNG pictures, or - for standard output (default: an MP4 beside FILE)',
    ),
    option('--container <name>', 'format for standard output (default: mp4, in fragments)').choices([
      'mp4',
      'y4m',
    ]),
    option('--force', 'replace an output that exists'),
    option('--no-resume', 'start over instead of continuing an unfinished run'),
    option('--side-by-side <what>', 'what to show left of the signer').choices(['skeleton', 'source']),
    option('--source-video <file>', 'the video for --side-by-side source'),
    option('--audio <file>', 'add the sound of this file'),
    option(
      '--captions [file]',
      'put captions (.vtt, .srt) into the video and beside it (default: those beside FILE)',
    ),
    option(
      '--contact-sheet [file]',
      'make a picture of evenly spaced frames (.png, .jpg, .webp; default: beside the video)',
    ),
    option('--watch', 'draw again whenever FILE changes, until Ctrl-C'),
    option(
      '--crf <n>',
      'video quality: lower is better and larger (default: 16 for MP4, 24 for WebM)',
      parse.wholeNumber(0),
    ),
    option('--sign-certificate <file>', 'sign content credentials (C2PA) with this certificate (PEM)'),
    option('--sign-key <file>', "the certificate's private key (PEM)"),
  ];
}

function signerFlags(): Option[] {
  return [
    option('--prompt <text>', "describe the signer in words (default: the bundle's own signer)"),
    option('--negative-prompt <text>', 'what not to show; has an effect with --guidance above 1'),
    option('--signer <name>', 'a signer of the gallery; "handfirst signers" lists them'),
    option('--reference <picture>', 'a photo of the person to draw as the signer'),
    option('--seed <n>', 'seed of the random noise (default: 0)', parse.wholeNumber(0)),
    option(
      '--background <what>',
      'a colour (#rrggbb or a name), a picture file, transparent, or drawn',
      parse.background,
    ),
    option('--allow-unknown-words', 'warn about unknown words in the prompt instead of stopping'),
  ];
}

function keypointsFlags(): Option[] {
  return [
    ...sourceOptions(),
    option(
      '--range <from:to>',
      'frames to draw, such as 10:50: the first is 0, and the end is not included',
      parse.frameRange,
    ),
    framingOption(FRAMINGS, 'reference where the bundle takes one, else signing'),
    ...repairOptions(),
    completeOption(),
  ];
}

function methodFlags(): Option[] {
  return [
    option('--bundle <name>', 'model bundle: a name or a folder (default: compact)'),
    option('--preset <name>', `${listPresets().join(', ')}, or a .json file`),
    option('--steps <n>', 'denoising steps of both stages', parse.wholeNumber(1)),
    option('--guidance <scale>', 'how strongly the prompt counts (1 = no guidance)', parse.decimalNumber(1)),
    option('--blending <mode>', 'how the second stage keeps the hands').choices([
      'expand',
      'naive',
      'box',
      'none',
    ]),
    option('--free-steps <n>', 'how many of the last steps run without blending', parse.wholeNumber(0)),
    option(
      '--feather <pixels>',
      'width of the soft edge round pasted hands, in pixels',
      parse.wholeNumber(0),
    ),
    new Option(
      '--set <group.field=value>',
      'any field of the preset, such as hand.draw=false (may be repeated)',
    ).argParser(parse.presetField),
    option('--no-verify', "do not check the bundle's files against their checksums"),
  ];
}

function runtimeFlags(): Option[] {
  return [
    option('--device <name>', 'where the models run (default: the first that works)').choices([
      'auto',
      ...DEVICES,
    ]),
    option(
      '--threads <n>',
      'CPU threads (default: all, used in the way measured to be fastest)',
      parse.wholeNumber(1),
    ),
    option('--precision <name>', "number format of the models (default: the preset's)").choices([
      'auto',
      ...PRECISIONS,
    ]),
    option(
      '--look-ahead <frames>',
      'frames in progress at a time (default: eight a drawing thread)',
      parse.wholeNumber(1),
    ),
    option('--json', 'print progress and result as JSON lines'),
    option('--quiet', 'print nothing but warnings and failures'),
    option('--no-picture', 'show no picture above the progress bar'),
  ];
}
