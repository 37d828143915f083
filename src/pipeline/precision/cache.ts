import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { cpus, homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../../write-whole.js';
import { PRECISIONS } from './precisions.js';

const measuredSchema = z.object({
  precision: z.enum(PRECISIONS),
  /** What was measured, for people: milliseconds of one step of the body stage. */
  ms: z.record(z.string(), z.number()),
});
export type Measured = z.output<typeof measuredSchema>;

/** Where this machine's measurements are kept; `HANDFIRST_CACHE` names another folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { HANDFIRST_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (HANDFIRST_CACHE) return HANDFIRST_CACHE;
  if (process.platform === 'win32' && LOCALAPPDATA) return path.join(LOCALAPPDATA, 'handfirst');
  if (process.platform === 'darwin') return path.join(homedir(), 'Library', 'Caches', 'handfirst');
  return path.join(XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'handfirst');
}

/** Name of a measurement: the processor, the runtime's version and the bundle decide it. */
function fileOf(runtime: string, bundleSha256: string): string {
  const processor = cpus()[0]?.model ?? 'unknown';
  const key = [processor, process.arch, runtime, bundleSha256].join('\n');
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return path.join(cacheFolder(), `precision-${hash}.json`);
}

export async function readMeasured(runtime: string, bundleSha256: string): Promise<Measured | undefined> {
  try {
    const parsed = measuredSchema.safeParse(
      JSON.parse(await readFile(fileOf(runtime, bundleSha256), 'utf8')),
    );
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a measurement; where that cannot be written the next run measures again. */
export async function keepMeasured(runtime: string, bundleSha256: string, measured: Measured): Promise<void> {
  await writeWhole(fileOf(runtime, bundleSha256), `${JSON.stringify(measured)}\n`).catch(() => undefined);
}
