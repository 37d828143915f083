import { Command, Option } from 'commander';
import { counted } from '../counted.js';
import {
  type PictureSize,
  SPELL_DEFAULTS,
  type SpellOptions,
  spell,
  spelledTime,
  writeClip,
} from '../phrase/index.js';
import * as parse from './arguments.js';
import { clipCaptionsFile, clipCaptionsOption, writeClipCaptions } from './clip-captions.js';
import { cancelOnSignals } from './signals.js';

interface SpellFlags extends SpellOptions {
  readonly out: string;
  readonly captions?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Flags that say how letters are spelled. */
export function spellingOptions(): Option[] {
  return [
    new Option('--hand <side>', 'the spelling hand').choices(['left', 'right']).default(SPELL_DEFAULTS.hand),
    new Option('--speed <factor>', 'spelling speed, 0.25 to 2: 1 is three letters per second')
      .argParser(parse.decimalNumber(0.25))
      .default(SPELL_DEFAULTS.speed),
  ];
}

/** Flags of the picture in which a phrase is signed. */
export function pictureOptions({ fps, size }: { fps: number; size: PictureSize }): Option[] {
  return [
    new Option('--fps <rate>', 'frames a second').argParser(parse.frameRate).default(fps),
    new Option('--size <WxH>', 'pixels of the picture')
      .argParser(parse.pictureSize)
      .default(size, `${size.width}x${size.height}`),
  ];
}

/** `handfirst spell`: fingerspelling as keypoints. */
export function spellCommand(): Command {
  const command = new Command('spell')
    .description('make keypoints of a fingerspelled text (ASL letters and digits)')
    .argument('<text>', 'what to spell, such as "HELLO WORLD"')
    .requiredOption('-o, --out <file>', '.pose or .jsonl')
    .option('--force', 'replace an output that exists')
    .option('--json', 'print the result as JSON');
  for (const option of [clipCaptionsOption(), ...spellingOptions(), ...pictureOptions(SPELL_DEFAULTS)])
    command.addOption(option);
  command.addHelpText('after', '\nExample:\n  handfirst spell "HELLO WORLD" -o hello.pose --speed 0.5');
  return command.action(async (text: string, { out, force, json, captions, ...options }: SpellFlags) => {
    const { signal, release } = cancelOnSignals();
    try {
      const file = await clipCaptionsFile(out, captions, force);
      const clip = spell(text, options);
      const frames = await writeClip(clip, out, { force, signal });
      const letters = clip.letters.length;
      const seconds = frames / clip.info.fps;
      const also = await writeClipCaptions(file, spelledTime(clip, text));
      process.stdout.write(
        json
          ? `${JSON.stringify({ event: 'done', path: out, letters, frames, seconds, captionsFile: file })}\n`
          : `${out}: ${counted(letters, 'letter')}, ${counted(frames, 'frame')}, ${seconds.toFixed(1)} s${also}\n`,
      );
    } finally {
      release();
    }
  });
}
