import type { RunState } from '../../protocol.js';
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

/** Which of a run's pictures shows a frame of the clip. */
export interface Drawn {
  readonly url: string;
  readonly pass: 'live' | 'full';
}

/** The picture of a frame of the clip; undefined where it is not drawn, or not part of the run. */
export function drawnFor(run: RunState, frame: number): Drawn | undefined {
  const { live, full } = run.passes;
  const index = frame - run.from;
  if (index < 0) return undefined;
  if (index < full.done) return at(run, 'full', index);
  return index < (live?.done ?? 0) ? at(run, 'live', index) : undefined;
}

function at(run: RunState, pass: 'live' | 'full', index: number): Drawn {
  return { url: `/api/runs/${run.id}/${pass}/${index}`, pass };
}
