import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CancelledError, EncoderError, OutputError, UsageError } from '../../src/errors.js';
import { checkVideoOutput, openVideoWriter, type VideoWriterOptions } from '../../src/video/index.js';
import { EMBEDDED, temporaryFolder } from './helpers.js';
import { METADATA, patches } from './pictures.js';

// Large enough that one picture does not fit into a pipe.
const SIDE = 256;
const picture = patches(0, SIDE, SIDE);

let folder = '';
let outputs = '';
beforeEach(() => {
  folder = temporaryFolder();
  outputs = join(folder, 'outputs');
  mkdirSync(outputs);
  vi.stubEnv('FFMPEG_PATH', EMBEDDED);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

function open(more: Partial<VideoWriterOptions> = {}) {
  return openVideoWriter({
    path: join(outputs, 'a.mp4'),
    width: SIDE,
    height: SIDE,
    fps: 25,
    metadata: METADATA,
    ...more,
  });
}

/** An ffmpeg that is the real one until it is to encode frames; then it does `script`. Its number stands in `pid`. */
function ffmpegThat(script: string): void {
  const path = join(folder, 'ffmpeg');
  const body = `#!/bin/sh\ncase "$*" in *pipe:0*) echo $$ > "${folder}/pid"; ${script};; *) exec "${EMBEDDED}" "$@";; esac\n`;
  writeFileSync(path, body);
  chmodSync(path, 0o755);
  vi.stubEnv('FFMPEG_PATH', path);
}

async function waitForPid(): Promise<number> {
  for (;;) {
    try {
      const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
      if (pid > 0) return pid;
    } catch {}
    await wait(10);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('an ffmpeg that ends early does not leave the producer waiting', () => {
  test.each([
    [
      'with an error',
      'head -c 300000 >/dev/null; echo "[x @ 0x1] something broke." >&2; exit 1',
      EncoderError,
      /\(something broke\)/,
    ],
    ['at once', 'exit 3', EncoderError, /exited with code 3/],
    ['as if all were well', 'head -c 300000 >/dev/null; exit 0', EncoderError, /ended before all frames/],
    ['killed', 'head -c 300000 >/dev/null; kill -9 $$', EncoderError, /killed with signal SIGKILL/],
    [
      'on a full disk',
      'echo "a.mp4: No space left on device" >&2; exit 1',
      OutputError,
      /The disk that holds .*a\.mp4 is full: free/,
    ],
  ])('%s', async (_how, script, kind, sentence) => {
    ffmpegThat(script);
    const writer = await open();
    const all = async () => {
      for (let frame = 0; frame < 40; frame++) await writer.write(picture);
      await writer.finish();
    };
    const error = await all().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(kind);
    expect(String(error)).toMatch(sentence);
    expect(readdirSync(outputs)).toEqual([]);
    await expect(writer.write(picture)).rejects.toThrow(CancelledError);
  });
});

describe('an ffmpeg that does not read', () => {
  test('holds the producer back, so that frames do not pile up', async () => {
    ffmpegThat('exec sleep 60');
    const controller = new AbortController();
    const writer = await open({ signal: controller.signal });
    let written = 0;
    const producer = (async () => {
      for (;;) {
        await writer.write(picture);
        written += 1;
      }
    })();
    const outcome = producer.catch((reason: unknown) => reason);
    const pid = await waitForPid();
    await wait(300);
    expect(written).toBeLessThan(4);
    controller.abort();
    expect(await outcome).toBeInstanceOf(CancelledError);
    await writer.abort();
    expect(isAlive(pid)).toBe(false);
    expect(readdirSync(outputs)).toEqual([]);
  });
});

describe('cancelling leaves nothing', () => {
  test('while frames are written', async () => {
    ffmpegThat(`exec "${EMBEDDED}" "$@"`);
    const writer = await open({ encoding: { segmentFrames: 4 } });
    for (let frame = 0; frame < 6; frame++) await writer.write(picture);
    expect(readdirSync(outputs)).toEqual(['a.mp4.handfirst']);
    // An encoder that is stopped before it has begun never says its number.
    const pid = await waitForPid();
    await writer.abort();
    expect(isAlive(pid)).toBe(false);
    expect(readdirSync(outputs)).toEqual([]);
    await writer.abort();
    await expect(writer.finish()).rejects.toThrow(CancelledError);
  });

  test('while the segments are joined', async () => {
    const controller = new AbortController();
    const size = { width: 128, height: 128 };
    const writer = await open({ path: join(outputs, 'a.gif'), signal: controller.signal, ...size });
    for (let frame = 0; frame < 40; frame++) await writer.write(patches(frame, 128, 128));
    const finishing = writer.finish();
    const outcome = finishing.catch((reason: unknown) => reason);
    while (!readdirSync(join(outputs, 'a.gif.handfirst')).includes('list.txt')) await wait(1);
    controller.abort();
    expect(await outcome).toBeInstanceOf(CancelledError);
    await writer.abort();
    expect(readdirSync(outputs)).toEqual([]);
  });

  test('before it begins', async () => {
    await expect(open({ signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
    expect(readdirSync(outputs)).toEqual([]);
  });

  test('an old output is still there', async () => {
    writeFileSync(join(outputs, 'a.mp4'), 'old');
    const writer = await open({ force: true });
    await writer.write(picture);
    await writer.abort();
    expect(readFileSync(join(outputs, 'a.mp4'), 'utf8')).toBe('old');
    expect(readdirSync(outputs)).toEqual(['a.mp4']);
  });
});

describe('refused before any work', () => {
  test.each([
    ['an output that exists', 'there.mp4', OutputError, /exists already: add `force: true`/],
    ['a folder as a video', 'folder.mp4', OutputError, /exists already/],
    ['a folder that does not exist', 'no/a.mp4', OutputError, /the folder .*no does not exist/],
    ['a file as a folder', 'there.mp4/a.mp4', OutputError, /is no folder/],
    ['a folder with other files', 'folder.mp4/', OutputError, /exists already/],
    ['a name that is no video', 'a.avi', UsageError, /\.avi, which is no output/],
  ])('%s', async (_what, name, kind, sentence) => {
    writeFileSync(join(outputs, 'there.mp4'), '');
    mkdirSync(join(outputs, 'folder.mp4'));
    writeFileSync(join(outputs, 'folder.mp4', 'thesis.txt'), 'dear');
    const path = `${outputs}/${name}`;
    for (const refuse of [() => checkVideoOutput(path), () => open({ path })]) {
      const error = await refuse().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(kind);
      expect(String(error)).toMatch(sentence);
    }
    expect(readdirSync(outputs).sort()).toEqual(['folder.mp4', 'there.mp4']);
  });

  test('force does not delete files that are not ours', async () => {
    mkdirSync(join(outputs, 'frames'));
    writeFileSync(join(outputs, 'frames', 'thesis.txt'), 'dear');
    await expect(open({ path: `${outputs}/frames/`, force: true })).rejects.toThrow(
      /holds other files, which would be lost/,
    );
    mkdirSync(join(outputs, 'folder.mp4'));
    await expect(open({ path: `${outputs}/folder.mp4`, force: true })).rejects.toThrow(
      /is a folder and cannot become a video/,
    );
  });

  test.skipIf(process.getuid?.() === 0)('a folder without leave to write', async () => {
    chmodSync(outputs, 0o555);
    await expect(open()).rejects.toThrow(/you may not write in the folder/);
    chmodSync(outputs, 0o755);
  });

  test('a foreign folder in the place of ours', async () => {
    mkdirSync(join(outputs, 'a.mp4.handfirst'));
    writeFileSync(join(outputs, 'a.mp4.handfirst', 'thesis.txt'), 'dear');
    await expect(open()).rejects.toThrow(/holds thesis\.txt, which is not handfirst's/);
  });

  test.each([
    ['transparency in MP4', { alpha: true }, /cannot be transparent: name it \.webm/],
    ['no width', { width: 0 }, /width in pixels cannot be 0/],
    ['an absurd height', { height: 1e6 }, /from 1 to 8192/],
    ['half a pixel', { width: 10.5 }, /give a whole number/],
    ['no frames a second', { fps: 0 }, /0 frames a second/],
    [
      'a quality that x264 does not have',
      { encoding: { crf: 52 } },
      /constant quality cannot be 52: .* from 0 to 51/,
    ],
    ['sound that is not there', { audio: '/no/such.wav' }, /\/no\/such\.wav cannot be read/],
    ['sound without sound', { audio: fileURLToPath(import.meta.url) }, /holds no sound/],
    [
      'metadata with a wrong hash',
      { metadata: { ...METADATA, bundle: { name: 'x', sha256: 'x' } } },
      /metadata is not whole: .*SHA-256/,
    ],
    [
      'metadata with a foreign command',
      { metadata: { ...METADATA, command: ['rm', '-rf'] } },
      /a command of handfirst/,
    ],
  ])('%s', async (_what, more, sentence) => {
    const error = await open(more).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toMatch(sentence);
    expect(readdirSync(outputs)).toEqual([]);
  });

  test('sound in a GIF', async () => {
    await expect(open({ path: join(outputs, 'a.gif'), audio: 'a.wav' })).rejects.toThrow(
      /cannot hold sound: name it \.mp4/,
    );
  });
});

test('pictures of another size, and no pictures at all', async () => {
  const writer = await open();
  await expect(writer.write(patches(0, 32, SIDE))).rejects.toThrow(/frame 0 of .* is 32 x 256/);
  const empty = await open();
  await expect(empty.finish()).rejects.toThrow(/would have no frames/);
  const begun = await open();
  await begun.begin();
  await expect(begun.finish()).rejects.toThrow(/would have no frames/);
  expect(readdirSync(outputs)).toEqual([]);
});
