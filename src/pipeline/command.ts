import type { RepairOptions } from '../pose/index.js';
import type { Background, RenderOptions } from './options.js';

/**
 * The command that does the same as `render` with these options, from `handfirst` on, without the output's name: what
 * `handfirst info` prints. What does not change the pictures (force, progress) is left out.
 */
export function commandArguments(options: RenderOptions): string[] {
  const { input, source = {}, look = {}, method = {}, runtime = {}, output } = options;
  const { range, size } = source;
  return [
    'handfirst',
    'generate',
    // Keypoints in memory have no name; they can be piped in.
    typeof input === 'string' ? input : '-',
    ...flag('--format', source.format),
    ...flag('--fps', source.fps),
    ...flag('--size', size && `${size.width}x${size.height}`),
    ...flag('--person', source.person),
    ...flag('--range', range && `${range.from}:${range.to ?? ''}`),
    ...flag('--framing', source.framing),
    ...flag('--rotate', source.rotate),
    ...flag('--sequence', source.sequence),
    ...repairFlags(source.repair ?? {}),
    ...(source.complete === false ? ['--no-complete'] : []),
    ...flag('--prompt', look.prompt),
    ...flag('--negative-prompt', look.negativePrompt),
    ...flag('--seed', look.seed),
    ...flag('--signer', look.signer),
    ...flag('--reference', look.reference),
    ...(look.allowUnknownWords ? ['--allow-unknown-words'] : []),
    ...flag('--background', look.background && backgroundName(look.background)),
    ...flag('--bundle', method.bundle),
    ...flag('--preset', method.preset),
    ...presetFields(method.overrides ?? {}).flatMap((field) => ['--set', field]),
    ...flag('--device', runtime.device),
    ...flag('--threads', runtime.threads),
    ...flag('--precision', runtime.precision),
    ...flag('--side-by-side', output.layout === 'plain' ? undefined : output.layout),
    ...flag('--source-video', output.sourceVideo),
    ...flag('--audio', output.audio),
    ...flag('--crf', output.encoding?.crf),
    // Captions in memory have no name.
    ...flag('--captions', typeof output.captions === 'string' ? output.captions : undefined),
  ];
}

function repairFlags(repair: RepairOptions): string[] {
  const { mirror, aspect, swaps, anatomy, maxGap, wrist, bones, smooth, fps } = repair;
  return [
    ...flag('--max-gap', maxGap),
    ...(smooth ? ['--smooth'] : []),
    ...(swaps === false ? ['--no-swaps'] : []),
    ...(anatomy === false ? ['--no-anatomy'] : []),
    ...flag('--wrist', wrist),
    ...(bones === false ? ['--no-bones'] : []),
    ...(mirror ? ['--mirror'] : []),
    ...flag('--aspect', aspect),
    ...flag('--resample', fps),
  ];
}

function flag(name: string, value: string | number | undefined): string[] {
  if (value === undefined) return [];
  // A value that looks like a flag is joined to its name, so that it is not taken for one.
  return String(value).startsWith('-') ? [`${name}=${value}`] : [name, String(value)];
}

function backgroundName(background: Background): string {
  if (typeof background === 'string') return background;
  if ('file' in background) return background.file;
  return `#${background.map((level) => level.toString(16).padStart(2, '0')).join('')}`;
}

/** `body.steps=2` for each field that is set, `body.sampler.eta=1` for fields of fields. */
function presetFields(fields: object, within = ''): string[] {
  return Object.entries(fields).flatMap(([name, value]: [string, unknown]) => {
    if (value === undefined) return [];
    if (typeof value === 'object' && value !== null) return presetFields(value, `${within}${name}.`);
    return within === '' ? [] : [`${within}${name}=${String(value)}`];
  });
}
