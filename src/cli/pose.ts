import { Command } from 'commander';
import { counted } from '../counted.js';
import {
  convertPose,
  formatPoseReport,
  openPoseClip,
  PREPARE_DEFAULTS,
  poseFormats,
  poseInfo,
} from '../pose/index.js';
import { withFlags } from './flags-of.js';
import { drawCommand } from './pose-draw.js';
import { extractCommand } from './pose-extract.js';
import {
  type PlacingFlags,
  placingOptions,
  type RepairFlags,
  readingOf,
  repair,
  repairOptions,
  type SourceFlags,
  sourceOptions,
} from './pose-flags.js';
import { cancelOnSignals } from './signals.js';

interface ConvertFlags extends SourceFlags, RepairFlags, PlacingFlags {
  readonly repair?: boolean;
  readonly force?: boolean;
}

/** `handfirst pose`: everything about keypoint files that needs no model bundle. */
export function poseCommand(): Command {
  const command = new Command('pose').description('look at, convert and draw keypoint files');
  for (const child of [infoCommand(), convertCommand(), drawCommand(), extractCommand(), formatsCommand()])
    command.addCommand(child);
  return command;
}

function infoCommand(): Command {
  const command = new Command('info')
    .description('show what a keypoint file holds, and what is wrong with it')
    .argument('<file>', 'keypoint file or folder, or - for standard input')
    .option('--json', 'print it as JSON');
  for (const option of sourceOptions()) command.addOption(option);
  return command.action(async (file: string, flags: SourceFlags & { json?: boolean }) => {
    const clip = await openPoseClip(file, { ...readingOf(flags), several: 'first' });
    try {
      const report = await poseInfo(clip);
      const text = flags.json
        ? JSON.stringify({ file, ...report }, undefined, 2)
        : formatPoseReport(file, report);
      process.stdout.write(`${withFlags(text, command, drawCommand())}\n`);
    } finally {
      await clip.close();
    }
  });
}

function convertCommand(): Command {
  const command = new Command('convert')
    .description('write a keypoint file as .pose 0.2 or JSON lines')
    .argument('<file>', 'keypoint file or folder, or - for standard input')
    .argument('<output>', '.pose or .jsonl')
    .option(
      '--repair',
      'fill short gaps and repair the hands as `generate` does; every repairing flag does so too',
    )
    .option('--force', 'replace an output that exists');
  for (const option of [...sourceOptions(), ...repairOptions(), ...placingOptions()])
    command.addOption(option);
  return command
    .addHelpText(
      'after',
      '\nWithout other flags, .pose to .pose keeps every point of the file, not only the 133.',
    )
    .action(async (file: string, output: string, flags: ConvertFlags) => {
      const { signal, release } = cancelOnSignals();
      try {
        const options = { framing: flags.framing, size: flags.to, force: flags.force, signal };
        const wanted = asksToRepair(flags)
          ? { ...repair(flags), maxGap: flags.maxGap ?? PREPARE_DEFAULTS.maxGap }
          : undefined;
        const { frames, whole } = await convertPose(file, output, {
          open: readingOf(flags),
          repair: wanted,
          ...options,
        });
        process.stdout.write(
          `${output}: ${counted(frames, 'frame')}${whole ? ', every point kept' : ', 133 points'}\n`,
        );
      } finally {
        release();
      }
    });
}

function asksToRepair(flags: ConvertFlags): boolean {
  const { repair: all, mirror, aspect, swaps, anatomy, maxGap, wrist, bones, smooth, resample } = flags;
  return (
    all === true ||
    !swaps ||
    !anatomy ||
    !bones ||
    [mirror, aspect, maxGap, wrist, smooth, resample].some((value) => value !== undefined)
  );
}

function formatsCommand(): Command {
  return new Command('formats').description('list the layouts that can be read').action(() => {
    const width = Math.max(...poseFormats.map(({ format }) => format.length));
    const reading = infoCommand();
    for (const { format, title } of poseFormats)
      process.stdout.write(`${format.padEnd(width)}  ${withFlags(title, reading)}\n`);
  });
}
