import { MersenneTwister } from '../../diffusion/mersenne-twister.js';

/** What of a source can be chosen. */
export interface Choosable {
  /** The class of a picture, where sources are chosen by class. */
  readonly className?: string;
  /** Frames that ask for a hand, ascending. */
  readonly frames: readonly number[];
}

/** Frames chosen of a source, ascending, and windows of consecutive frames. */
export interface Chosen {
  readonly source: number;
  readonly frames: readonly number[];
}

/** A list in an order that the generator decides (Fisher and Yates). */
function shuffled<T>(values: readonly T[], generator: MersenneTwister): T[] {
  const list = [...values];
  for (let last = list.length - 1; last > 0; last -= 1) {
    const other = generator.uint32() % (last + 1);
    const [a, b] = [list[last], list[other]];
    if (a === undefined || b === undefined) continue;
    [list[last], list[other]] = [b, a];
  }
  return list;
}

/**
 * Chooses `videos` sources of those that have frames, and up to `count` frames of them, as evenly as there are: one of each in turn.
 * Sources by their place in the list, ascending. The same seed chooses the same.
 */
export function sampleFrames(
  sources: readonly Choosable[],
  { seed, videos, count }: { seed: number; videos: number; count: number },
): Chosen[] {
  const generator = new MersenneTwister(seed);
  const usable = sources.flatMap(({ frames }, source) => (frames.length > 0 ? [{ source, frames }] : []));
  const chosen = shuffled(usable, generator)
    .slice(0, videos)
    .sort((a, b) => a.source - b.source)
    .map(({ source, frames }) => ({ source, waiting: shuffled(frames, generator), frames: [] as number[] }));
  let left = count;
  for (let found = true; found && left > 0; ) {
    found = false;
    for (const one of chosen) {
      const frame = left > 0 ? one.waiting.pop() : undefined;
      if (frame === undefined) continue;
      one.frames.push(frame);
      found = true;
      left -= 1;
    }
  }
  return chosen
    .filter(({ frames }) => frames.length > 0)
    .map(({ source, frames }) => ({ source, frames: frames.sort((a, b) => a - b) }));
}

/** Chooses up to `count` pictures, as evenly from all classes as there are: one of each in turn. The same seed chooses the same. */
export function sampleClasses(
  sources: readonly Choosable[],
  { seed, count }: { seed: number; count: number },
): Chosen[] {
  const classes = new Map<string, number[]>();
  for (const [at, { className = '', frames }] of sources.entries()) {
    if (frames.length === 0) continue;
    classes.set(className, [...(classes.get(className) ?? []), at]);
  }
  const pictures = [...classes.values()].map((frames) => ({ frames }));
  return sampleFrames(pictures, { seed, videos: pictures.length, count })
    .flatMap(({ frames }) => frames)
    .sort((a, b) => a - b)
    .map((source) => ({ source, frames: [sources[source]?.frames[0] ?? 0] }));
}

/** Chooses `count` windows of `length` consecutive frames that all ask for a hand, of different sources. */
export function sampleClips(
  sources: readonly Choosable[],
  { seed, count, length }: { seed: number; count: number; length: number },
): Chosen[] {
  const generator = new MersenneTwister(seed);
  const chosen: Chosen[] = [];
  for (const { source, starts } of shuffled(
    sources.map(({ frames }, source) => ({ source, starts: windowStarts(frames, length) })),
    generator,
  )) {
    if (chosen.length === count) break;
    const start = starts[generator.uint32() % Math.max(1, starts.length)];
    if (start === undefined) continue;
    chosen.push({ source, frames: Array.from({ length }, (_, at) => start + at) });
  }
  return chosen.sort((a, b) => a.source - b.source);
}

/** First frames of windows that are whole. */
function windowStarts(frames: readonly number[], length: number): number[] {
  return frames.filter((frame, at) => frames[at + length - 1] === frame + length - 1);
}
