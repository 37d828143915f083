import type { VideoMetadata } from './metadata.js';
import { parseMetadata } from './metadata.js';
import { fromXmp, toXmp } from './xmp.js';

/*
 * Metadata in the two containers that ffmpeg writes none into. GIF: XMP in an application extension (GIF89a, section 26) for other
 * programs, and a comment extension (section 24), both before the trailer. WebP: an XMP chunk at the end, and its flag in VP8X
 * (RFC 9649, section 2.7).
 */

const GIF_TRAILER = 0x3b;
const GIF_EXTENSION = 0x21;
const GIF_COMMENT = 0xfe;
const GIF_IMAGE = 0x2c;
const XMP_FLAG = 0x04;

/**
 * XMP in a GIF (XMP specification, part 3, section 1.1.2): the text stands there whole, and a tail of falling bytes leads readers of
 * sub-blocks out of it, wherever they are.
 */
function gifXmp(metadata: VideoMetadata): Buffer {
  const head = Buffer.from([GIF_EXTENSION, 0xff, 11]);
  const tail = Uint8Array.from({ length: 258 }, (_, at) => (at === 0 ? 1 : at < 257 ? 256 - at : 0));
  return Buffer.concat([
    head,
    Buffer.from('XMP DataXMP', 'latin1'),
    Buffer.from(toXmp(metadata), 'utf8'),
    tail,
  ]);
}

/** The GIF with `metadata` as XMP and as a comment. `gif`: a whole file. */
export function withGifMetadata(gif: Uint8Array, metadata: VideoMetadata): Uint8Array {
  if (gif.at(-1) !== GIF_TRAILER) throw new Error('A GIF without a trailer cannot carry a comment.');
  const text = Buffer.from(JSON.stringify(metadata), 'utf8');
  const blocks: Uint8Array[] = [];
  for (let start = 0; start < text.length; start += 255) {
    const part = text.subarray(start, start + 255);
    blocks.push(Uint8Array.of(part.length), part);
  }
  const comment = [Uint8Array.of(GIF_EXTENSION, GIF_COMMENT), ...blocks, Uint8Array.of(0, GIF_TRAILER)];
  return Buffer.concat([gif.subarray(0, -1), gifXmp(metadata), ...comment]);
}

/** Bytes of a GIF colour table whose packed field is `packed`. */
function tableLength(packed: number): number {
  return packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0;
}

/** The data sub-blocks from `start`, and where they end. */
function subBlocks(gif: Buffer, start: number): { parts: Buffer[]; end: number } {
  const parts: Buffer[] = [];
  let at = start;
  for (let length = gif[at] ?? 0; length > 0; length = gif[at] ?? 0) {
    parts.push(gif.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { parts, end: at + 1 };
}

/** Our metadata among the comments of a GIF, or undefined. */
export function readGifComment(bytes: Uint8Array): VideoMetadata | undefined {
  const gif = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 13 + tableLength(gif[10] ?? 0);
  while (at < gif.length && gif[at] !== GIF_TRAILER) {
    if (gif[at] === GIF_EXTENSION) {
      const { parts, end } = subBlocks(gif, at + 2);
      const found =
        gif[at + 1] === GIF_COMMENT ? parseMetadata(Buffer.concat(parts).toString('utf8')) : undefined;
      if (found) return found;
      at = end;
    } else if (gif[at] === GIF_IMAGE) {
      // Descriptor (10 bytes), local colour table, LZW code size, data.
      at = subBlocks(gif, at + 10 + tableLength(gif[at + 9] ?? 0) + 1).end;
    } else {
      return undefined;
    }
  }
  return undefined;
}

/** Chunks of a RIFF file: four letters, then where the content lies. */
function* chunks(webp: Buffer): Generator<{ id: string; start: number; end: number }> {
  for (let at = 12; at + 8 <= webp.length; ) {
    const length = webp.readUInt32LE(at + 4);
    yield { id: webp.toString('latin1', at, at + 4), start: at + 8, end: at + 8 + length };
    at += 8 + length + (length % 2);
  }
}

/** The animated WebP with `metadata` as XMP. `bytes`: a whole file in the extended format, as animations are. */
export function withWebpXmp(bytes: Uint8Array, metadata: VideoMetadata): Uint8Array {
  const webp = Buffer.from(bytes);
  const header = chunks(webp).next().value;
  if (header?.id !== 'VP8X') throw new Error('A WebP without VP8X cannot carry XMP.');
  webp[header.start] = (webp[header.start] ?? 0) | XMP_FLAG;
  const text = Buffer.from(toXmp(metadata), 'utf8');
  const head = Buffer.from('XMP \0\0\0\0', 'latin1');
  head.writeUInt32LE(text.length, 4);
  const whole = Buffer.concat([webp, head, text, Buffer.alloc(text.length % 2)]);
  whole.writeUInt32LE(whole.length - 8, 4);
  return whole;
}

/** Number of pictures of an animated WebP; undefined where the file is not whole. */
export function webpFrames(bytes: Uint8Array): number | undefined {
  const webp = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (webp.length < 12 || webp.readUInt32LE(4) + 8 !== webp.length) return undefined;
  const found = [...chunks(webp)];
  if ((found.at(-1)?.end ?? 0) > webp.length) return undefined;
  return found.filter(({ id }) => id === 'ANMF').length;
}

/** Our metadata in a WebP's XMP, or undefined. */
export function readWebpXmp(bytes: Uint8Array): VideoMetadata | undefined {
  const webp = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { id, start, end } of chunks(webp)) {
    if (id === 'XMP ') return fromXmp(webp.toString('utf8', start, end));
  }
  return undefined;
}
