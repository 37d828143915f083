import { effect, signal } from '@preact/signals';
import { clip, end, frameCount, from, runs, speed, state } from './store.js';

export const frame = signal(0);
export const playing = signal(false);
/** Shows the newest frame that was drawn, until the user looks elsewhere. */
export const following = signal(false);

export const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** Goes to a frame of the clip, because the user said so. */
export function seek(to: number): void {
  following.value = false;
  frame.value = Math.max(0, Math.min(Math.max(0, frameCount.value - 1), Math.round(to)));
}

export function step(by: number): void {
  playing.value = false;
  seek(frame.value + by);
}

export function togglePlay(): void {
  following.value = false;
  playing.value = !playing.value;
}

/** Moves the frame while playing: round and round within the range. */
export function startPlayer(): void {
  let last = 0;
  let place = 0;
  const tick = (now: number): void => {
    const { value } = clip;
    if (playing.value && value) {
      if (Math.floor(place) !== frame.value) place = frame.value;
      place += Math.min(0.25, (now - last) / 1000) * value.fps * speed.value;
      // The first frames of a clip that is still read come round until more are there.
      const stop = Math.max(from.value + 1, Math.min(end.value, value.frames));
      if (place >= stop || place < from.value) place = from.value;
      frame.value = Math.floor(place);
    }
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  effect(followRun);
  effect(() => {
    if (frame.value >= frameCount.value) frame.value = Math.max(0, frameCount.value - 1);
  });
}

function followRun(): void {
  const run = runs.value[0];
  if (!following.value || !run || !state.value) return;
  const { quick, full } = run.passes;
  const newest = full.done > 0 ? full.done - 1 : Math.max(0, quick.done - 1) * quick.stride;
  frame.value = run.from + newest;
  if (full.state !== 'done') return;
  following.value = false;
  frame.value = run.from;
  playing.value = !calm.matches;
}
