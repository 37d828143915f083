import { Command, Option } from 'commander';
import { version } from '../pipeline/index.js';
import { batchCommand } from './batch.js';
import { evaluateCommand } from './evaluate.js';
import { EXIT_CODES, reportFailure } from './failure.js';
import { generateCommand } from './generate.js';
import { infoCommand } from './info.js';
import { modelsCommand } from './models.js';
import { joinCommand, phraseCommand } from './phrase.js';
import { poseCommand } from './pose.js';
import { previewCommand } from './preview.js';
import { cancelAfterFault, cancelAll } from './signals.js';
import { signersCommand } from './signers.js';
import { spellCommand } from './spell.js';
import { wordsBeside } from './standard-output.js';
import { workerCommand } from './worker.js';

/** Exit code of a program whose output nobody reads any more, as shells give it: 128 and SIGPIPE. */
const CLOSED_PIPE = 141;
let pipeClosed = false;

/** The whole command line; nothing is read or written before it is parsed. */
export function program(): Command {
  const root = new Command('handfirst')
    .description('Keypoints of someone signing become a video of someone signing, hands first.')
    .version(version(), '-V, --version', 'print the version')
    .option('--debug', 'print the stack of a failure')
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('Run it with --help to see what it takes.');
  const commands = [
    batchCommand(),
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
    workerCommand(),
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
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners('error').includes(onOutputError)) stream.on('error', onOutputError);
  }
  try {
    await root.parseAsync([...argv]);
  } catch (error) {
    if (pipeClosed) return;
    const say = wordsBeside(String(command?.opts().out));
    process.exitCode = reportFailure(error, { debug: argv.includes('--debug'), json, say, command });
  }
}

/** Runs the program as a process of its own: a fault ends what was started before it ends the program. */
export async function run(argv: readonly string[]): Promise<void> {
  let fault: number | undefined;
  process.on('uncaughtException', (error) => {
    fault = reportFailure(error, { debug: argv.includes('--debug'), json: argv.includes('--json') });
    process.exitCode = fault;
    void cancelAfterFault();
  });
  await main(argv);
  if (fault !== undefined) process.exitCode = fault;
}

/** `handfirst ... | head` closes our output: nobody listens any more, so everything ends, quietly. */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  pipeClosed = true;
  process.exitCode = CLOSED_PIPE;
  cancelAll();
}
