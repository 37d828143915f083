import { following, frame, playing } from './player.js';
import { cancelAll, clip, end, frameCount, from, generate, speed, state, to } from './store.js';

const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];

export function WhatPanel() {
  const { value } = clip;
  const count = frameCount.value;
  const frames = Math.max(0, end.value - from.value);
  const whole = (text: string, least: number): number =>
    Math.max(least, Math.min(count, Math.floor(Number(text) || 0)));
  return (
    <section class="panel" aria-labelledby="what-title">
      <h2 id="what-title">3. What is drawn</h2>
      <div class="row">
        <label class="grow">
          From frame
          <input
            type="number"
            min="0"
            max={Math.max(0, count - 1)}
            value={from.value}
            onChange={({ currentTarget }) => {
              from.value = Math.min(whole(currentTarget.value, 0), Math.max(0, count - 1));
              if (to.value !== undefined && to.value <= from.value) to.value = undefined;
            }}
          />
        </label>
        <label class="grow">
          Up to
          <input
            type="number"
            min="1"
            max={count}
            placeholder={String(count)}
            value={to.value ?? ''}
            onChange={({ currentTarget }) => {
              const asked = whole(currentTarget.value, 1);
              to.value =
                currentTarget.value === '' || asked >= count ? undefined : Math.max(asked, from.value + 1);
            }}
          />
        </label>
        <label class="grow">
          Speed
          <select
            value={speed.value}
            onChange={({ currentTarget }) => {
              speed.value = Number(currentTarget.value);
            }}
          >
            {SPEEDS.map((factor) => (
              <option key={factor} value={factor}>
                {factor} ×
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="row">
        <button
          type="button"
          disabled={!value}
          onClick={() => {
            from.value = frame.value;
            if (to.value !== undefined && to.value <= from.value) to.value = undefined;
          }}
        >
          Begin here
        </button>
        <button
          type="button"
          disabled={!value}
          onClick={() => {
            to.value = frame.value + 1 >= count ? undefined : Math.max(frame.value + 1, from.value + 1);
          }}
        >
          End here
        </button>
        <span class="hint">
          {frames === 1 ? '1 frame' : `${frames} frames`}
          {value ? `, ${(frames / (value.fps * speed.value)).toFixed(1)} s` : ''}
        </span>
      </div>
    </section>
  );
}

/** What the page is for, always in sight. */
export function Act() {
  const working = (state.value?.queue.length ?? 0) > 0;
  const value = clip.value;
  return (
    <div class="act">
      <button
        type="button"
        class="primary"
        disabled={!value}
        onClick={() => {
          playing.value = false;
          frame.value = from.value;
          following.value = true;
          void generate();
        }}
      >
        Generate
      </button>
      <button type="button" class="cancel" disabled={!working} onClick={() => void cancelAll()}>
        Cancel
      </button>
    </div>
  );
}
