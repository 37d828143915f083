import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { PATCH, patchColour } from './pictures.js';

const installed: { path: string } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg');

/** The ffmpeg of 2018 inside the package. */
export const EMBEDDED = installed.path;

function onPath(name: string): string | undefined {
  const { status, stdout } = spawnSync('which', [name], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** ffmpeg and ffprobe of the system, where there are any. */
export const SYSTEM = onPath('ffmpeg');
export const FFPROBE = onPath('ffprobe');

/** Every ffmpeg to test with. */
export const PROGRAMS = [
  { name: 'embedded', path: EMBEDDED },
  ...(SYSTEM ? [{ name: 'system', path: SYSTEM }] : []),
];

/** A fresh folder, removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'handfirst-video-'));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** SHA-256 of a file, or of all files of a folder with their names. */
export function sha256(path: string): string {
  const digest = createHash('sha256');
  if (!statSync(path).isDirectory()) return digest.update(readFileSync(path)).digest('hex');
  for (const name of readdirSync(path).sort()) digest.update(name).update(readFileSync(join(path, name)));
  return digest.digest('hex');
}

/** Raw pixels of a video, decoded by `ffmpeg` with swscale's exact BT.709 path. */
export function decode(
  ffmpeg: string,
  file: string,
  pixels: 'rgb24' | 'rgba',
  input: string[] = [],
): Uint8Array {
  const exact = 'scale=in_color_matrix=bt709:in_range=tv:flags=accurate_rnd+full_chroma_int+full_chroma_inp';
  const filter = /\.(mp4|webm|mov)$/.test(file) ? `${exact},format=${pixels}` : `format=${pixels}`;
  const args = ['-v', 'error', ...input, '-i', file, '-vf', filter, '-f', 'rawvideo', '-'];
  return execFileSync(ffmpeg, args, { maxBuffer: 1 << 28 });
}

/** ffprobe's answer for the first video stream. */
export function probe(file: string): Record<string, string> {
  if (!FFPROBE) throw new Error('no ffprobe');
  const args = [
    '-v',
    'error',
    '-count_packets',
    '-select_streams',
    'v:0',
    '-show_entries',
    'stream',
    '-of',
    'json',
    file,
  ];
  return JSON.parse(execFileSync(FFPROBE, args, { encoding: 'utf8' })).streams[0];
}

/** Mean absolute error, 0..255, over the middle of each patch, where chroma does not mix. */
export function patchError(pixels: Uint8Array, frames: number, width: number, height: number): number {
  let [sum, count] = [0, 0];
  const inner = (place: number) => place % PATCH >= 4 && place % PATCH < PATCH - 4;
  for (let index = 0; index < frames; index++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (!inner(x) || !inner(y)) continue;
        const wanted = patchColour(index, Math.floor(x / PATCH), Math.floor(y / PATCH));
        for (const [channel, value] of wanted.entries()) {
          sum += Math.abs((pixels[((index * height + y) * width + x) * 3 + channel] ?? 0) - value);
          count += 1;
        }
      }
    }
  }
  return sum / count;
}
