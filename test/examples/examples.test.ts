import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readInfo } from '../../src/video/index.js';
import { temporaryFolder } from '../pipeline/write-clip.js';

// Each example loads the models that are shipped.
vi.setConfig({ testTimeout: 240_000 });

const root = fileURLToPath(new URL('../../', import.meta.url));
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const example = (name: string) => ['--import', loader, join(root, 'examples', name)];

async function run(name: string, args: readonly string[], cwd = temporaryFolder()): Promise<string> {
  const env = { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') };
  const { stdout } = await promisify(execFile)(process.execPath, [...example(name), ...args], { cwd, env });
  return stdout;
}

describe('the examples', () => {
  it('are listed, each of them', () => {
    const files = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.ts'));
    const listed = readFileSync(join(root, 'examples', 'README.md'), 'utf8').matchAll(
      /^\| \[`([\w-]+\.ts)`\]/gm,
    );
    expect([...listed].map(([, name]) => name).sort()).toEqual(files.sort());
  });

  it('spell a name into a video', async () => {
    const folder = temporaryFolder();
    expect(await run('spell-a-name.ts', ['A', 'a.mp4', '2'], folder)).toMatch(
      /^a\.mp4: \d+ bytes, 25 frames/,
    );
    expect(await readInfo(join(folder, 'a.mp4'))).toMatchObject({ generated: true, seed: 3 });
  });

  it('draw a model that answers live, and ask it no more than they draw', async () => {
    const lines = (await run('live.ts', ['2'])).trim().split('\n');
    expect(lines.filter((line) => line.startsWith('frame'))).toEqual([
      'frame 0 at 0.00 s: 512x512',
      'frame 1 at 0.04 s: 512x512',
    ]);
    // The first second, by which the signer is placed, and what is in progress.
    const asked = lines.filter((line) => line === 'asked').length;
    expect(asked).toBeGreaterThanOrEqual(25);
    expect(asked).toBeLessThan(35);
  });

  it('draw a lexicon, and only what is missing', async () => {
    const folder = temporaryFolder();
    const signs = join(root, 'samples');
    expect(await run('lexicon.ts', [signs, 'videos', '1'], folder)).toContain(join('videos', 'hello.mp4'));
    expect(readdirSync(join(folder, 'videos')).sort()).toEqual(['hello.mp4', 'phrase.mp4']);
    expect(await run('lexicon.ts', [signs, 'videos', '1'], folder)).toBe('');
  });

  it('compare two presets', async () => {
    const args = ['compact/fast', 'compact/naive', join(root, 'samples', 'hello.pose'), '8', '1'];
    expect(await run('compare-bundles.ts', args)).toMatch(
      /frame 8: levels differ by \d+\.\d\d on average\ncompared\.png/,
    );
  });

  it('stream an MP4 while it is drawn', async () => {
    const env = { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') };
    const server = spawn(process.execPath, [...example('serve.ts'), '0'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void server.kill());
    const address = await addressOf(server);
    const answer = await fetch(`${address.replace(/ANA$/, 'A')}?frames=2`);
    expect(answer.headers.get('content-type')).toBe('video/mp4');
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(bytes.toString('latin1', 4, 8)).toBe('ftyp');
    expect(bytes.includes('moof')).toBe(true);
  });
});

function addressOf({ stdout }: ChildProcess): Promise<string> {
  return new Promise((resolve) => stdout?.on('data', (text: Buffer) => resolve(text.toString().trim())));
}
