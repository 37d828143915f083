import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { PoseFileError, UsageError } from '../errors.js';
import {
  captionsName,
  type Engine,
  openEngine,
  type PresetOverrides,
  type RenderOptions,
  RunEvents,
  render,
} from '../pipeline/index.js';
import { type CredentialOptions, printable, STANDARD_OUTPUT } from '../video/index.js';
import { placeOutput } from '../video/output.js';
import { EXIT_CODES, reportFailure } from './failure.js';
import { type GenerateFlags, generateFlags } from './generate-flags.js';
import { captionsBeside, sheetBeside, videoBeside } from './output-name.js';
import { repair } from './pose-flags.js';
import { jsonReporter, type Reporter, terminalReporter } from './progress.js';
import { cancelOnSignals } from './signals.js';
import { checkStandardOutput, wordsBeside } from './standard-output.js';
import { drawOnChange } from './watch.js';

/** `handfirst generate FILE`, or `handfirst FILE`. */
export function generateCommand(): Command {
  const command = new Command('generate')
    .description('draw a keypoint file as a video of someone signing')
    .argument('<file>', 'keypoint file or folder, or - for standard input');
  for (const { heading, flags } of generateFlags()) {
    command.optionsGroup(`${heading}:`);
    for (const flag of flags) command.addOption(flag);
  }
  return command
    .optionsGroup('Other:')
    .addHelpText(
      'after',
      `\nExamples:
  handfirst phrase.pose
  handfirst phrase.pose -o red.mp4 --prompt "a woman with black hair in a red shirt" --seed 7
  handfirst phrase.pose --captions --contact-sheet
  handfirst phrase.pose --preset fast --watch
  handfirst phrase.npy --fps 25 --size 1280x720 -o phrase.webm --side-by-side skeleton
${EXIT_CODES}`,
    )
    .action((file: string, flags: GenerateFlags) => generate(file, flags, command));
}

async function generate(file: string, flags: GenerateFlags, command: Command): Promise<void> {
  const { values, note } = named(file, flags);
  checkStandardOutput(values.out);
  const say = wordsBeside(values.out);
  const printing = { debug: flags.debug ?? false, json: flags.json ?? false, say, command };
  const reporting = { command, say, picture: flags.picture };
  const open = (): Reporter =>
    flags.json
      ? jsonReporter((line) => say.write(line), command)
      : terminalReporter(process.stderr.isTTY === true, flags.quiet ?? false, reporting);
  const { signal, release } = cancelOnSignals();
  try {
    const first = open();
    if (note) first.note({ kind: 'output', sentence: note });
    const options = renderOptions(file, values);
    if (!flags.watch) return await draw(options, first, signal);
    const failed = (error: unknown): void => void reportFailure(error, printing);
    await drawAgain(options, { open, failed, signal });
  } finally {
    release();
  }
}

async function draw(
  options: RenderOptions,
  reporter: Reporter,
  signal: AbortSignal,
  engine?: Engine,
): Promise<void> {
  try {
    const events = new RunEvents();
    events.on('note', reporter.note).on('progress', reporter.progress).on('picture', reporter.picture);
    reporter.done(await render({ ...options, watch: { events }, signal }, engine));
  } finally {
    reporter.stop();
  }
}

/** `--watch`: draws on every change, with models that stay loaded. */
async function drawAgain(
  options: RenderOptions,
  { open, failed, signal }: { open: () => Reporter; failed: (error: unknown) => void; signal: AbortSignal },
): Promise<void> {
  const { input, method, runtime, output } = options;
  let engine: Engine | undefined;
  try {
    await drawOnChange({
      paths: filesOf(options),
      ignored: [
        output.path,
        placeOutput(output.path).work,
        captionsName(output.path),
        output.contactSheet ?? '',
      ],
      async draw(run, again) {
        engine ??= await openEngine({ method, runtime, signal });
        await draw(again ? { ...options, output: { ...output, force: true } } : options, open(), run, engine);
      },
      waiting: () =>
        open().note({ kind: 'output', sentence: `Waiting for ${String(input)} to change. Ctrl-C ends.` }),
      failed,
      signal,
    });
  } finally {
    await engine?.close();
  }
}

/** Files and folders that the video is made of. */
function filesOf({ input, look, method, output }: RenderOptions): string[] {
  const { background, reference } = look ?? {};
  const picture = typeof background === 'object' && 'file' in background ? background.file : undefined;
  const preset = method?.preset?.endsWith('.json') ? method.preset : undefined;
  const others = [reference, picture, preset, output.captions, output.audio, output.sourceVideo];
  return [input, ...others].filter((path) => typeof path === 'string');
}

/** The flags with the names of outputs that were left to the program, and what it has to say of them. */
function named(
  file: string,
  flags: GenerateFlags,
): { values: GenerateFlags & { readonly out: string }; note?: string } {
  if (flags.watch && [file, flags.out].includes(STANDARD_OUTPUT))
    throw new UsageError(
      'HF_FIELDS_CONFLICT',
      '`watch` needs files: name the keypoint file and the video, or leave it out.',
      { field: 'watch' },
    );
  if (flags.out === undefined && file !== STANDARD_OUTPUT && !existsSync(file))
    throw new PoseFileError('HF_POSE_UNREADABLE', `There is no ${printable(file)}: check the name.`, {
      file,
    });
  const { path: out, note } = flags.out === undefined ? videoBeside(file, flags) : { path: flags.out };
  const captions = flags.captions === '' ? captionsBeside(file) : flags.captions;
  const contactSheet = flags.contactSheet === '' ? sheetBeside(out) : flags.contactSheet;
  return { values: { ...flags, out, captions, contactSheet }, note };
}

/** The options of `render` that the flags mean. */
export function renderOptions(
  input: string,
  values: GenerateFlags & { readonly out: string },
): RenderOptions {
  const { prompt, negativePrompt, seed, reference, signer, background, allowUnknownWords } = values;
  const { format, fps, size, person, sequence, range, framing, rotate, complete } = values;
  const { bundle, preset, verify, device, threads, precision, lookAhead } = values;
  const { out, container, force, resume, sideBySide, sourceVideo, audio, crf, captions, contactSheet } =
    values;
  const { signCertificate, signKey } = values;
  return {
    input,
    source: { format, fps, size, person, sequence, range, framing, rotate, complete, repair: repair(values) },
    look: { prompt, negativePrompt, seed, reference, signer, background, allowUnknownWords },
    method: { bundle, preset, verify, overrides: overrides(values) },
    runtime: { device: device === 'auto' ? undefined : device, threads, precision, lookAhead },
    output: {
      path: out,
      container,
      force,
      resume,
      layout: sideBySide,
      sourceVideo,
      audio,
      captions,
      contactSheet,
      encoding: { crf },
      credentials: credentials(signCertificate, signKey),
    },
  };
}

/** The signer; both files or neither. */
function credentials(
  certificate: string | undefined,
  key: string | undefined,
): CredentialOptions | undefined {
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  const field = key === undefined ? 'key' : 'certificate';
  throw new UsageError(
    'HF_FIELD_MISSING',
    `Signing takes a certificate and its key: give \`${field}\` as well.`,
    { field },
  );
}

/** Fields of the preset by the named flags, and over them by `--set`. Names and values are checked with the preset. */
function overrides({
  steps,
  guidance,
  blending,
  freeSteps,
  feather,
  set = {},
}: GenerateFlags): PresetOverrides {
  return {
    ...set,
    hand: { steps, guidance, ...set.hand },
    body: { steps, guidance, ...set.body },
    blending: { mode: blending, freeSteps, ...set.blending },
    composite: { feather, ...set.composite },
  };
}
