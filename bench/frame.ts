import { execFileSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { FPS, SIZE } from './clip.js';

const script = fileURLToPath(new URL('draw-frames.mjs', import.meta.url));
/** Frames of a run, of which the first are not counted. */
export const FRAMES = { warm: 10, all: 50 };

const frameSchema = z.object({ ms: z.number(), cpuMs: z.number() });
export type FrameCost = z.infer<typeof frameSchema>;

/**
 * What a frame takes one thread, without encoding, by each of `programs` (bin/handfirst.js of a build), in turn as often as `runs` says; the
 * least of each counts.
 */
export function measureFrame(
  programs: readonly string[],
  { clip, preset, bundle }: { clip: string; preset: string; bundle: string },
  runs: number,
): FrameCost[] {
  const least = programs.map(() => ({ ms: Infinity, cpuMs: Infinity }));
  for (let run = 0; run < runs; run++) {
    for (const [at, program] of programs.entries()) {
      const entry = new URL('../dist/index.js', pathToFileURL(program)).href;
      const { warm, all } = FRAMES;
      const given = [entry, clip, preset, bundle, FPS, SIZE, warm, all].map(String);
      const printed = execFileSync(process.execPath, [script, ...given], { encoding: 'utf8' });
      const cost = frameSchema.parse(JSON.parse(printed.trim().split('\n').at(-1) ?? ''));
      const before = least[at];
      if (!before) continue;
      least[at] = { ms: Math.min(before.ms, cost.ms), cpuMs: Math.min(before.cpuMs, cost.cpuMs) };
    }
  }
  return least;
}
