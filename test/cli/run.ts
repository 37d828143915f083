import { stripVTControlCharacters } from 'node:util';
import { vi } from 'vitest';
import { main } from '../../src/cli/main.js';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the program in this process, as `handfirst ...argv`, and catches what it prints, without its colours. */
export async function handfirst(...argv: string[]): Promise<Ended> {
  const printed = { out: '', err: '' };
  const into = (stream: 'out' | 'err') => (text: string | Uint8Array) => {
    printed[stream] += text.toString();
    return true;
  };
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(into('out'));
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(into('err'));
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await main(['node', 'handfirst', ...argv]);
    return {
      code: Number(process.exitCode),
      out: stripVTControlCharacters(printed.out),
      err: stripVTControlCharacters(printed.err),
    };
  } finally {
    process.exitCode = before;
    out.mockRestore();
    err.mockRestore();
  }
}
