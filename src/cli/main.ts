import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Command, Help, Option } from 'commander';
import { version } from '../pipeline/index.js';
import { batchCommand } from './batch.js';
import { completeCommand, completionCommand } from './completion.js';
import { doctorCommand } from './doctor.js';
import { evaluateCommand } from './evaluate.js';
import { EXIT_CODES, reportFailure } from './failure.js';
import { generateCommand } from './generate.js';
import { infoCommand } from './info.js';
import { modelsCommand } from './models.js';
import { excessWords, withOptionalValues } from './optional-values.js';
import { joinCommand, phraseCommand } from './phrase.js';
import { poseCommand } from './pose.js';
import { previewCommand } from './preview.js';
import { cancelAfterFault, cancelAll } from './signals.js';
import { signersCommand } from './signers.js';
import { spellCommand } from './spell.js';
import { wordsBeside } from './standard-output.js';
import { workerCommand } from './worker.js';

/** Exit code of a program whose output is no longer read, as shells give it: 128 and SIGPIPE. */
const CLOSED_PIPE = 141;
let pipeClosed = false;

/** The commands, by what they are for, in the order of the help. */
function groups(): [heading: string, commands: Command[]][] {
  return [
    ['Make a video:', [generateCommand(), previewCommand(), batchCommand(), workerCommand()]],
    ['Make and look at keypoints:', [poseCommand(), spellCommand(), phraseCommand(), joinCommand()]],
    ['Look things up:', [infoCommand(), signersCommand(), modelsCommand()]],
    ['Measure:', [evaluateCommand()]],
    ['Set up:', [doctorCommand(), completionCommand()]],
  ];
}

/** The whole command line; nothing is read or written before it is parsed. `fileAlone`: a file without a command is drawn. */
export function program({ fileAlone = true }: { fileAlone?: boolean } = {}): Command {
  const root = new Command('handfirst')
    .usage('FILE [options]\n       handfirst COMMAND [options]')
    .description(
      'Turns the keypoints of someone signing into a video of someone signing.\nhandfirst FILE writes an MP4 beside the file; it takes the flags of "generate".',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .option('--debug', 'show the stack trace of a failure')
    .addHelpText('after', `${EXAMPLES}\n${EXIT_CODES}`)
    .showHelpAfterError('Add --help to see how it is used.');
  for (const [heading, commands] of groups()) {
    for (const command of commands)
      root.addCommand(command.helpGroup(heading), { isDefault: fileAlone && command.name() === 'generate' });
  }
  root.addCommand(completeCommand(), { hidden: true });
  root.addHelpCommand(helpCommand().helpGroup('Set up:'));
  for (const command of everyCommand(root)) {
    if (command !== root)
      command
        .addOption(new Option('--debug', 'show the stack trace of a failure'))
        .allowExcessArguments()
        .helpOption('-h, --help', 'show this help');
    if (command !== root && command.commands.length > 0) command.addHelpCommand(helpCommand());
    command
      .exitOverride()
      .configureHelp({ optionDescription })
      .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'handfirst: ')) });
  }
  return root;
}

const EXAMPLES = `
Examples:
  handfirst hello.pose
  handfirst hello.pose -o hello.webm --signer liam
  handfirst preview hello.pose --open
  handfirst generate --help`;

/** Whether the command line names a file, or only flags, instead of a command. A word that is neither is a misspelled command. */
function namesFile([first]: readonly string[]): boolean {
  if (first === undefined) return false;
  return /[^\w-]/.test(first) || first.startsWith('-') || existsSync(first);
}

function helpCommand(): Command {
  return new Command('help').argument('[command]').description('show the help of a command');
}

/** Says which flags a command cannot do without. */
function optionDescription(option: Option): string {
  const text = new Help().optionDescription(option);
  return option.mandatory && option.defaultValue === undefined ? `${text} (required)` : text;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Runs the program on `argv` (as in `process.argv`) and sets the process' exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const json = argv.includes('--json');
  const root = program({ fileAlone: namesFile(argv.slice(2)) });
  // Programs get the sentence as JSON, so commander does not print it as well.
  if (json)
    for (const command of everyCommand(root))
      command.configureOutput({ outputError: () => {}, writeErr: () => {} });
  let command: Command | undefined;
  root.hook('preAction', (_, action) => {
    command = action;
    const excess = excessWords(argv, action);
    if (excess) action.error(`error: ${excess}`);
  });
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners('error').includes(onOutputError)) stream.on('error', onOutputError);
  }
  try {
    await root.parseAsync(withOptionalValues(argv));
  } catch (error) {
    if (pipeClosed) return;
    const say = wordsBeside(String(command?.opts().out));
    process.exitCode = reportFailure(error, { debug: argv.includes('--debug'), json, say, command });
  }
}

/**
 * V8 lets its heap grow to three times what is in use before it collects all of it, so that a long clip took 50 MB more than a short one. With
 * this it collects after a fifth, or 8 MB: of 10,000 frames that costs no time that could be measured.
 */
const HEAP_GROWTH = '--heap-growing-percent=20';

/** Runs the program as a process of its own: a fault ends what was started before it ends the program. */
export async function run(argv: readonly string[]): Promise<void> {
  setFlagsFromString(HEAP_GROWTH);
  let fault: number | undefined;
  process.on('uncaughtException', (error) => {
    fault = reportFailure(error, { debug: argv.includes('--debug'), json: argv.includes('--json') });
    process.exitCode = fault;
    void cancelAfterFault();
  });
  await main(argv);
  if (fault !== undefined) process.exitCode = fault;
}

/** `handfirst ... | head` closes our output. Then everything ends without a message. */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  pipeClosed = true;
  process.exitCode = CLOSED_PIPE;
  cancelAll();
}
