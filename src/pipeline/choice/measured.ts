import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { cpus, homedir } from 'node:os';
import path from 'node:path';
import type { z } from 'zod';
import { type Bundle, bundleFile, runtimeVersion } from '../../models/index.js';
import { writeWhole } from '../../write-whole.js';

/** Where this machine's measurements are kept; `HANDFIRST_CACHE` names another folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { HANDFIRST_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (HANDFIRST_CACHE) return HANDFIRST_CACHE;
  if (process.platform === 'win32' && LOCALAPPDATA) return path.join(LOCALAPPDATA, 'handfirst');
  if (process.platform === 'darwin') return path.join(homedir(), 'Library', 'Caches', 'handfirst');
  return path.join(XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'handfirst');
}

/** A measurement that is made once a machine: the processor, the runtime's version and the bundle decide it. */
export class Measurement<T> {
  private constructor(
    private readonly file: string,
    private readonly schema: z.ZodType<T>,
  ) {}

  /** `name`: what is measured, as part of a file's name. */
  static async of<T>(name: string, bundle: Bundle, schema: z.ZodType<T>): Promise<Measurement<T>> {
    const manifest = await readFile(bundleFile(bundle, 'manifest.json'));
    const sha256 = createHash('sha256').update(manifest).digest('hex');
    const processor = cpus()[0]?.model ?? 'unknown';
    const key = [processor, process.arch, runtimeVersion(), sha256].join('\n');
    const hash = createHash('sha256').update(key).digest('hex').slice(0, 16);
    return new Measurement(path.join(cacheFolder(), `${name}-${hash}.json`), schema);
  }

  /** What was measured before; undefined where nothing was. */
  async kept(): Promise<T | undefined> {
    try {
      const parsed = this.schema.safeParse(JSON.parse(await readFile(this.file, 'utf8')));
      return parsed.success ? parsed.data : undefined;
    } catch {
      return undefined;
    }
  }

  /** Measures and keeps; where that cannot be written the next run measures again. */
  async make(measure: () => Promise<T>): Promise<T> {
    const made = await measure();
    await writeWhole(this.file, `${JSON.stringify(made)}\n`).catch(() => undefined);
    return made;
  }
}
