import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { captureFfmpeg, findFfmpeg } from './ffmpeg.js';
import { QUIET } from './ffmpeg-args.js';

/** A text under the video. */
export interface Caption {
  /** Seconds from the beginning; `end` is after `start`. */
  readonly start: number;
  readonly end: number;
  /** Plain text; `\n` between lines. */
  readonly text: string;
}

/** Endings of files with captions. */
export const CAPTION_ENDINGS: readonly string[] = ['.vtt', '.srt'];

/** Reads captions from a WebVTT or SubRip file, in order. Throws UsageError, and EncoderError without an ffmpeg, which reads them. */
export async function readCaptions(path: string): Promise<Caption[]> {
  if (!CAPTION_ENDINGS.includes(extname(path).toLowerCase()))
    throw unreadable(
      path,
      `${path} is no file of captions: name one that ends in ${CAPTION_ENDINGS.join(' or ')}.`,
    );
  if (!(await stat(path).catch(() => undefined))?.isFile())
    throw unreadable(path, `There is no file of captions ${path}: check the name.`);
  const { path: ffmpeg } = await findFfmpeg();
  const args = [...QUIET, '-i', resolve(path), '-map', '0:s:0', '-f', 'webvtt', '-'];
  const captions = parseCues((await captureFfmpeg(ffmpeg, args)).stdout);
  if (captions.length > 0) return captions;
  throw unreadable(
    path,
    `${path} holds no captions that ffmpeg can read: give WebVTT or SubRip with times such as 00:01.000 --> 00:02.500.`,
  );
}

function unreadable(file: string, sentence: string): UsageError {
  return new UsageError('HF_CAPTIONS_UNREADABLE', sentence, { file, field: 'captions' });
}

/** Markup that ffmpeg leaves in the text. */
const TAGS = /<\/?(?:b|i|u|s|c|v|font|lang|ruby|rt)(?:[.\s][^>]*)?>/gi;

/** The cues of WebVTT as ffmpeg writes it: without notes, styles and settings, and without escapes. */
function parseCues(vtt: string): Caption[] {
  const cues = vtt.matchAll(/^([\d:.]+) --> ([\d:.]+).*\r?\n((?:.*\S.*\r?\n?)*)/gm);
  return [...cues]
    .map(([, start = '', end = '', text = '']) => ({
      start: seconds(start),
      end: seconds(end),
      text: text.replace(TAGS, '').trim(),
    }))
    .filter(({ start, end, text }) => end > start && text !== '')
    .sort((a, b) => a.start - b.start || a.end - b.end);
}

function seconds(time: string): number {
  return time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** The captions of the part from `from` to `to` (seconds), timed from its beginning. */
export function cutCaptions(captions: readonly Caption[], from: number, to: number): Caption[] {
  return captions
    .map(({ start, end, text }) => ({
      start: Math.max(0, start - from),
      end: Math.min(end, to) - from,
      text,
    }))
    .filter(({ start, end }) => milliseconds(end) > milliseconds(start));
}

/** The captions as a WebVTT file. */
export function formatCaptions(captions: readonly Caption[]): string {
  // A blank line would end the cue.
  const lines = (text: string): string =>
    escaped(text)
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '')
      .join('\n');
  const cues = captions.map(({ start, end, text }) => `${clock(start)} --> ${clock(end)}\n${lines(text)}\n`);
  return ['WEBVTT\n', ...cues].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}

/** `00:01:02.500` */
function clock(seconds: number): string {
  const all = milliseconds(seconds);
  const part = (size: number, most: number, digits: number): string =>
    String(Math.floor(all / size) % most).padStart(digits, '0');
  return `${part(3_600_000, Infinity, 2)}:${part(60_000, 60, 2)}:${part(1000, 60, 2)}.${part(1, 1000, 3)}`;
}
