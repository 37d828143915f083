import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { writeToSmallDisk } from '../test/video/disk-full.js';

/*
 * Writes a small clip to file systems of every size from nothing up to one on which it fits, so that the disk gets full at every write of a
 * run once. Each time some space is freed, and the same order must go on and give the same bytes. Needs root on Linux (mount).
 */

const { step, formats } = new Command('disk-full')
  .option('--step <KiB>', 'from one size to the next; a page of memory is 4', '4')
  .option('--formats <names>', 'outputs', 'clip.mp4,clip.gif,clip.webp,clip.webm,clip.mov,frames/')
  .parse()
  .opts<Record<'step' | 'formats', string>>();

const folder = mkdtempSync(join(tmpdir(), 'handfirst-full-'));
try {
  for (const name of formats.split(',')) {
    const wanted = (await writeToSmallDisk(join(folder, 'disk'), name, 64 * 1024)).sha256;
    const resumed: number[] = [];
    for (let size = Number(step), fitted = false; !fitted; size += Number(step)) {
      const run = await writeToSmallDisk(join(folder, 'disk'), name, size);
      if (run.sha256 !== wanted) throw new Error(`${name}, ${size} KiB: other bytes.`);
      fitted = run.fitted;
      if (!fitted) resumed.push(run.resumed);
    }
    process.stdout.write(
      `${name}: ${resumed.length} sizes that were too small, all resumed (at frames ${Math.min(...resumed)} to ${Math.max(...resumed)}), the same bytes\n`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
