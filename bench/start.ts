import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** Lines of `generate --json` that count here. */
const lineSchema = z.object({
  event: z.string(),
  done: z.number().optional(),
  firstFrameMs: z.number().optional(),
});

/** Milliseconds until the first frame was written. */
export interface Start {
  /** From the start of the program. */
  readonly process: number;
  /** From the call of `render`. */
  readonly render: number;
}

/**
 * Runs each of `programs` as often as `runs` says, in turn, so that other work of the machine meets all of them alike. The least of each
 * counts; files are warm, since a first round is left out.
 */
export async function measureStarts(
  programs: readonly string[],
  flags: readonly string[],
  runs: number,
): Promise<Start[]> {
  const least = programs.map(() => ({ process: Infinity, render: Infinity }));
  for (let run = 0; run <= runs; run++) {
    for (const [at, program] of programs.entries()) {
      const start = await startOf(program, flags);
      const before = least[at];
      if (run === 0 || !before) continue;
      least[at] = {
        process: Math.min(before.process, start.process),
        render: Math.min(before.render, start.render),
      };
    }
  }
  return least;
}

async function startOf(program: string, flags: readonly string[]): Promise<Start> {
  const begun = performance.now();
  const child = spawn(process.execPath, [program, 'generate', ...flags, '--force', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let [first, render] = [Number.NaN, Number.NaN];
  for await (const text of createInterface({ input: child.stdout })) {
    const line = lineSchema.parse(JSON.parse(text));
    if (line.event === 'progress' && line.done === 1) first = performance.now() - begun;
    if (line.event === 'done') render = line.firstFrameMs ?? Number.NaN;
  }
  const [code] = await closed;
  if (code !== 0) throw new Error(`${program} ended with code ${code}`);
  return { process: first, render };
}
