import { InvalidArgumentError } from 'commander';
import type { Background } from '../pipeline/index.js';

/*
 * Parsers of flag values. They throw commander's `InvalidArgumentError`, which names the flag and ends with code 2.
 */

export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} on.`);
  };
}

export function decimalNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= least) return value;
    throw new InvalidArgumentError(`Give a number from ${least} on.`);
  };
}

/** Frames a second: a number or a fraction such as 30000/1001. */
export function frameRate(text: string): number {
  const [, above, below = '1'] = /^([\d.]+)(?:\/([\d.]+))?$/.exec(text) ?? [];
  const value = Number(above) / Number(below);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Give frames a second, such as 25, 29.97 or 30000/1001.');
}

/** `1280x720`. */
export function pictureSize(text: string): { width: number; height: number } {
  const [, width, height] = /^(\d+)x(\d+)$/i.exec(text) ?? [];
  if (Number(width) > 0 && Number(height) > 0) return { width: Number(width), height: Number(height) };
  throw new InvalidArgumentError('Give width and height in pixels, such as 1280x720.');
}

/** `10:50`, `10:` or `:50`: from a frame up to but without another. */
export function frameRange(text: string): { from: number; to?: number } {
  const [match, from, to] = /^(\d*):(\d*)$/.exec(text) ?? [];
  if (match === undefined || match === ':')
    throw new InvalidArgumentError('Give frames such as 10:50, 10: or :50.');
  const range = { from: Number(from || 0), ...(to ? { to: Number(to) } : {}) };
  if (range.to !== undefined && range.to <= range.from) {
    throw new InvalidArgumentError('The range is empty: its end must be after its beginning.');
  }
  return range;
}

const COLOURS: Readonly<Record<string, readonly [number, number, number]>> = {
  black: [0, 0, 0],
  white: [255, 255, 255],
  grey: [128, 128, 128],
  gray: [128, 128, 128],
  green: [0, 255, 0],
  blue: [0, 0, 255],
};

/** A colour, `transparent`, `drawn`, or a picture file. */
export function background(text: string): Background {
  if (/\.(png|jpe?g|webp)$/i.test(text)) return { file: text };
  const value = text.toLowerCase();
  if (value === 'transparent' || value === 'drawn') return value;
  const named = COLOURS[value];
  if (named) return named;
  const hex = /^#?([0-9a-f]{6})$/.exec(value)?.[1] ?? short(value);
  if (hex === undefined) {
    throw new InvalidArgumentError(
      `Give #rrggbb, ${Object.keys(COLOURS).join(', ')}, transparent, drawn for what the model draws, or a PNG, JPEG or WebP file.`,
    );
  }
  const level = (at: number): number => Number.parseInt(hex.slice(at, at + 2), 16);
  return [level(0), level(2), level(4)];
}

/** `#abc` as `aabbcc`. */
function short(value: string): string | undefined {
  return /^#([0-9a-f]{3})$/.exec(value)?.[1]?.replace(/./g, '$&$&');
}

type Fields = Record<string, unknown>;

/** Collects `--set group.field=value`, fields of fields too (`body.sampler.eta=1`): values are JSON, or else text. */
export function presetField(text: string, before: Record<string, Fields> = {}): Record<string, Fields> {
  const [, group, path, value] = /^([a-z]+)\.(\w+(?:\.\w+)*)=(.*)$/i.exec(text) ?? [];
  if (group === undefined || path === undefined || value === undefined) {
    throw new InvalidArgumentError('Give a field of the preset such as body.steps=4 or blending.mode=naive.');
  }
  return { ...before, [group]: withField(before[group] ?? {}, path.split('.'), jsonOrText(value)) };
}

function withField(fields: Fields, [name = '', ...rest]: readonly string[], value: unknown): Fields {
  if (rest.length === 0) return { ...fields, [name]: value };
  const inner = fields[name];
  return { ...fields, [name]: withField(isFields(inner) ? inner : {}, rest, value) };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
