import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const program = path.join(root, 'bin', 'handfirst.js');

/** Code blocks of the README in one language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].flatMap(([, name, code]) =>
    name === language && code !== undefined ? [code] : [],
  );
}

const commands = blocks('sh').flatMap((block) => block.trim().split('\n'));

/** Words of a command line without a shell: the README quotes with double quotes only. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

function run(file: string, args: readonly string[], cwd: string): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(file, args, { cwd, encoding: 'utf8' });
  return { status, said: `${stdout}\n${stderr}` };
}

describe('every command of the README', () => {
  let folder = '';
  beforeAll(() => {
    const build = run('npm', ['run', 'build'], root);
    expect(build.status, build.said).toBe(0);
    folder = mkdtempSync(path.join(tmpdir(), 'handfirst-readme-'));
    symlinkSync(path.join(root, 'samples'), path.join(folder, 'samples'));
  }, 300_000);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is one that is run here or by .ci/run', () => {
    const elsewhere = commands.filter((line) => !line.startsWith('npx handfirst '));
    expect(elsewhere).toEqual(['npm ci && npm start', 'npm test']);
    const gate = readFileSync(path.join(root, '.ci', 'run'), 'utf8');
    expect(gate).toContain('npm ci');
    expect(gate).toMatch(/^npm test$/m);
  });

  const served = commands.filter((line) => line.startsWith('npx handfirst preview'));

  it.each(commands.filter((line) => line.startsWith('npx handfirst ') && !served.includes(line)))(
    '%s',
    (line) => {
      const args = words(line).slice(2);
      const { status, said } = run(process.execPath, [program, ...args], folder);
      expect(status, said).toBe(0);
      const at = args.indexOf('-o');
      const output = at >= 0 ? args[at + 1] : undefined;
      if (output !== undefined) expect(statSync(path.join(folder, output)).size).toBeGreaterThan(500);
    },
    300_000,
  );

  it.each(served)(
    '%s',
    async (line) => {
      const args = words(line).slice(2);
      const child = spawn(process.execPath, [program, ...args], { cwd: folder });
      const closed = once(child, 'close');
      let said = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          said += text;
        });
      }
      const address = () => /http:\/\/127\.0\.0\.1:\d+\//.exec(said)?.[0];
      await expect.poll(address, { timeout: 200_000 }).toBeDefined();
      const page = await fetch(address() ?? '');
      expect(await page.text()).toContain('<title>handfirst preview</title>');
      child.kill('SIGINT');
      expect(await closed, said).toEqual([0, null]);
    },
    300_000,
  );

  it('starts the program on a sample, and says where the video is', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')));
    const [, , ...args] = words((scripts.start ?? '').split(' && ').at(-1) ?? '');
    expect(args).toContain('samples/hello.pose');
    const { status, said } = run(process.execPath, [program, ...args], folder);
    expect(status, said).toBe(0);
    const output = args[args.indexOf('-o') + 1] ?? '';
    expect(said).toContain(output);
    expect(existsSync(path.join(folder, output))).toBe(true);
  }, 900_000);

  it('includes the program in the README', () => {
    const [code] = blocks('ts');
    expect(code).toBeDefined();
    const script = path.join(root, `readme-example-${process.pid}.mjs`);
    try {
      writeFileSync(script, code?.replace("'api.mp4'", JSON.stringify(path.join(folder, 'api.mp4'))) ?? '');
      const { status, said } = run(process.execPath, [script], root);
      expect(status, said).toBe(0);
      expect(said).toContain('0 512 512');
      expect(said).toContain('1 512 512');
      expect(existsSync(path.join(folder, 'api.mp4'))).toBe(true);
    } finally {
      rmSync(script, { force: true });
    }
  }, 300_000);
});
