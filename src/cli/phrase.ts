import { Command, Option } from 'commander';
import { counted } from '../counted.js';
import {
  glossTimes,
  JOIN_DEFAULTS,
  type JoinedClip,
  type JoinOptions,
  join,
  type PhraseOptions,
  phrase,
  writeClip,
} from '../phrase/index.js';
import * as parse from './arguments.js';
import { clipCaptionsFile, clipCaptionsOption, writeClipCaptions } from './clip-captions.js';
import { cancelOnSignals } from './signals.js';
import { pictureOptions, spellingOptions } from './spell.js';

interface OutputFlags {
  readonly out: string;
  readonly captions?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

interface JoinFlags extends JoinOptions, OutputFlags {
  /** Frames a second and picture of files that do not say. */
  readonly sourceFps?: number;
  readonly sourceSize?: { width: number; height: number };
}

interface PhraseFlags extends PhraseOptions, OutputFlags {
  readonly lexicon: string;
}

function joiningOptions(): Option[] {
  return [
    ...pictureOptions(JOIN_DEFAULTS),
    new Option('--no-trim', 'keep whole signs, including raising and lowering the hands'),
    new Option('--no-rest', 'start and end with the hands raised'),
  ];
}

/** `handfirst join`: keypoint files in a row, signed by one signer. */
export function joinCommand(): Command {
  const command = new Command('join')
    .description('join keypoint files of signs into one phrase')
    .argument('<file...>', 'keypoint files or folders, or - for standard input')
    .requiredOption('-o, --out <file>', '.pose or .jsonl')
    .option('--force', 'replace an output that exists')
    .option('--json', 'print the result as JSON');
  for (const option of [clipCaptionsOption(), ...joiningOptions()]) command.addOption(option);
  command.addOption(
    new Option('--source-fps <rate>', 'frames per second, for files that do not say').argParser(
      parse.frameRate,
    ),
  );
  command.addOption(
    new Option('--source-size <WxH>', 'pixels of the picture, for files that do not say').argParser(
      parse.pictureSize,
    ),
  );
  command.addHelpText('after', '\nExample:\n  handfirst join hello.pose name.pose -o phrase.pose --captions');
  return command.action(async (files: string[], flags: JoinFlags) => {
    const { out, force, json, captions, sourceFps, sourceSize, ...options } = flags;
    const open = { ...(sourceFps && { fps: sourceFps }), ...(sourceSize && { size: sourceSize }) };
    await write(() => join(files, options, open), { out, force, json, captions });
  });
}

/** `handfirst phrase`: glosses to keypoints, by a lexicon. */
export function phraseCommand(): Command {
  const command = new Command('phrase')
    .description('make keypoints of glosses from a lexicon; A-N-A is fingerspelled')
    .argument('<glosses>', 'such as "HELLO NAME MY A-N-A"')
    .requiredOption(
      '--lexicon <folder>',
      'a folder of GLOSS.pose files, or with the index.csv of spoken-to-signed lexicons',
    )
    .requiredOption('-o, --out <file>', '.pose or .jsonl')
    .option('--force', 'replace an output that exists')
    .option('--json', 'print the result as JSON')
    .option('--spell-unknown', 'fingerspell glosses that the lexicon lacks')
    .option('--language <code>', 'spoken or signed language whose rows of the index count, such as ase');
  for (const option of [clipCaptionsOption(), ...spellingOptions(), ...joiningOptions()])
    command.addOption(option);
  command.addHelpText(
    'after',
    '\nExamples:\n  handfirst phrase "HELLO A-N-A" --lexicon signs/ -o phrase.pose\n  handfirst phrase "HELLO*2@0.5+0.4s" --lexicon signs/ -o slow.pose',
  );
  return command.action(
    async (text: string, { out, force, json, captions, lexicon, ...options }: PhraseFlags) => {
      await write(() => phrase(text, lexicon, options), { out, force, json, captions });
    },
  );
}

async function write(
  make: () => Promise<JoinedClip>,
  { out, force, json, captions }: OutputFlags,
): Promise<void> {
  const { signal, release } = cancelOnSignals();
  try {
    const file = await clipCaptionsFile(out, captions, force);
    const clip = await make();
    const frames = await writeClip(clip, out, { force, signal });
    const signs = clip.signs.length;
    const seconds = frames / clip.info.fps;
    const also = await writeClipCaptions(file, glossTimes(clip));
    process.stdout.write(
      json
        ? `${JSON.stringify({ event: 'done', path: out, signs, frames, seconds, captionsFile: file })}\n`
        : `${out}: ${counted(signs, 'sign')}, ${counted(frames, 'frame')}, ${seconds.toFixed(1)} s${also}\n`,
    );
  } finally {
    release();
  }
}
