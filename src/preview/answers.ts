import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import { type Sent, TooLargeError } from './workspace.js';

/*
 * What the routes have in common: bodies that are read, and files and pictures that are sent.
 */

/** Longest body of a request in JSON, letters. */
const JSON_LENGTH = 64 * 1024;

/** The request's JSON, not longer than any that the page sends. */
export async function jsonOf(context: Context, most = JSON_LENGTH): Promise<unknown> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of iterate(context.req.raw.body ?? [])) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > most)
      throw new TooLargeError('HF_PREVIEW_TOO_LARGE', 'The page asked for too much at once: reload it.');
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The file that a request brings. */
export function sentIn(context: Context, limit: number): Sent {
  const announced = Number(context.req.header('content-length') ?? 0);
  return { chunks: iterate(context.req.raw.body ?? []), announced, limit };
}

/** Headers of what is saved under a name. */
export function attachment(name: string): { 'Content-Disposition': string } {
  return { 'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}` };
}

/** A file to be saved. */
export function download(path: string, name: string, type: string, bytes?: number): Response {
  return new Response(Readable.toWeb(createReadStream(path)), {
    headers: {
      'Content-Type': type,
      ...(bytes === undefined ? {} : { 'Content-Length': String(bytes) }),
      ...attachment(name),
    },
  });
}

/** A picture that never changes under its address. */
export async function picture(context: Context, path: string): Promise<Response> {
  return webp(context, await readFile(path));
}

/** A WebP picture. */
export function webp(context: Context, bytes: Uint8Array): Response {
  return context.body(new Uint8Array(bytes), 200, {
    'Content-Type': 'image/webp',
    'Cache-Control': 'private, max-age=86400, immutable',
  });
}

async function* iterate(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
