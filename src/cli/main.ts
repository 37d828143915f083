import { Command, Option } from 'commander';
import { version } from '../pipeline/index.js';
import { evaluateCommand } from './evaluate.js';
import { EXIT_CODES, reportFailure } from './failure.js';
import { generateCommand } from './generate.js';
import { infoCommand } from './info.js';
import { modelsCommand } from './models.js';
import { joinCommand, phraseCommand } from './phrase.js';
import { poseCommand } from './pose.js';
import { previewCommand } from './preview.js';
import { signersCommand } from './signers.js';
import { spellCommand } from './spell.js';

/** The whole command line; nothing is read or written before it is parsed. */
export function program(): Command {
  const root = new Command('handfirst')
    .description('Keypoints of someone signing become a video of someone signing, hands first.')
    .version(version(), '-V, --version', 'print the version')
    .option('--debug', 'print the stack of a failure')
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('Run it with --help to see what it takes.');
  const commands = [
    evaluateCommand(),
    generateCommand(),
    infoCommand(),
    joinCommand(),
    modelsCommand(),
    phraseCommand(),
    poseCommand(),
    previewCommand(),
    signersCommand(),
    spellCommand(),
  ];
  for (const command of commands) root.addCommand(command);
  for (const command of everyCommand(root)) {
    if (command !== root) command.addOption(new Option('--debug', 'print the stack of a failure'));
    command
      .exitOverride()
      .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'handfirst: ')) });
  }
  return root;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Runs the program on `argv` (as in `process.argv`) and sets the process' exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const json = argv.includes('--json');
  const root = program();
  // Programs get the sentence as JSON, so commander does not print it as well.
  if (json)
    for (const command of everyCommand(root))
      command.configureOutput({ outputError: () => {}, writeErr: () => {} });
  let command: Command | undefined;
  root.hook('preAction', (_, action) => {
    command = action;
  });
  if (!process.stdout.listeners('error').includes(onOutputError)) process.stdout.on('error', onOutputError);
  try {
    await root.parseAsync([...argv]);
  } catch (error) {
    const debug = argv.includes('--debug');
    process.exitCode = reportFailure(error, { debug, json, command });
  }
}

/** `handfirst ... | head` closes our output: that is no failure. */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}
