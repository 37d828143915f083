import { effect, signal } from '@preact/signals';
import type { RunState } from '../../protocol.js';
import { end, from, videoSpeed } from './form.js';
import { chosen, drawnFrames, isBusy } from './shown.js';
import { clip, frameCount } from './store.js';

export const frame = signal(0);
export const playing = signal(false);
/** How fast it is played: 1 = as fast as it is. */
export const rate = signal(1);
export const RATES = { least: 0.1, most: 2, step: 0.1 } as const;

export const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** Goes to a frame of the clip. */
export function seek(to: number): void {
  frame.value = Math.max(0, Math.min(Math.max(0, frameCount.value - 1), Math.round(to)));
}

export function step(by: number): void {
  playing.value = false;
  seek(frame.value + by);
}

export function togglePlay(): void {
  playing.value = !playing.value;
}

export function setRate(to: number): void {
  rate.value = Math.min(RATES.most, Math.max(RATES.least, Math.round(to * 10) / 10));
}

/** The frame at which playing waits for what is being drawn; undefined where nothing is. */
function edge(run: RunState | undefined): number | undefined {
  if (!run || !isBusy(run) || run.clip !== clip.value?.id) return undefined;
  return run.from + drawnFrames(run);
}

/** Moves the frame while playing: round and round between in and out, and not past what is being drawn. */
export function startPlayer(): void {
  let last = 0;
  let place = 0;
  const tick = (now: number): void => {
    const { value } = clip;
    if (playing.value && value) {
      if (Math.floor(place) !== frame.value) place = frame.value;
      const next = place + Math.min(0.25, (now - last) / 1000) * value.fps * videoSpeed.value * rate.value;
      place = within(next, value.frames);
      frame.value = Math.floor(place);
    }
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  effect(() => {
    if (frame.value >= frameCount.value) frame.value = Math.max(0, frameCount.value - 1);
  });
  effect(followDrawing);
}

function within(place: number, read: number): number {
  // The first frames of a clip that is still read come round until more are there.
  const stop = Math.max(from.value + 1, Math.min(end.value, read));
  const drawn = edge(chosen.value);
  if (drawn !== undefined && place >= drawn && drawn < stop) return Math.max(from.value, drawn - 0.001);
  return place >= stop || place < from.value ? from.value : place;
}

/** What is begun to be drawn is played from its beginning. */
function followDrawing(): void {
  const run = chosen.value;
  if (!run || !isBusy(run) || run.id === following) return;
  following = run.id;
  frame.value = run.from;
  playing.value = !calm.matches;
}

let following: string | undefined;
