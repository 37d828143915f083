import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { background, frameRange, frameRate, pictureSize, presetField } from '../../src/cli/arguments.js';
import { failureOf } from '../../src/cli/failure.js';
import { renderOptions } from '../../src/cli/generate.js';
import { clock, Pace } from '../../src/cli/progress.js';
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
  });

  // What commander gives without a flag.
  const given = { out: 'o.mp4', resume: true, verify: true, swaps: true, bones: true };

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
    const mended = {
      ...given,
      swaps: false,
      wrist: 'body',
      smooth: true,
      resample: 12.5,
      sequence: 'b',
    } as const;
    expect(commandArguments(renderOptions('x.pose', mended))).toEqual([
      ...['handfirst', 'generate', 'x.pose', '--sequence', 'b', '--smooth', '--no-swaps', '--wrist', 'body'],
      ...['--resample', '12.5'],
    ]);
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

describe('failures', () => {
  it('are told with the exit code of their kind', () => {
    expect(failureOf(new EncoderError('ffmpeg died.'))).toEqual({ exitCode: 7, sentence: 'ffmpeg died.' });
    expect(failureOf(new TypeError('x is not a function')).sentence).toMatch(
      /^This should not happen \(x is not a function\): run the command again with --debug/,
    );
    expect(failureOf(new CommanderError(0, 'commander.help', ''))).toEqual({ exitCode: 0, sentence: '' });
  });
});
