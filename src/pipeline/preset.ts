import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { UsageError } from '../errors.js';
import { reasonOf } from '../reason.js';

const steps = z.number().int().positive();
const guidance = z.number().min(1);
/** What a preset changes of the bundle's sampler, for denoisers with a LoRA for few steps; fields as in the manifest. */
const sampler = z
  .strictObject({
    kind: z.enum(['ddim', 'lcm', 'tcd']).optional(),
    spacing: z.enum(['leading', 'trailing', 'linspace']).optional(),
    originalSteps: z.number().int().positive().optional(),
    eta: z.number().min(0).max(1).optional(),
  })
  .optional();

/** Everything of the method that is a choice. Fields left out are the bundle's own. */
export const presetSchema = z.strictObject({
  description: z.string().default(''),
  hand: z
    .strictObject({
      /** Draw hands first; `false` is the body stage alone, the paper's baseline. */
      draw: z.boolean().default(true),
      steps: steps.optional(),
      guidance: guidance.optional(),
      sampler,
      /** 1-euro filter of the crops: cutoff in hertz at rest (0 = off), and hertz more per side of the hand a second. */
      minCutoff: z.number().min(0).default(1),
      response: z.number().min(0).default(2),
    })
    .prefault({}),
  body: z
    .strictObject({
      steps: steps.optional(),
      guidance: guidance.optional(),
      sampler,
      /** Show the body stage the pose; `false` leaves it the prompt alone, for comparison. */
      pose: z.boolean().default(true),
      /** What is drawn: the whole picture, or the part of it where the person is in any frame; the rest is the reference's plate. */
      area: z.enum(['picture', 'person']).default('picture'),
    })
    .prefault({}),
  /** For bundles that read any words. */
  prompt: z
    .strictObject({
      /** Put after the prompt, with a comma. */
      suffix: z.string().default(''),
      /** The negative prompt where the user gives none. */
      negative: z.string().default(''),
    })
    .prefault({}),
  blending: z
    .strictObject({
      mode: z.enum(['expand', 'naive', 'box', 'none']).default('expand'),
      /** Last steps without blending. */
      freeSteps: z.number().int().min(0).default(1),
      /** Pixels of the picture that the mask shrinks by at each step. */
      growth: z.number().int().min(1).max(64).default(8),
      /** Steps that the expanded masks are counted over: those that are blended, or all. */
      dilations: z.enum(['blended', 'all']).default('blended'),
      /** The canvas is blended in at the step's noise level, or clean as the paper's equation 8 prints it. */
      canvas: z.enum(['noised', 'clean']).default('noised'),
    })
    .prefault({}),
  /** `auto`: int8 where the bundle brings such graphs and this machine is faster so. */
  precision: z.enum(['float32', 'int8', 'auto']).default('float32'),
  /** A third stage draws the hands of the finished picture anew, where the bundle has one. */
  refine: z
    .strictObject({
      draw: z.boolean().default(false),
      steps: steps.optional(),
      guidance: guidance.optional(),
      /** How strongly the depth of the hands counts. */
      strength: z.number().gt(0).max(1).optional(),
      /** Draw with strength 1 first, then with the least of .4 to .9 whose hands lie nearly as near to the depth's. */
      adaptive: z.boolean().default(false),
      /** The negative prompt of this stage where the user gives none; absent: that of the other stages. */
      negative: z.string().optional(),
    })
    .prefault({}),
  composite: z
    .strictObject({
      /** Paste the hands of stage 1 back after decoding. */
      paste: z.boolean().default(true),
      /** Pixels over which pasted hands fade in. */
      feather: z.number().int().min(0).max(32).default(0),
      /** How far behind the wrist a pasted hand ends, fading into its arm, in hand lengths; 0 = at the mask's edge. */
      wrist: z.number().min(0).max(1).default(0),
    })
    .prefault({}),
});

export type Preset = z.infer<typeof presetSchema>;

/** A preset's fields, any of them left out. */
export type PresetOverrides = z.input<typeof presetSchema>;

const folder = fileURLToPath(new URL('../../pipelines/', import.meta.url));

/** Names of the presets that come with the package. */
export function listPresets(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/**
 * The preset of that name, or in that JSON file, with `overrides` laid over it. Throws `UsageError` for an unknown
 * name, unreadable JSON, an unknown field or a value out of range.
 */
export function loadPreset(nameOrPath = 'default', overrides: PresetOverrides = {}): Preset {
  const base: unknown = readPreset(nameOrPath);
  const parsed = presetSchema.safeParse(merge(base, overrides));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') || undefined;
  const where = field === undefined ? '' : ` at ${field}`;
  throw new UsageError(
    'HF_PRESET_FIELD',
    `The preset "${nameOrPath}" is not usable${where}: ${lowerFirst(issue?.message ?? 'unknown cause')}; see the fields in pipelines/default.json.`,
    { field },
  );
}

function readPreset(nameOrPath: string): unknown {
  const isFile = nameOrPath.endsWith('.json');
  if (!isFile && !listPresets().includes(nameOrPath)) {
    throw new UsageError(
      'HF_PRESET_UNKNOWN',
      `There is no preset "${nameOrPath}": choose ${listPresets().join(', ')}, or name a .json file.`,
      { field: 'preset' },
    );
  }
  const path = isFile ? nameOrPath : `${folder}${nameOrPath}.json`;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const cause = reasonOf(error);
    throw new UsageError(
      'HF_PRESET_UNREADABLE',
      `The preset file ${path} cannot be read (${cause}): name a JSON file like pipelines/default.json.`,
      { file: path, field: 'preset' },
    );
  }
}

/** Objects are merged field by field, all else is replaced; undefined replaces nothing. */
function merge(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isObject(base) || !isObject(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = merge(merged[key], value);
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
