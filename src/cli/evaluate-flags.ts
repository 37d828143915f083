import { InvalidArgumentError } from 'commander';
import type { Tolerance } from '../evaluate/index.js';

/*
 * Parsers of the flags of `evaluate`.
 */

/** `a,b,c`. */
export function names(text: string): string[] {
  const list = text.split(',').map((name) => name.trim());
  if (list.every((name) => name !== '')) return list;
  throw new InvalidArgumentError('Give names with commas between them, such as default,naive.');
}

/** `50,4`: numbers of steps. */
export function stepCounts(text: string): number[] {
  const list = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (list.every((steps) => Number.isInteger(steps) && steps > 0)) return list;
  throw new InvalidArgumentError('Give whole numbers with commas between them, such as 50,4.');
}

/** `0.8,0.6`: sizes from 0 to 1. */
export function factors(text: string): number[] {
  const list = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (list.every((factor) => factor > 0 && factor <= 1)) return list;
  throw new InvalidArgumentError(
    'Give numbers from 0 to 1 with commas between them, such as 0.8,0.6,0.4,0.2.',
  );
}

/** `0.05`, `dap=0.01` or several with commas between them: a share of every metric, and amounts of single ones. */
export function tolerance(text: string, before: Tolerance): Tolerance {
  let { share, byName } = before;
  for (const part of text.split(',')) {
    const [, name, value = ''] = /^(?:(\w+)=)?([\d.eE+-]+)$/.exec(part.trim()) ?? [];
    const amount = value === '' ? Number.NaN : Number(value);
    if (!(Number.isFinite(amount) && amount >= 0))
      throw new InvalidArgumentError(
        'Give a share such as 0.05, or amounts of metrics such as dap=0.02,psnr=0.5.',
      );
    if (name === undefined) share = amount;
    else byName = { ...byName, [name]: amount };
  }
  return { share, byName };
}
