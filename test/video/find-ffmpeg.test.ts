import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { EncoderError } from '../../src/errors.js';
import { findFfmpeg } from '../../src/video/index.js';
import { EMBEDDED, temporaryFolder } from './helpers.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

function program(name: string, script: string): { folder: string; path: string } {
  const folder = temporaryFolder();
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return { folder, path };
}

describe('ffmpeg is', () => {
  test('the one that FFMPEG_PATH names', async () => {
    const path = join(temporaryFolder(), 'my-ffmpeg');
    symlinkSync(EMBEDDED, path);
    vi.stubEnv('FFMPEG_PATH', path);
    expect(await findFfmpeg(['libx264'])).toMatchObject({ path, origin: 'FFMPEG_PATH', version: /^N-47683/ });
  });

  test('else the one on PATH', async () => {
    const folder = temporaryFolder();
    symlinkSync(EMBEDDED, join(folder, 'ffmpeg'));
    vi.stubEnv('FFMPEG_PATH', '');
    vi.stubEnv('PATH', `/no/such/folder:${folder}`);
    expect(await findFfmpeg(['libx264'])).toMatchObject({ path: join(folder, 'ffmpeg'), origin: 'PATH' });
  });

  test('else the one inside the package', async () => {
    vi.stubEnv('FFMPEG_PATH', '');
    vi.stubEnv('PATH', '/no/such/folder');
    const found = await findFfmpeg([
      'libx264',
      'libvpx-vp9',
      'gif',
      'libwebp_anim',
      'prores_ks',
      'ffv1',
      'png',
      'aac',
      'libopus',
    ]);
    expect(found).toMatchObject({ path: EMBEDDED, origin: 'embedded' });
  });

  test('not one on PATH that cannot write the format', async () => {
    const { folder } = program(
      'ffmpeg',
      'case "$1" in -version) echo "ffmpeg version 7.1 x";; *) echo " V....D mpeg4  x";; esac',
    );
    vi.stubEnv('FFMPEG_PATH', '');
    vi.stubEnv('PATH', folder);
    expect(await findFfmpeg(['mpeg4'])).toMatchObject({ origin: 'PATH', version: '7.1' });
    expect(await findFfmpeg(['libx264'])).toMatchObject({ origin: 'embedded' });
  });
});

describe('a sentence when there is none', () => {
  test.each([
    [
      '/no/such/ffmpeg',
      /\/no\/such\/ffmpeg is no program that can be run\): set FFMPEG_PATH to a working ffmpeg, or unset it/,
    ],
    ['/', /is no program that can be run/],
    ['/bin/true', /\/bin\/true does not answer as ffmpeg does/],
  ])('FFMPEG_PATH=%s', async (path, sentence) => {
    vi.stubEnv('FFMPEG_PATH', path);
    await expect(findFfmpeg()).rejects.toThrow(EncoderError);
    await expect(findFfmpeg()).rejects.toThrow(sentence);
  });

  test('nowhere one with that encoder', async () => {
    vi.stubEnv('FFMPEG_PATH', '');
    vi.stubEnv('PATH', '');
    await expect(findFfmpeg(['libnone'])).rejects.toThrow(
      /lacks libnone\): install ffmpeg, or set FFMPEG_PATH/,
    );
  });
});
