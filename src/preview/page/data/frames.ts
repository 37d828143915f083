import { signal } from '@preact/signals';
import type { ClipState } from '../../protocol.js';

/** 133 points of x, y and confidence in bytes; see `FRAME_BYTES` and `COORDINATE_UNIT` of the protocol. */
const BYTES = 133 * 5;
const UNIT = 16384;
/** Frames fetched at a time, and stretches kept. */
const CHUNK = 200;
const KEPT = 30;

/** Rises when something arrives that could be drawn. */
export const arrived = signal(0);

const chunks = new Map<string, DataView | undefined>();

/** Points of a frame as [x, y, confidence] x 133, x and y as shares of the picture; undefined until it arrives. */
export function frameOf(clip: ClipState, frame: number): Float32Array | undefined {
  const index = Math.floor(frame / CHUNK);
  want(clip, index);
  if ((index + 1) * CHUNK < clip.frames) want(clip, index + 1);
  const view = chunks.get(keyOf(clip, index));
  const at = (frame - index * CHUNK) * BYTES;
  if (!view || at + BYTES > view.byteLength) return undefined;
  const points = new Float32Array(133 * 3);
  for (let i = 0; i < 133; i++) {
    points[i * 3] = view.getInt16(at + i * 4, true) / UNIT;
    points[i * 3 + 1] = view.getInt16(at + i * 4 + 2, true) / UNIT;
    points[i * 3 + 2] = view.getUint8(at + 133 * 4 + i) / 255;
  }
  return points;
}

function keyOf({ id }: ClipState, index: number): string {
  return `${id} ${index}`;
}

function want(clip: ClipState, index: number): void {
  const key = keyOf(clip, index);
  if (chunks.has(key)) {
    const view = chunks.get(key);
    chunks.delete(key);
    chunks.set(key, view);
    return;
  }
  chunks.set(key, undefined);
  for (const old of [...chunks.keys()].slice(0, Math.max(0, chunks.size - KEPT))) chunks.delete(old);
  fetch(`/api/clips/${clip.id}/frames?from=${index * CHUNK}&to=${(index + 1) * CHUNK}`)
    .then(async (response) => {
      if (!response.ok) throw new Error(response.statusText);
      chunks.set(key, new DataView(await response.arrayBuffer()));
      arrived.value++;
    })
    .catch(() => chunks.delete(key));
}

/** What each frame of the shown clip has, as far as it has been read: `PART_BYTES` of the protocol a frame. */
export const presence = signal<{ readonly clip: string; readonly bytes: Uint8Array }>({
  clip: '',
  bytes: new Uint8Array(0),
});

let reading: AbortController | undefined;

/** Streams which parts each frame of the clip has. */
export async function readPresence(id: string): Promise<void> {
  reading?.abort();
  const mine = new AbortController();
  reading = mine;
  presence.value = { clip: id, bytes: new Uint8Array(0) };
  try {
    const response = await fetch(`/api/clips/${id}/parts`, { signal: mine.signal });
    const reader = response.ok ? response.body?.getReader() : undefined;
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      const before = presence.value.bytes;
      const bytes = new Uint8Array(before.length + part.value.length);
      bytes.set(before);
      bytes.set(part.value, before.length);
      if (reading !== mine) return;
      presence.value = { clip: id, bytes };
    }
  } catch {
    // Another clip was chosen, or the connection went: the next state asks again.
  }
}

/** Parts in the order of the protocol's `TRACKED_PARTS`. */
export const PARTS = ['face', 'body', 'leftHand', 'rightHand'] as const;
export const LEFT_HAND = 2;
export const RIGHT_HAND = 3;
/** Bytes of a frame; see `PART_BYTES`. */
const PART_BYTES = 3;

/** Frames whose parts are known. */
export function knownFrames(): number {
  return presence.value.bytes.length / PART_BYTES;
}

/** 0 missing, 1 filled, 2 there; undefined while it is not known. */
export function presenceOf(frame: number, part: number): number | undefined {
  const byte = presence.value.bytes[frame * PART_BYTES];
  return byte === undefined ? undefined : (byte >> (2 * part)) & 3;
}

/** Mean confidence of a hand in the file, 0..1; 1 for parts that are no hand. */
export function confidenceOf(frame: number, part: number): number {
  if (part < LEFT_HAND) return 1;
  return (presence.value.bytes[frame * PART_BYTES + part - 1] ?? 0) / 255;
}
