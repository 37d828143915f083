import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join, resolve } from 'node:path';
import { z } from 'zod';
import { EncoderError } from '../errors.js';

/** A working ffmpeg. */
export interface Ffmpeg {
  readonly path: string;
  /** Where it was found. */
  readonly origin: 'FFMPEG_PATH' | 'PATH' | 'embedded';
  /** As ffmpeg says it: `5.1.9`, `N-47683-g0e8eb07980-static`. */
  readonly version: string;
  /** Names of its encoders. */
  readonly encoders: ReadonlySet<string>;
}

interface Candidate {
  readonly path: string;
  readonly origin: Ffmpeg['origin'];
}

const PATIENCE_MS = 20_000;

/** Runs ffmpeg for its text. Never rejects for ffmpeg's own failures: `code` is then not 0. */
export function captureFfmpeg(
  path: string,
  args: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    const options = { timeout: PATIENCE_MS, maxBuffer: 64 * 1024 * 1024, windowsHide: true };
    const child = execFile(path, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      done({ code, stdout, stderr: stderr || (error?.message ?? '') });
    });
    child.stdin?.end();
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function onPath(): string | undefined {
  const names = process.platform === 'win32' ? ['ffmpeg.exe'] : ['ffmpeg'];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => names.map((name) => resolve(folder, name))).find(isExecutable);
}

/** Path of the program inside `@ffmpeg-installer/ffmpeg`; undefined on platforms that it has none for. */
function embedded(): string | undefined {
  try {
    const installed: unknown = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg');
    return z.object({ path: z.string() }).parse(installed).path;
  } catch {
    return undefined;
  }
}

function candidates(): Candidate[] {
  const named = process.env.FFMPEG_PATH;
  // A path that the user named is used or refused, never passed over in silence.
  if (named) return [{ path: resolve(named), origin: 'FFMPEG_PATH' }];
  const [found, inside] = [onPath(), embedded()];
  return [
    ...(found ? [{ path: found, origin: 'PATH' as const }] : []),
    ...(inside ? [{ path: inside, origin: 'embedded' as const }] : []),
  ];
}

function encoderNames(listing: string): Set<string> {
  const names = [...listing.matchAll(/^ [VAS][\w.]{5} (\S+)/gm)].map((match) => match[1] ?? '');
  return new Set(names.filter((name) => name !== '='));
}

async function inspect({ path, origin }: Candidate): Promise<Ffmpeg | string> {
  if (!isExecutable(path)) return `${path} is no program that can be run`;
  const [about, listing] = await Promise.all([
    captureFfmpeg(path, ['-version']),
    captureFfmpeg(path, ['-hide_banner', '-encoders']),
  ]);
  const version = /^ffmpeg version (\S+)/m.exec(about.stdout)?.[1];
  if (about.code !== 0 || version === undefined) return `${path} does not answer as ffmpeg does`;
  return { path, origin, version, encoders: encoderNames(listing.stdout) };
}

const inspected = new Map<string, Promise<Ffmpeg | string>>();

function inspectOnce(candidate: Candidate): Promise<Ffmpeg | string> {
  const key = join(candidate.origin, candidate.path);
  const known = inspected.get(key) ?? inspect(candidate);
  inspected.set(key, known);
  return known;
}

/**
 * The first ffmpeg that works and has all of `encoders`: the one that FFMPEG_PATH names, else the one on PATH, else the one
 * inside `@ffmpeg-installer/ffmpeg`.
 *
 * @throws EncoderError that says what was tried and what to do
 */
export async function findFfmpeg(encoders: readonly string[] = []): Promise<Ffmpeg> {
  const reasons: string[] = [];
  for (const candidate of candidates()) {
    const result = await inspectOnce(candidate);
    if (typeof result === 'string') {
      inspected.delete(join(candidate.origin, candidate.path));
      reasons.push(result);
      continue;
    }
    const lacking = encoders.filter((name) => !result.encoders.has(name));
    if (lacking.length === 0) return result;
    reasons.push(`${candidate.path} lacks ${lacking.join(', ')}`);
  }
  const tried =
    reasons.length > 0 ? reasons.join('; ') : 'none on PATH, and none inside the package for this platform';
  const remedy = process.env.FFMPEG_PATH
    ? 'set FFMPEG_PATH to a working ffmpeg, or unset it'
    : 'install ffmpeg, or set FFMPEG_PATH to its program';
  throw new EncoderError('HF_FFMPEG_MISSING', `No ffmpeg can write this video (${tried}): ${remedy}.`);
}
