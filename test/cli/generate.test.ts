import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { TINY, temporaryFolder, writeClip } from '../pipeline/write-clip.js';
import { canMount, SmallDisk } from '../video/disk-full.js';
import { handfirst } from './run.js';

// Each test starts workers and encoders, which takes long on a busy machine.
vi.setConfig({ testTimeout: 240_000 });

const FILE = ['--fps', '25', '--size', '64x64'];
const MODEL = ['--bundle', TINY, '--device', 'cpu', '--threads', '1'];

/** A clip of `frames` frames and the flags that draw it into `name`. */
function command(frames: number, name = 'out.mp4') {
  const folder = temporaryFolder();
  const out = join(folder, name);
  return { folder, out, argv: ['generate', writeClip(folder, frames), '-o', out, ...FILE, ...MODEL] };
}

describe('handfirst generate', () => {
  it('writes the video and says where it is', async () => {
    const { out, argv } = command(3);
    const { code, out: said, err } = await handfirst(...argv);
    expect(code).toBe(0);
    expect(existsSync(out)).toBe(true);
    expect(said).toContain(out);
    expect(said).toContain('3 frames');
    expect(err).toContain('Running on cpu.');
    const info = await handfirst('info', out);
    expect(info.out).toContain('handfirst generate');
  });

  it('prints JSON lines for programs, and nothing else', async () => {
    const { argv } = command(3);
    const { code, out, err } = await handfirst(...argv, '--json');
    expect(code).toBe(0);
    expect(err).toBe('');
    const lines = out
      .trim()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line));
    expect(lines.filter(({ event }) => event === 'progress').map(({ done, total }) => [done, total])).toEqual(
      [
        [0, 3],
        [1, 3],
        [2, 3],
        [3, 3],
      ],
    );
    expect(lines.at(-1)).toMatchObject({ event: 'done', frames: 3, device: 'cpu' });
  });

  it('says in which frames nobody is, and how large a folder of pictures is', async () => {
    const { folder, out, argv } = command(4, 'frames/');
    for (const index of [0, 1])
      writeFileSync(
        join(folder, 'clip', `clip_${String(index).padStart(12, '0')}_keypoints.json`),
        '{"people":[]}',
      );
    const { code, out: printed } = await handfirst(...argv, '--json');
    expect(code).toBe(0);
    const lines = printed
      .trim()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line));
    expect(lines).toContainEqual({
      event: 'note',
      kind: 'warning',
      message: 'No person is seen in 2 of 4 frames (0 to 1): the background alone is drawn there.',
    });
    const sizes = readdirSync(out).map((name) => readFileSync(join(out, name)).length);
    expect(lines.at(-1)).toMatchObject({ frames: 4, bytes: sizes.reduce((sum, size) => sum + size) });
  });

  it('makes the same video again by the command that info prints', async () => {
    const { folder, out, argv } = command(4);
    const flags = [
      '--seed',
      '5',
      '--prompt',
      'tall red person',
      '--steps',
      '2',
      '--set',
      'composite.paste=false',
    ];
    await handfirst(...argv, ...flags);
    const { out: json } = await handfirst('info', out, '--json');
    const metadata: { command: string[] } = JSON.parse(json);
    const again = join(folder, 'again.mp4');
    const [, ...rest] = metadata.command;
    expect((await handfirst(...rest, '-o', again)).code).toBe(0);
    expect(readFileSync(again).equals(readFileSync(out))).toBe(true);
  });
});

function writeFileIn(folder: string): string {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  return file;
}

describe('what cannot be done ends with one sentence and its exit code', () => {
  /** Changes the command, and what has to come of it. */
  const cases: [
    what: string,
    change: (argv: string[], folder: string) => Promise<string[]> | string[],
    code: number,
    sentence: RegExp,
  ][] = [
    ['standard input without an output', ([name = '']) => [name, '-'], 2, /name the video with --out/],
    ['an unknown flag', (argv) => [...argv, '--sharper'], 2, /unknown option '--sharper'/],
    ['steps that are no number', (argv) => [...argv, '--steps', 'many'], 2, /--steps.*whole number from 1/],
    ['an empty range', (argv) => [...argv, '--range', '5:5'], 2, /--range.*empty/],
    ['a colour that is none', (argv) => [...argv, '--background', 'mauve'], 2, /--background.*#rrggbb/],
    ['an unknown preset', (argv) => [...argv, '--preset', 'best'], 2, /no preset "best": choose body-only/],
    ['an unknown field', (argv) => [...argv, '--set', 'body.stepz=4'], 2, /not usable at body/],
    [
      'steps that the bundle was not trained for',
      (argv) => [...argv, '--steps', '3'],
      2,
      /trained to draw its hand stage in 4 or 2 or 1 steps, not in 3/,
    ],
    ['an unknown word', (argv) => [...argv, '--prompt', 'a gren person'], 2, /"gren" \(nearest: .*green/],
    ['an extension that is none', (argv) => [...argv, '-o', 'clip.avi'], 2, /clip.avi ends in .avi/],
    [
      'a source video without the layout',
      (argv) => [...argv, '--source-video', 'x.mp4'],
      2,
      /without --side-by-side source/,
    ],
    ['a transparent mp4', (argv) => [...argv, '--background', 'transparent'], 2, /cannot be transparent/],
    ['no rate', (argv) => argv.filter((word) => word !== '--fps' && word !== '25'), 3, /--fps/],
    [
      'a missing file',
      ([name = '', , ...rest]) => [name, '/nowhere.pose', ...rest],
      3,
      /\/nowhere.pose cannot be opened/,
    ],
    ['a range beyond the end', (argv) => [...argv, '--range', '50:'], 3, /has 2 frames/],
    ['a missing bundle', (argv) => [...argv, '--bundle', '/nowhere'], 4, /no model bundle "\/nowhere"/],
    ['a device that is not there', (argv) => [...argv, '--device', 'cuda'], 5, /cuda is not available/],
    [
      'a folder that is not there',
      (argv) => [...argv, '-o', '/nowhere/out.mp4'],
      6,
      /folder \/nowhere does not exist/,
    ],
  ];

  it.each(cases)('%s', async (_, change, code, sentence) => {
    const { folder, argv } = command(2);
    const ended = await handfirst(...(await change(argv, folder)));
    expect(ended.err).toMatch(sentence);
    expect(ended.code).toBe(code);
    expect(ended.err).not.toMatch(/\n\s+at /);
    expect(await readdir(folder)).toEqual(['clip']);
  });

  it('an empty, a cut-off and a foreign file', async () => {
    const { folder, argv } = command(1);
    const [name = '', , ...rest] = argv;
    for (const [file, content] of [
      ['empty.pose', ''],
      ['cut.pose', '\x00\x00'],
      ['story.txt', 'Once upon a time'],
    ]) {
      const path = join(folder, file ?? '');
      writeFileSync(path, content ?? '');
      const { code, err } = await handfirst(name, path, ...rest);
      expect([file, code]).toEqual([file, 3]);
      expect(err.match(/handfirst:/g)).toHaveLength(1);
    }
  });

  it('weights that were altered', async () => {
    const { folder, argv } = command(1);
    const bundle = join(folder, 'bundle');
    await cp(TINY, bundle, { recursive: true });
    await writeFile(join(bundle, 'hand.onnx'), 'x');
    const { code, err } = await handfirst(...argv, '--bundle', bundle);
    expect(code).toBe(4);
    expect(err).toMatch(/hand.onnx is not the one that the manifest of "tiny" describes/);
    await rm(join(bundle, 'hand.onnx'));
    expect((await handfirst(...argv, '--bundle', bundle)).err).toMatch(/hand.onnx is missing/);
  });

  it('an output that exists, until --force is given', async () => {
    const { out, argv } = command(1);
    writeFileSync(out, 'mine');
    const { code, err } = await handfirst(...argv);
    expect(code).toBe(6);
    expect(err).toMatch(/exists already: add --force/);
    expect((await handfirst(...argv, '--force')).code).toBe(0);
  });

  it('a folder of pictures that is not ours', async () => {
    const { folder, argv } = command(1);
    const holiday = join(folder, 'holiday');
    await mkdir(holiday);
    await writeFile(join(holiday, 'beach.jpg'), '');
    const { code, err } = await handfirst(...argv, '-o', holiday, '--force');
    expect(code).toBe(6);
    expect(err).toMatch(/holds other files/);
  });

  it('a temporary folder that cannot be written to', async () => {
    const folder = temporaryFolder();
    vi.stubEnv('TMPDIR', join(writeFileIn(folder), 'inside'));
    try {
      const { code, err } = await handfirst('spell', 'A', '-o', join(folder, 'a.pose'));
      expect(code).toBe(6);
      expect(err).toMatch(/^handfirst: No temporary file can be written in .*: set TMPDIR to a folder/);
      const packed = join(folder, 'clip.json.gz');
      writeFileSync(packed, gzipSync('{}'));
      const read = await handfirst('pose', 'info', packed);
      expect(read.code).toBe(3);
      expect(read.err).toMatch(/cannot be kept in the temporary folder .*: set TMPDIR to a folder/);
      expect((await readdir(folder)).sort()).toEqual(['clip.json.gz', 'file']);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('no ffmpeg', async () => {
    const { argv } = command(1);
    const before = process.env.FFMPEG_PATH;
    process.env.FFMPEG_PATH = '/nowhere/ffmpeg';
    try {
      const { code, err } = await handfirst(...argv);
      expect(code).toBe(7);
      expect(err).toMatch(/FFMPEG_PATH/);
    } finally {
      if (before === undefined) delete process.env.FFMPEG_PATH;
      else process.env.FFMPEG_PATH = before;
    }
  });

  it('tells failures to programs as a JSON line, and shows the stack on demand', async () => {
    const { argv } = command(1);
    const { out, err, code } = await handfirst(...argv, '--preset', 'best', '--json', '--debug');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      event: 'error',
      exitCode: 2,
      message: expect.stringMatching(/best/),
    });
    expect(err).toMatch(/UsageError: .*\n\s+at /);
  });
});

describe('mistakes are said before any model is read', () => {
  /** The command with a bundle whose weights are no weights: reading them ends with code 4. */
  async function withoutWeights() {
    const made = command(2);
    const bundle = join(made.folder, 'bundle');
    await cp(TINY, bundle, { recursive: true });
    const weights = readFileSync(join(bundle, 'hand.onnx'));
    await writeFile(join(bundle, 'hand.onnx'), weights.fill(0));
    return { ...made, argv: [...made.argv, '--bundle', bundle] };
  }

  it.each([
    [['--crf', '99'], 2, /constant quality cannot be 99/],
    [['--audio', '/nowhere.wav'], 2, /sound \/nowhere.wav cannot be read/],
    [['--reference', '/nowhere.png'], 2, /reference picture \/nowhere.png cannot be read/],
    [['--side-by-side', 'source', '--source-video', '/nowhere.mp4'], 2, /There is no \/nowhere.mp4/],
    [['--prompt', 'a gren person'], 2, /"gren"/],
    [['--steps', '3'], 2, /not in 3/],
    [['--range', '2:'], 3, /has 2 frames, so there is none from frame 2 on: give a --range within it/],
    [[], 4, /hand.onnx/],
  ])('%j', async (flags, code, sentence) => {
    const { argv } = await withoutWeights();
    const ended = await handfirst(...argv, ...flags);
    expect(ended.err).toMatch(sentence);
    expect(ended.code).toBe(code);
  });

  it('another run that writes the same output', async () => {
    const { argv, out } = await withoutWeights();
    await mkdir(`${out}.handfirst`);
    const owner = { pid: process.ppid, host: hostname(), token: 'x' };
    await writeFile(join(`${out}.handfirst`, 'lock'), JSON.stringify(owner));
    const { code, err } = await handfirst(...argv);
    expect(code).toBe(6);
    expect(err).toMatch(new RegExp(`Process ${process.ppid} on .* is writing .*out.mp4 already`));
  });

  it('a disk that is too small', async ({ skip }) => {
    const { argv, folder } = await withoutWeights();
    if (!canMount(folder)) skip('Small file systems need root on Linux.');
    const disk = new SmallDisk(join(folder, 'disk'), 8);
    try {
      const { code, err } = await handfirst(...argv, '-o', join(disk.folder, 'a.mp4'));
      expect(code).toBe(6);
      expect(err).toMatch(/has 0.0 MB free, and drawing 2 frames takes 0.0 MB at least/);
    } finally {
      disk.remove();
    }
  });

  it('a range that ends after the file says what it cuts', async () => {
    const { argv } = command(3);
    const { code, out, err } = await handfirst(...argv, '--range', '1:9');
    expect(code).toBe(0);
    expect(err).toMatch(
      /range 1:9 reaches past the end of .*, which has 3 frames: of the 8 asked for, 2 can be drawn, and 6 cannot/,
    );
    expect(out).toContain('2 frames');
  });
});

describe('help', () => {
  it('groups the flags and documents the exit codes', async () => {
    const { out, code } = await handfirst('generate', '--help');
    expect(code).toBe(0);
    for (const heading of ['Output:', 'Signer:', 'Keypoints:', 'Method:', 'Runtime:', 'Exit codes:']) {
      expect(out).toContain(heading);
    }
    for (const exitCode of ['0', '1', '2', '3', '4', '5', '6', '7', '130']) {
      expect(out).toMatch(new RegExp(`^ +${exitCode}  \\w`, 'm'));
    }
  });

  it('prints the version', async () => {
    expect((await handfirst('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('calls an unknown command one', async () => {
    const { code, err } = await handfirst('generat', 'x.pose');
    expect(code).toBe(2);
    expect(err).toMatch(/unknown command 'generat'.*\n?.*generate/);
  });
});
