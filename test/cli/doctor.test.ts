import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { checkNode, checkTemporaryFolder, vectorFeatures } from '../../src/doctor/machine.js';
import { temporaryFolder } from '../pipeline/write-clip.js';
import { handfirst } from './run.js';

vi.setConfig({ testTimeout: 240_000 });

const answer = z.object({
  works: z.boolean(),
  checks: z.array(
    z.object({ name: z.string(), status: z.string(), detail: z.string(), advice: z.string().optional() }),
  ),
});

describe('handfirst doctor', () => {
  it('finds that this machine works', async () => {
    const { code, out, err } = await handfirst('doctor', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { works, checks } = answer.parse(JSON.parse(out));
    expect(works).toBe(true);
    const status = Object.fromEntries(checks.map((check) => [check.name, check.status]));
    expect(status).toMatchObject({
      node: 'ok',
      'temporary folder': 'ok',
      'onnx runtime on cpu': 'ok',
      'bundle compact': 'ok',
      ffmpeg: 'ok',
      encoders: 'ok',
    });
    for (const check of checks) expect(check.status === 'ok' || check.advice, check.name).toBeTruthy();
  });

  it('says what to do about what fails, with the exit code of its kind', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'ffmpeg'), '#!/bin/sh\nexit 1\n');
    chmodSync(join(folder, 'ffmpeg'), 0o755);
    vi.stubEnv('FFMPEG_PATH', join(folder, 'ffmpeg'));
    try {
      const { code, out } = await handfirst('doctor');
      expect(code).toBe(7);
      expect(out).toMatch(/✗ ffmpeg +No ffmpeg can write this video.*\n +Install ffmpeg, or set FFMPEG_PATH/);
      expect(out).toMatch(/Videos cannot be made here: repair what is marked ✗\.\n$/);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe('what the machine is asked', () => {
  it('refuses an old Node and a temporary folder that takes no file', async () => {
    expect(checkNode('18.20.1')).toMatchObject({ status: 'failure', advice: 'Install Node 20 or newer.' });
    expect(checkNode('24.0.0').status).toBe('ok');
    expect(await checkTemporaryFolder('/nowhere')).toMatchObject({ status: 'failure', exitCode: 6 });
  });

  it('knows vector instructions by the names of Linux and macOS', () => {
    expect(vectorFeatures('fpu sse avx2 fma avx512f avx512_vnni avx_vnni amx_tile')).toEqual([
      ...['AVX2', 'FMA', 'AVX-512', 'AVX-512 VNNI', 'AVX-VNNI', 'AMX'],
    ]);
    expect(vectorFeatures('fp asimd asimddp')).toEqual(['NEON', 'dot product']);
    expect(vectorFeatures('SSE4.2 AVX1.0 AVX2')).toEqual(['AVX2']);
    expect(vectorFeatures('sse2 avx')).toEqual([]);
    expect(vectorFeatures(undefined)).toBeUndefined();
  });
});
