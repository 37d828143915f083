import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { formatInfo, infoCommand } from '../../src/cli/info.js';
import { readGifComment, readWebpXmp, withGifMetadata, withWebpXmp } from '../../src/video/embed.js';
import { commandLine, readInfo, videoMetadataSchema } from '../../src/video/index.js';
import { parseFfmetadata } from '../../src/video/metadata.js';
import { EMBEDDED, SYSTEM, temporaryFolder } from './helpers.js';
import { METADATA } from './pictures.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

const metadata = videoMetadataSchema.parse(METADATA);

/** The smallest GIF (GIF89a, 1 x 1 pixel, transparent), byte by byte from the specification. */
const GIF = Buffer.from(
  '47494638396101000100800000000000ffffff21f90401000000002c000000000100010000020144003b',
  'hex',
);

async function animation(): Promise<Buffer> {
  const create = { width: 8, height: 16, pageHeight: 8, channels: 4 as const, background: '#f00' };
  return await sharp({ create }).webp({ loop: 0 }).toBuffer();
}

describe('GIF comments', () => {
  test('the bytes of a short one, by the specification', () => {
    const text = Buffer.from(JSON.stringify(metadata));
    const gif = Buffer.from(withGifMetadata(GIF, metadata));
    const at = gif.lastIndexOf(Buffer.from([0x21, 0xfe, 255]));
    expect(gif.subarray(at + 3, at + 3 + 255)).toEqual(text.subarray(0, 255));
    expect([...gif.subarray(-2)]).toEqual([0, 0x3b]);
    const subBlocks = Math.ceil(text.length / 255);
    expect(gif.length).toBe(at + 2 + text.length + subBlocks + 2);
    // XMP before it: an application extension of 11 bytes, and the tail that leads out of the text.
    const start = GIF.length - 1;
    expect(gif.toString('latin1', start, start + 14)).toBe('\x21\xff\x0bXMP DataXMP');
    expect([...gif.subarray(at - 4, at)]).toEqual([2, 1, 0, 0]);
  });

  test('are read back, by us and by a decoder that keeps the picture', async () => {
    const gif = withGifMetadata(GIF, metadata);
    expect(readGifComment(gif)).toEqual(metadata);
    expect(readGifComment(GIF)).toBeUndefined();
    expect(await sharp(gif).metadata()).toMatchObject({ format: 'gif', width: 1, height: 1 });
  });

  test.skipIf(!SYSTEM)('are found by ffmpeg', () => {
    const path = join(temporaryFolder(), 'a.gif');
    writeFileSync(path, withGifMetadata(GIF, metadata));
    const text = execFileSync(SYSTEM ?? '', ['-v', 'error', '-i', path, '-f', 'ffmetadata', '-'], {
      encoding: 'utf8',
    });
    expect(JSON.parse(parseFfmetadata(text).get('comment') ?? '')).toEqual(metadata);
  });

  test('a cut-off or foreign file is only without a comment', () => {
    fc.assert(
      fc.property(fc.nat(GIF.length - 1), fc.uint8Array({ maxLength: 40 }), (cut, tail) => {
        expect(readGifComment(Buffer.concat([GIF.subarray(0, cut), tail]))).toBeUndefined();
      }),
    );
  });
});

describe('WebP XMP', () => {
  test('is read back, by us and by libwebp', async () => {
    const extended = await sharp(await animation(), { pages: -1 })
      .keepExif()
      .webp()
      .toBuffer();
    const still = await sharp({ create: { width: 8, height: 8, channels: 4, background: '#ff000080' } })
      .webp()
      .toBuffer();
    const base = [extended, still].find((webp) => webp.toString('latin1', 12, 16) === 'VP8X');
    expect(base).toBeDefined();
    if (!base) return;
    const webp = withWebpXmp(base, metadata);
    expect(readWebpXmp(webp)).toEqual(metadata);
    const { xmp, width } = await sharp(webp).metadata();
    expect(width).toBe(8);
    expect(xmp?.toString('utf8')).toContain('<handfirst:metadata>{&quot;generator&quot;');
    expect(readWebpXmp(base)).toBeUndefined();
  });
});

describe('ffmetadata', () => {
  test('any text comes back, with its special characters escaped as ffmpeg says', () => {
    expect(parseFfmetadata(';FFMETADATA1\ncomment=a\\=b\\;c\\#d\\\\e\n').get('comment')).toBe('a=b;c#d\\e');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const escaped = text.replace(/[=;#\\\n]/g, '\\$&');
        const tags = parseFfmetadata(`;FFMETADATA1\ncomment=${escaped}x\n`);
        expect(tags.get('comment')?.replace(/\r\n/g, '\n')).toBe(`${text}x`.replace(/\r\n/g, '\n'));
      }),
    );
  });

  test('tags of streams are not the file’s', () => {
    const tags = parseFfmetadata(';FFMETADATA1\nCOMMENT=ours\n[STREAM]\ncomment=theirs\n');
    expect([...tags]).toEqual([['comment', 'ours']]);
  });
});

describe('the command that makes it again', () => {
  test('is quoted for a shell', () => {
    const command = ['handfirst', 'generate', 'a b.pose', '--prompt', `it's "$HOME"`];
    const line = commandLine({ ...metadata, command }, 'again.mp4');
    expect(line).toBe(`handfirst generate 'a b.pose' --prompt 'it'\\''s "$HOME"' -o again.mp4`);
  });

  test('a shell takes it apart into the same arguments', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme-ascii' }), { maxLength: 4 }), (more) => {
        const line = commandLine({ ...metadata, command: ['handfirst', ...more] }, 'x');
        const seen = execFileSync('/bin/sh', ['-c', line.replace(/^handfirst/, `printf '%s\\n'`)], {
          encoding: 'utf8',
        });
        expect(seen).toBe([...more, '-o', 'x', ''].join('\n'));
      }),
      { numRuns: 20 },
    );
  });

  test('control characters do not reach the terminal', () => {
    const evil = { ...metadata, prompt: 'a\x1b[2Jb', command: ['handfirst', 'x\x1b]0;y\x07'] };
    const text = formatInfo('a.mp4', evil);
    expect(text).toContain('a\\x1b[2Jb');
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(text).toContain("handfirst $'x\\x1b]0;y\\x07' -o again.mp4");
  });
});

describe('handfirst info', () => {
  test('a video of another program is said to be one', async () => {
    vi.stubEnv('FFMPEG_PATH', EMBEDDED);
    const path = join(temporaryFolder(), 'a.mp4');
    const raw = ['-f', 'rawvideo', '-pixel_format', 'rgb24', '-video_size', '16x16', '-i', '-'];
    execFileSync(EMBEDDED, ['-v', 'error', ...raw, '-metadata', 'comment={"seed":7}', path], {
      input: Buffer.alloc(768),
    });
    await expect(readInfo(path)).rejects.toThrow(/says nothing of handfirst: it was made by another program/);
  });

  test('a file that is no video, an empty folder, and no file', async () => {
    vi.stubEnv('FFMPEG_PATH', EMBEDDED);
    const folder = temporaryFolder();
    for (const name of ['a.mp4', 'a.gif', 'a.webp']) {
      writeFileSync(join(folder, name), 'no video');
      await expect(readInfo(join(folder, name))).rejects.toThrow(/says nothing of handfirst/);
    }
    await expect(readInfo(folder)).rejects.toThrow(/says nothing of handfirst/);
    await expect(readInfo(join(folder, 'b.mp4'))).rejects.toThrow(/There is no .*b\.mp4/);
  });

  test('prints what the file says, for people and for programs', async () => {
    const path = join(temporaryFolder(), 'a.gif');
    writeFileSync(path, withGifMetadata(GIF, metadata));
    const written: string[] = [];
    const { write } = process.stdout;
    process.stdout.write = (text: string | Uint8Array) => written.push(String(text)) > 0;
    try {
      await infoCommand().parseAsync([path], { from: 'user' });
      await infoCommand().parseAsync([path, '--json'], { from: 'user' });
    } finally {
      process.stdout.write = write;
    }
    expect(written[0]).toMatch(
      /^made by +handfirst 0\.1\.0; generated, nobody was filmed\nprompt +a woman; red = her scarf # 'ünïcode' \\ "quoted"\n/,
    );
    expect(written[0]).toMatch(
      /\nsteps +4\nblend +expand\nnote +(one of many fields )+\n\nMake it again:\nhandfirst generate phrase\.pose --prompt 'it'\\''s' --seed 7 -o again\.gif\n$/,
    );
    expect(JSON.parse(written[1] ?? '')).toEqual(metadata);
    expect(readFileSync(path).length).toBeGreaterThan(GIF.length);
  });
});
