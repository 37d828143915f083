import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { formatInfo } from '../../src/cli/info.js';
import { poseCommand } from '../../src/cli/pose.js';
import { openSource, poseFormats } from '../../src/pose/index.js';
import { spoolStream } from '../../src/pose/spool.js';
import { findFfmpeg, readInfo } from '../../src/video/index.js';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'handfirst-test-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** What the command prints. */
async function run(...words: string[]): Promise<string> {
  let text = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    await poseCommand().exitOverride().parseAsync(words, { from: 'user' });
  } finally {
    spy.mockRestore();
  }
  return text;
}

describe('handfirst pose', () => {
  it('info tells format, size and what is there, as a table and as JSON', async () => {
    const table = await run('info', join(fixtures, 'coco133.pose'));
    expect(table).toMatch(/format +pose-v0\.2/);
    expect(table).toMatch(/picture +640 x 480 pixels/);
    expect(table).toMatch(/left hand +in 100 % of the frames/);
    const report: unknown = JSON.parse(await run('info', join(fixtures, 'coco133.pose'), '--json'));
    expect(report).toMatchObject({
      format: 'pose-v0.2',
      frameCount: 3,
      parts: { rightHand: { present: 1 } },
    });
  });

  it('convert takes flags for what the file does not say', async () => {
    const output = join(scratch, 'out.pose');
    const stated = await run(
      'convert',
      join(fixtures, 'landmarks/t-225.npy'),
      output,
      '--fps',
      '29.97',
      '--size',
      '640x480',
    );
    expect(stated).toContain('4 frames, 133 points');
    expect(await run('info', output)).toMatch(/frames +4, 29\.97 a second/);
  });

  it('draw makes a video that ffmpeg calls right', async () => {
    const output = join(scratch, 'drawn.mp4');
    expect(await run('draw', join(fixtures, 'coco133.pose'), '-o', output, '--to', '128x96')).toContain(
      '3 frames',
    );
    const { path } = await findFfmpeg([]);
    const { stderr } = await promisify(execFile)(path, ['-hide_banner', '-i', output, '-f', 'null', '-']);
    expect(stderr).toMatch(/h264.*yuv420p.*128x96/);
    expect(stderr).toMatch(/frame= *3/);
    // Something was drawn: a black clip of this size would be far smaller.
    expect(readFileSync(output).length).toBeGreaterThan(3000);
  });

  it('draw tells in the video what it is: no model, and the whole command', async () => {
    const output = join(scratch, 'stated.mp4');
    const file = join(fixtures, 'landmarks/t-225.npy');
    const flags = [
      '--fps',
      '12.5',
      '--size',
      '64x48',
      '--no-face',
      '--no-swaps',
      '--max-gap',
      '2',
      '--to',
      '96x64',
    ];
    await run('draw', file, '-o', output, ...flags);
    const stated = await readInfo(output);
    expect(stated).toMatchObject({ generated: false, digitalSourceType: 'dataDrivenMedia' });
    for (const name of ['prompt', 'seed', 'preset', 'bundle']) expect(stated).not.toHaveProperty(name);
    expect(stated.command.slice(0, 4)).toEqual(['handfirst', 'pose', 'draw', file]);
    expect([...stated.command.slice(4)].sort()).toEqual([...flags].sort());
    expect(formatInfo(output, stated)).not.toMatch(/generated|seed|preset/);
  });

  it('formats lists every layout', async () => {
    const text = await run('formats');
    for (const { format } of poseFormats) expect(text).toContain(format);
  });
});

describe('standard input', () => {
  it('is kept aside, so that it can be read twice', async () => {
    const bytes = readFileSync(join(fixtures, 'coco133.pose'));
    const pieces = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, index) =>
      bytes.subarray(index * 1000, index * 1000 + 1000),
    );
    const source = await spoolStream('standard input', Readable.from(pieces));
    expect(source.size).toBe(bytes.length);
    const clip = await openSource(source);
    expect(clip.info.frameCount).toBe(3);
    for (let pass = 0; pass < 2; pass += 1) {
      let count = 0;
      for await (const _ of clip.frames()) count += 1;
      expect(count).toBe(3);
    }
    await clip.close();
  });
});
