import { InvalidArgumentError } from 'commander';
import { wholeNumber } from './arguments.js';
import { coloursOf } from './colours.js';

/*
 * What commands share that serve a page on this machine.
 */

/** Parses a port, 0 for any. */
export function port(text: string): number {
  const value = wholeNumber(0)(text);
  if (value > 65_535) throw new InvalidArgumentError('Give a port from 0 to 65535.');
  return value;
}

/** Opens an address in the browser, or says that it could not. */
export async function openBrowser(address: string): Promise<void> {
  try {
    const { default: open } = await import('open');
    const browser = await open(address);
    browser.on('error', () => tellUnopened(address));
  } catch {
    tellUnopened(address);
  }
}

function tellUnopened(address: string): void {
  process.stderr.write(
    `${coloursOf(process.stderr).yellow('warning:')} No browser could be opened: open ${address} yourself.\n`,
  );
}
