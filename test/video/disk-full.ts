import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OutputError } from '../../src/errors.js';
import { openVideoWriter } from '../../src/video/index.js';
import { CLIP, drawClip } from './clip.js';

/** A file system in memory of `size` KiB, which can grow. Needs root on Linux. */
export class SmallDisk {
  constructor(
    readonly folder: string,
    size: number,
  ) {
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}k`, 'tmpfs', folder]);
  }

  grow(size: number): void {
    execFileSync('mount', ['-o', `remount,size=${size}k`, this.folder]);
  }

  remove(): void {
    execFileSync('umount', [this.folder]);
  }
}

/** Whether such file systems can be made here. */
export function canMount(folder: string): boolean {
  try {
    new SmallDisk(join(folder, 'try'), 64).remove();
    return true;
  } catch {
    return false;
  }
}

/** SHA-256 of a file, or of a folder's files in order. */
function digest(path: string): string {
  const files = statSync(path).isDirectory() ? readdirSync(path).sort() : [''];
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(path, file)));
  return hash.digest('hex');
}

/** Writes the clip of `clip.ts`. Gives the frame at which it began. */
async function write(path: string): Promise<number> {
  const writer = await openVideoWriter({ ...CLIP, path, onFailure: 'keep' });
  const begun = writer.nextFrame;
  while (writer.nextFrame < CLIP.frames) await writer.write(drawClip(writer.nextFrame));
  await writer.finish();
  return begun;
}

export interface FullDiskOutcome {
  /** Whether the disk was large enough. */
  readonly fitted: boolean;
  /** Frame at which the second run went on. */
  readonly resumed: number;
  /** SHA-256 of the video in the end. */
  readonly sha256: string;
}

/**
 * Writes the clip to a disk of `size` KiB; where it gets full, makes it larger and gives the same order again. Throws where the failure is
 * another, or leaves something under the output's name.
 */
export async function writeToSmallDisk(folder: string, name: string, size: number): Promise<FullDiskOutcome> {
  const disk = new SmallDisk(folder, size);
  try {
    const path = join(folder, name);
    let fitted = true;
    let resumed = 0;
    try {
      await write(path);
    } catch (error) {
      fitted = false;
      if (!(error instanceof OutputError)) throw error;
      if (existsSync(path)) throw new Error(`${size} KiB: something stands under the output's name.`);
      disk.grow(64 * 1024);
      resumed = await write(path);
    }
    const left = readdirSync(folder);
    if (left.length > 1) throw new Error(`${size} KiB: left behind: ${left.join(', ')}.`);
    return { fitted, resumed, sha256: digest(path) };
  } finally {
    disk.remove();
  }
}
