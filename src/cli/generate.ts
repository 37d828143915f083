import { Command } from 'commander';
import { UsageError } from '../errors.js';
import { type PresetOverrides, type RenderOptions, RunEvents, render } from '../pipeline/index.js';
import type { CredentialOptions } from '../video/index.js';
import { EXIT_CODES } from './failure.js';
import { type GenerateFlags, generateFlags } from './generate-flags.js';
import { repair } from './pose-flags.js';
import { jsonReporter, terminalReporter } from './progress.js';
import { cancelOnSignals } from './signals.js';
import { checkStandardOutput, wordsBeside } from './standard-output.js';

/** `handfirst generate FILE -o OUT`. */
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
  handfirst generate phrase.pose -o phrase.mp4
  handfirst generate phrase.pose -o phrase.mp4 --prompt "a woman with black hair in a red shirt" --seed 7
  handfirst generate phrase.npy --fps 25 --size 1280x720 -o phrase.webm --side-by-side skeleton
${EXIT_CODES}`,
    )
    .action(async (file: string, values: GenerateFlags) => {
      checkStandardOutput(values.out);
      const say = wordsBeside(values.out);
      const reporter = values.json
        ? jsonReporter((line) => say.write(line), command)
        : terminalReporter(process.stderr.isTTY === true, values.quiet ?? false, { command, say });
      const { signal, release } = cancelOnSignals();
      try {
        const events = new RunEvents();
        events.on('note', reporter.note).on('progress', reporter.progress);
        const watch = { events };
        reporter.done(await render({ ...renderOptions(file, values), watch, signal }));
      } finally {
        reporter.stop();
        release();
      }
    });
}

/** The options of `render` that the flags mean. */
export function renderOptions(input: string, values: GenerateFlags): RenderOptions {
  const { prompt, negativePrompt, seed, reference, signer, background, allowUnknownWords } = values;
  const { format, fps, size, person, sequence, range, framing, rotate, complete } = values;
  const { bundle, preset, verify, device, threads, lookAhead } = values;
  const { out, container, force, resume, sideBySide, sourceVideo, audio, crf } = values;
  const { signCertificate, signKey } = values;
  return {
    input,
    source: { format, fps, size, person, sequence, range, framing, rotate, complete, repair: repair(values) },
    look: { prompt, negativePrompt, seed, reference, signer, background, allowUnknownWords },
    method: { bundle, preset, verify, overrides: overrides(values) },
    runtime: { device: device === 'auto' ? undefined : device, threads, lookAhead },
    output: {
      path: out,
      container,
      force,
      resume,
      layout: sideBySide,
      sourceVideo,
      audio,
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
