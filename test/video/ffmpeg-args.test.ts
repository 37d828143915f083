import { describe, expect, test } from 'vitest';
import {
  type EncodingPlan,
  type FfmpegCommand,
  framePattern,
  segmentCommand,
  timescale,
} from '../../src/video/ffmpeg-args.js';
import type { VideoFormat } from '../../src/video/index.js';
import { animationCommand, concatList, copyCommand, paletteCommand } from '../../src/video/join-args.js';

const fps = { num: 30000, den: 1001 };

function plan(format: VideoFormat, more: Partial<EncodingPlan> = {}): EncodingPlan {
  return {
    format,
    width: 512,
    height: 400,
    fps,
    alpha: false,
    crf: 16,
    threads: 2,
    segmentFrames: 48,
    ...more,
  };
}

/** The command as ffmpeg's own arguments. */
function toArguments({ inputs, options, target }: FfmpegCommand): string[] {
  const sources = inputs.flatMap((input) => [
    ...input.options,
    '-i',
    input.source === 'pipe' ? 'pipe:0' : input.source,
  ]);
  return [...sources, '-y', ...options, typeof target === 'string' ? target : 'pipe:1'];
}

function joined(format: VideoFormat, more: Partial<EncodingPlan> = {}): string {
  const files = { list: '/w/list.txt', tags: [['comment', '{"a":1}']] as const, target: '/w/out' };
  return toArguments(copyCommand(plan(format, more), 100, files)).join(' ');
}

describe('segments', () => {
  test('MP4: exactly these arguments', () => {
    const scale =
      'scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int+full_chroma_inp+bitexact,format=yuv420p';
    const wanted = [
      '-hide_banner -v error -nostdin -f rawvideo -pixel_format rgb24 -video_size 512x400 -framerate 30000/1001 -i pipe:0',
      `-y -an -xerror -vf ${scale} -c:v libx264 -preset veryfast -crf 16 -threads 2 -g 48 -flags:v +bitexact+cgop -bf 0`,
      '-color_range tv -colorspace bt709 -color_primaries bt709 -color_trc bt709 -bsf:v filter_units=remove_types=6',
      '-video_track_timescale 30000 -movflags +write_colr -fflags +bitexact -f mp4 /w/000000.mp4',
    ];
    expect(toArguments(segmentCommand(plan('mp4'), 0, '/w/000000.mp4')).join(' ')).toBe(wanted.join(' '));
  });

  test('no rate control that depends on the scheduling of threads', () => {
    expect(toArguments(segmentCommand(plan('mp4'), 0, '/w/a.mp4')).join(' ')).not.toMatch(
      /maxrate|bufsize|-b:v/,
    );
  });

  test.each([
    ['webm', false, 'format=yuv420p '],
    ['webm', true, 'format=yuva420p -c:v libvpx-vp9'],
    ['mov', true, 'format=yuva444p10le -c:v prores_ks -profile:v 4444 -alpha_bits 16'],
    ['mov', false, 'format=yuv444p10le '],
    ['gif', true, '-c:v ffv1 -level 3 -pix_fmt bgra'],
    ['webp', false, '-c:v ffv1 -level 3 -pix_fmt bgr0'],
    ['png', true, '-c:v png -pix_fmt rgba'],
  ] as const)('%s, alpha %s: %s', (format, alpha, wanted) => {
    expect(toArguments(segmentCommand(plan(format, { alpha }), 0, '/w/a')).join(' ')).toContain(wanted);
  });

  test('VP9 has hidden reference frames unless the video is transparent', () => {
    expect(segmentCommand(plan('webm'), 0, '/a').options).not.toContain('-auto-alt-ref');
    expect(segmentCommand(plan('webm', { alpha: true }), 0, '/a').options.join(' ')).toContain(
      '-auto-alt-ref 0',
    );
  });

  test('PNG pictures are numbered through the clip, in a folder of any name', () => {
    const command = segmentCommand(plan('png'), 96, '/w/100% sure');
    expect(command.target).toBe('/w/100%% sure/frame-%06d.png');
    expect(command.options.join(' ')).toContain('-start_number 96');
    expect(framePattern('/a')).toBe('/a/frame-%06d.png');
  });
});

test.each([
  [25, 1, 12800],
  [30000, 1001, 30000],
  [24000, 1001, 24000],
  [25, 2, 12800],
])('every frame of %d/%d falls on a tick of %d', (num, den, ticks) => {
  expect(timescale({ num, den })).toBe(ticks);
  expect((ticks * den) / num).toSatisfy(Number.isInteger);
});

describe('joining', () => {
  test('stated durations add up to the clip, to the microsecond', () => {
    const rate = { num: 29, den: 1 };
    const segments = Array.from({ length: 90 }, (_, i) => ({
      file: `segments/${i}.mp4`,
      firstFrame: 48 * i,
      frames: 48,
    }));
    const list = concatList(segments, rate);
    expect(list).toMatch(/^ffconcat version 1\.0\nfile 'segments\/0\.mp4'\nduration 1\.655172\n/);
    const durations = [...list.matchAll(/^duration (.*)$/gm)].map((match) =>
      Math.round(Number(match[1]) * 1e6),
    );
    expect(durations.reduce((a, b) => a + b)).toBe(Math.round((90 * 48 * 1e6) / 29));
  });

  test('MP4 is copied, described and ready to stream', () => {
    const wanted = [
      '-hide_banner -v error -nostdin -f concat -safe 0 -auto_convert 0 -i /w/list.txt -y',
      '-map 0:v:0 -c:v copy -map_metadata -1 -map_chapters -1 -metadata comment={"a":1} -video_track_timescale 30000 -movflags +faststart+write_colr',
      '-fflags +bitexact -f mp4 /w/out',
    ];
    expect(joined('mp4')).toBe(wanted.join(' '));
  });

  test('a transparent WebM stays marked as one', () => {
    expect(joined('webm', { alpha: true })).toContain('-r 30000/1001 -metadata:s:v:0 alpha_mode=1');
    expect(joined('webm')).not.toContain('alpha_mode');
  });

  test('sound is cut at the end of the video', () => {
    const audio = { file: '/a.wav', encoder: 'aac' };
    const files = { list: '/w/l', tags: [], target: '/w/o', audio };
    const args = toArguments(copyCommand(plan('mp4'), 30, files)).join(' ');
    expect(args).toContain('-i /w/l -i /a.wav');
    expect(args).toContain('-map 1:a:0 -c:a aac -flags:a +bitexact -t 1.001000 -b:a 128k');
  });

  test('GIF in two passes, and never faster than players play it', () => {
    const fast = plan('gif', { fps: { num: 60, den: 1 }, alpha: true });
    expect(paletteCommand(fast, '/w/l', '/w/p.png').options[1]).toBe(
      'setpts=N*1/60/TB,fps=50,palettegen=stats_mode=full:reserve_transparent=1',
    );
    const files = { list: '/w/l', tags: [], palette: '/w/p.png', target: '/w/o' };
    const args = toArguments(animationCommand(fast, files)).join(' ');
    expect(args).toContain(
      '[0:v]setpts=N*1/60/TB,fps=50[v];[v][1:v]paletteuse=dither=bayer:bayer_scale=4:alpha_threshold=128',
    );
    expect(args).toContain('-gifflags -transdiff-offsetting -loop 0');
    expect(toArguments(animationCommand(plan('gif'), files)).join(' ')).toContain(
      'setpts=N*1001/30000/TB[v]',
    );
  });
});
