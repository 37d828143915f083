import { basename, extname } from 'node:path';
import { Command } from 'commander';
import { commandLine, printable, readInfo, type VideoMetadata } from '../video/index.js';

/** Name under which the video would be made again: the same ending, so the same format. */
function againName(path: string): string {
  const extension = extname(basename(path));
  return extension === '' ? 'again/' : `again${extension}`;
}

/** What `handfirst info` prints for people: a label and a value a line, then the command. */
export function formatInfo(path: string, metadata: VideoMetadata): string {
  const { version, prompt, negativePrompt, seed, preset, bundle, pose, options } = metadata;
  const what = metadata.generated ? 'generated, nobody was filmed' : 'keypoints as they are, drawn';
  const row = (label: string, value: string | undefined): [string, string][] =>
    value === undefined ? [] : [[label, value]];
  const rows: [string, string][] = [
    ['made by', `handfirst ${version}; ${what}`],
    ...row('prompt', prompt),
    ...row('negative prompt', negativePrompt || undefined),
    ...row('seed', seed?.toString()),
    ...row('preset', preset),
    ...row('bundle', bundle && `${bundle.name}, SHA-256 ${bundle.sha256}`),
    ['pose', `${pose.name}, SHA-256 ${pose.sha256}`],
    ...Object.entries(options).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, value]) => `${printable(label.padEnd(width))}  ${printable(value)}`);
  return [...lines, '', 'Make it again:', commandLine(metadata, againName(path))].join('\n');
}

/** `handfirst info FILE`: what a video says about itself. */
export function infoCommand(): Command {
  return new Command('info')
    .description('print how a video was made, and the command that makes it again')
    .argument('<file>', 'a video that handfirst made, or its folder of PNG pictures')
    .option('--json', 'print the metadata as JSON')
    .addHelpText('after', '\nExample:\n  handfirst info phrase.mp4')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const metadata = await readInfo(file);
      const text = json ? JSON.stringify(metadata, undefined, 2) : formatInfo(file, metadata);
      process.stdout.write(`${text}\n`);
    });
}
