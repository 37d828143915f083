import { Option } from 'commander';
import type { SharedOptions } from '../batch/index.js';
import * as parse from './arguments.js';
import { renderOptions } from './generate.js';
import { type GenerateFlags, generateFlags } from './generate-flags.js';

/** Values of the flags of `batch`, as commander hands them over. */
export interface BatchFlags extends Omit<GenerateFlags, 'out'> {
  /** A folder, or `s3://bucket/prefix`. */
  readonly out: string;
  readonly extension: string;
  readonly workers?: number;
  readonly queue?: string;
  readonly status?: boolean;
}

/** Flags of `generate` that mean nothing, or something else, for many clips. */
const OF_ONE_CLIP = [
  '--out',
  '--container',
  '--no-resume',
  '--source-video',
  '--audio',
  '--look-ahead',
  '--side-by-side',
  '--captions',
  '--contact-sheet',
  '--watch',
  '--no-picture',
  '--threads',
];

/** The flags of `batch`, under the headings of the help: its own, and those of `generate` that hold for every clip. */
export function batchFlags(): { heading: string; flags: Option[] }[] {
  const [output, ...others] = generateFlags().map(({ heading, flags }) => ({
    heading,
    flags: flags.filter(({ long }) => !OF_ONE_CLIP.includes(long ?? '')),
  }));
  return [
    {
      heading: 'Output',
      flags: [
        new Option(
          '-o, --out <folder>',
          'where the videos go: a folder, or s3://bucket/prefix',
        ).makeOptionMandatory(),
        new Option('--extension <name>', 'of the videos where the manifest does not name them')
          .choices(['mp4', 'webm', 'mov', 'gif', 'webp'])
          .default('mp4'),
        new Option('--side-by-side <what>', 'what to show left of the signer').choices(['skeleton']),
        ...(output?.flags ?? []),
      ],
    },
    {
      heading: 'Work',
      flags: [
        new Option('--workers <n>', 'processes (default: by cores and memory)').argParser(
          parse.wholeNumber(1),
        ),
        new Option('--threads <n>', 'CPU threads of each process (default: 1)').argParser(
          parse.wholeNumber(1),
        ),
        queueOption('share the work with every `handfirst worker` of this queue'),
        new Option('--status', 'show how far the clips are, and draw nothing'),
      ],
    },
    ...others,
  ];
}

/** The address may hold a password, which other users of a machine see in a command: so it may come from the environment. */
export function queueOption(text: string): Option {
  return new Option('--queue <address>', `${text}: redis://, or rediss:// for TLS`).env('HANDFIRST_QUEUE');
}

/** What of the flags holds for every clip. */
export function sharedOptions(flags: BatchFlags): SharedOptions {
  const { source, look, method, runtime, output } = renderOptions('', { ...flags, out: '' });
  const { layout, encoding, credentials } = output;
  return {
    source,
    look,
    method,
    runtime: { precision: runtime?.precision },
    output: { layout, encoding, credentials },
  };
}
