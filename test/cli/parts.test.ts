import { type Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { background, frameRange, frameRate, pictureSize, presetField } from '../../src/cli/arguments.js';
import { reportPlace } from '../../src/cli/batch-report.js';
import { failureOf } from '../../src/cli/failure.js';
import { withFlags } from '../../src/cli/flags-of.js';
import { generateCommand, renderOptions } from '../../src/cli/generate.js';
import { joinCommand } from '../../src/cli/phrase.js';
import { poseCommand } from '../../src/cli/pose.js';
import { outcome } from '../../src/cli/progress.js';
import { barLine, clock, Pace } from '../../src/cli/progress-line.js';
import { EncoderError } from '../../src/errors.js';
import { commandArguments } from '../../src/pipeline/command.js';

describe('values of flags', () => {
  it('reads ranges, rates, sizes and colours', () => {
    expect(frameRange('10:50')).toEqual({ from: 10, to: 50 });
    expect(frameRange('10:')).toEqual({ from: 10 });
    expect(frameRange(':50')).toEqual({ from: 0, to: 50 });
    expect(frameRate('30000/1001')).toBeCloseTo(29.97003, 5);
    expect(pictureSize('1280x720')).toEqual({ width: 1280, height: 720 });
    expect(background('#ff8000')).toEqual([255, 128, 0]);
    expect(background('#f80')).toEqual([255, 136, 0]);
    expect(background('white')).toEqual([255, 255, 255]);
    expect(background('transparent')).toBe('transparent');
  });

  it.each([
    () => frameRange(':'),
    () => frameRange('5'),
    () => frameRange('9:3'),
    () => frameRate('0'),
    () => frameRate('25fps'),
    () => pictureSize('1280'),
    () => pictureSize('0x5'),
    () => background('#12'),
    () => presetField('steps=4'),
  ])('refuses what is none: %s', (read) => {
    expect(read).toThrow(CommanderError);
  });

  it('collects fields of the preset as JSON, or else as text', () => {
    const one = presetField('body.steps=2');
    expect(presetField('blending.mode=box', one)).toEqual({ body: { steps: 2 }, blending: { mode: 'box' } });
    expect(presetField('hand.draw=false')).toEqual({ hand: { draw: false } });
    expect(presetField('prompt.suffix=')).toEqual({ prompt: { suffix: '' } });
  });

  it('collects fields of fields', () => {
    const one = presetField('body.sampler.eta=1', presetField('body.sampler.kind=tcd'));
    expect(presetField('body.steps=8', one)).toEqual({
      body: { steps: 8, sampler: { kind: 'tcd', eta: 1 } },
    });
    expect(() => presetField('body.sampler.=1')).toThrow(CommanderError);
  });

  // What commander gives without a flag.
  const given = {
    out: 'o.mp4',
    resume: true,
    verify: true,
    swaps: true,
    anatomy: true,
    bones: true,
    complete: true,
  };

  it('takes a certificate with its key, and neither alone', () => {
    const both = renderOptions('x.pose', { ...given, signCertificate: 'a.pem', signKey: 'a.key' });
    expect(both.output.credentials).toEqual({ certificate: 'a.pem', key: 'a.key' });
    expect(renderOptions('x.pose', given).output.credentials).toBeUndefined();
    const failure = (values: object) => {
      try {
        return renderOptions('x.pose', { ...given, ...values });
      } catch (error) {
        return failureOf(error, generateCommand());
      }
    };
    expect(failure({ signCertificate: 'a.pem' })).toMatchObject({
      message: expect.stringContaining('give --sign-key as well'),
    });
    expect(failure({ signKey: 'a.key' })).toMatchObject({
      message: expect.stringContaining('give --sign-certificate as well'),
    });
  });

  it('lets --set win over the named flag', () => {
    const flags = { ...given, steps: 4, set: { body: { steps: 2 } } };
    expect(renderOptions('x.pose', flags).method?.overrides).toMatchObject({
      hand: { steps: 4 },
      body: { steps: 2 },
    });
  });

  it('gives back the command that they came from', () => {
    const flags = {
      ...given,
      range: { from: 3 },
      background: [255, 0, 16] as const,
      seed: 4,
    };
    expect(commandArguments(renderOptions('x.pose', flags))).toEqual([
      ...['handfirst', 'generate', 'x.pose', '--range', '3:', '--seed', '4', '--background', '#ff0010'],
    ]);
    const dashed = { ...given, prompt: '-red' };
    expect(commandArguments(renderOptions('x.pose', dashed))).toContain('--prompt=-red');
    const repaired = {
      ...given,
      swaps: false,
      anatomy: false,
      complete: false,
      wrist: 'body',
      smooth: true,
      resample: 12.5,
      sequence: 'b',
    } as const;
    expect(commandArguments(renderOptions('x.pose', repaired))).toEqual([
      ...['handfirst', 'generate', 'x.pose', '--sequence', 'b', '--smooth', '--no-swaps', '--no-anatomy'],
      ...['--wrist', 'body', '--resample', '12.5', '--no-complete'],
    ]);
    const nested = { ...given, set: { body: { sampler: { eta: 1 } } } };
    expect(commandArguments(renderOptions('x.pose', nested)).slice(3)).toEqual([
      '--set',
      'body.sampler.eta=1',
    ]);
  });
});

describe('options that sentences name', () => {
  const flags = (command: Command, sentence: string) => withFlags(sentence, command);

  it('become the flags of the command that is run', () => {
    const command = generateCommand();
    expect(flags(command, 'give `fps`, such as 25')).toBe('give --fps, such as 25');
    expect(flags(command, 'add `force: true` to replace it')).toBe('add --force to replace it');
    expect(flags(command, 'unless `swaps: false` is given')).toBe('unless --no-swaps is given');
    expect(flags(command, 'choose `framing: signing`')).toBe('choose --framing signing');
    expect(flags(command, 'without `layout: source`: set `allowUnknownWords: true`')).toBe(
      'without --side-by-side source: set --allow-unknown-words',
    );
  });

  it('become flags of another command where what was found is about that one', () => {
    const [info, draw] = ['info', 'draw'].map((name) =>
      poseCommand().commands.find((one) => one.name() === name),
    );
    const said = 'gaps longer than `maxGap`; `framing: signing` brings them nearer; `rotate: 0` leaves it';
    expect(withFlags(said, info, ...(draw ? [draw] : []))).toBe(
      'gaps longer than --max-gap; --framing signing brings them nearer; --rotate 0 leaves it',
    );
    expect(withFlags(said, info)).toBe(
      'gaps longer than `maxGap`; `framing: signing` brings them nearer; --rotate 0 leaves it',
    );
  });

  it('stay as programs give them where the command has no such flag', () => {
    expect(flags(generateCommand(), 'choose another `port`; run `npm run build`')).toBe(
      'choose another `port`; run `npm run build`',
    );
    expect(flags(joinCommand(), 'x.npy does not say it: give `fps`')).toBe(
      'x.npy does not say it: give --source-fps',
    );
  });
});

describe('the line at the end of a run', () => {
  const result = { path: 'a.mp4', frames: 75, fps: 25, bytes: 1_200_000, resumedFrames: 0, device: 'cpu' };
  const times = {
    firstFrameMs: 1,
    totalMs: 185_000,
    busyShare: 1,
    runtimeShare: 1,
    frameMs: 100,
    graphMs: {},
  };

  it('says how long the video is and how long drawing took', () => {
    expect(outcome({ ...result, ...times })).toBe(
      'It lasts 3.0 s when played (75 frames, 25 a second, 1.2 MB). Drawing it took 3 min 5 s.',
    );
    expect(outcome({ ...result, ...times, frames: 1, bytes: 7_300 })).toMatch(
      /^It lasts 0.04 s when played \(1 frame, 25 a second, 7 kB\)/,
    );
    expect(outcome({ ...result, ...times, resumedFrames: 50, totalMs: 900 })).toMatch(
      /Drawing the last 25 of them took 0.9 s.$/,
    );
  });
});

describe('the report of a batch', () => {
  it.each([
    ['videos', 'videos/batch.json'],
    ['/mnt/videos/', '/mnt/videos/batch.json'],
    ['s3://videos/lexicon', 's3://videos/lexicon/batch.json'],
  ])('of %s is at %s', (out, report) => {
    expect(reportPlace(out)).toBe(report);
  });
});

describe('pace', () => {
  it('counts the frames of this run alone', () => {
    let now = 0;
    const pace = new Pace(() => now);
    expect(pace.at({ done: 100, resumed: 100, total: 130 })).toEqual({});
    now = 5000;
    expect(pace.at({ done: 110, resumed: 100, total: 130 })).toEqual({ fps: 2, secondsLeft: 10 });
    expect(pace.at({ done: 110, resumed: 100 })).toEqual({ fps: 2 });
  });

  it('writes times as a clock does', () => {
    expect([3, 125, 3723].map(clock)).toEqual(['0:03', '2:05', '1:02:03']);
  });
});

describe('the line of progress', () => {
  const fields = { done: 12, total: 48, fps: 3.214, secondsLeft: 71 };

  it('is a bar, frames, time left and pace', () => {
    expect(barLine(fields, 80)).toBe(
      `${'█'.repeat(8)}${'░'.repeat(22)} 12/48 frames  1:11 left  3.21 frames/s`,
    );
  });

  it.each([200, 80, 60, 40, 30, 24, 20, 15])('fits into %i columns', (columns) => {
    const line = barLine(fields, columns);
    expect(line.length).toBeLessThan(columns);
    expect(line).toContain('12/48 frames');
  });

  it('shows no bar where the number of frames is unknown, and no time before it is known', () => {
    expect(barLine({ done: 3 }, 80)).toBe(`${'░'.repeat(30)} 3/? frames`);
  });
});

describe('failures', () => {
  it('are told with the exit code of their kind', () => {
    expect(failureOf(new EncoderError('HF_FFMPEG_FAILED', 'ffmpeg died.'))).toEqual({
      code: 'HF_FFMPEG_FAILED',
      exitCode: 7,
      message: 'ffmpeg died.',
    });
    expect(failureOf(new TypeError('x is not a function')).message).toMatch(
      /^This should not happen \(x is not a function\): run the command again with --debug/,
    );
    expect(failureOf(new CommanderError(0, 'commander.help', ''))).toMatchObject({
      exitCode: 0,
      message: '',
    });
  });
});
