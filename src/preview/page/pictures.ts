import type { RunState } from '../protocol.js';
import { arrived } from './frames.js';

/** Decoded pictures that are kept. */
const KEPT = 160;
const pictures = new Map<string, ImageBitmap | undefined>();

/** The picture at an address, or undefined until it arrives. */
export function pictureAt(url: string): ImageBitmap | undefined {
  if (pictures.has(url)) {
    const picture = pictures.get(url);
    pictures.delete(url);
    pictures.set(url, picture);
    return picture;
  }
  pictures.set(url, undefined);
  for (const old of [...pictures.keys()].slice(0, Math.max(0, pictures.size - KEPT))) {
    pictures.get(old)?.close();
    pictures.delete(old);
  }
  fetch(url)
    .then(async (response) => {
      if (!response.ok) throw new Error(response.statusText);
      pictures.set(url, await createImageBitmap(await response.blob()));
      arrived.value++;
    })
    .catch(() => pictures.delete(url));
  return undefined;
}

/** Which of a run's pictures stands for a frame of the clip. */
export interface Drawn {
  readonly url: string;
  readonly pass: 'quick' | 'full';
  /** Frame of the clip that the picture shows: of a quick pass the last drawn one before. */
  readonly shows: number;
}

export function drawnFor(run: RunState, frame: number): Drawn | undefined {
  const { quick, full } = run.passes;
  const index = Math.max(0, Math.min(frame - run.from, (run.to ?? Number.POSITIVE_INFINITY) - run.from - 1));
  if (index < full.done) return at(run, 'full', index);
  if (quick.done === 0) return full.done > 0 ? at(run, 'full', full.done - 1) : undefined;
  return at(run, 'quick', Math.min(Math.floor(index / quick.stride), quick.done - 1) * quick.stride);
}

function at(run: RunState, pass: 'quick' | 'full', index: number): Drawn {
  return { url: `/api/runs/${run.id}/${pass}/${index}`, pass, shows: run.from + index };
}
