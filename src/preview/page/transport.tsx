import { PART_NAMES, presenceOf } from './frames.js';
import { frame, playing, seek, step, togglePlay } from './player.js';
import { lacks } from './stage.js';
import { clip, frameCount, speed } from './store.js';

export function Transport() {
  const { value } = clip;
  const count = frameCount.value;
  const seconds = value ? frame.value / (value.fps * speed.value) : 0;
  return (
    <section class="transport" aria-label="Playing">
      <div class="buttons">
        <button type="button" onClick={() => toGap(-1)} disabled={!value} title="To the gap before">
          <span aria-hidden="true">⇤</span> <span class="wide">gap</span>
          <span class="unseen">to the frame before where a hand is missing</span>
        </button>
        <button type="button" onClick={() => step(-1)} disabled={!value} title="A frame back (←)">
          <span aria-hidden="true">◂</span>
          <span class="unseen">A frame back</span>
        </button>
        <button type="button" class="play" onClick={togglePlay} disabled={!value}>
          {playing.value ? 'Pause' : 'Play'}
        </button>
        <button type="button" onClick={() => step(1)} disabled={!value} title="A frame on (→)">
          <span aria-hidden="true">▸</span>
          <span class="unseen">A frame on</span>
        </button>
        <button type="button" onClick={() => toGap(1)} disabled={!value} title="To the next gap">
          <span class="wide">gap</span> <span aria-hidden="true">⇥</span>
          <span class="unseen">to the next frame where a hand is missing</span>
        </button>
      </div>
      <p class="place">
        {value ? (
          <>
            Frame <b>{frame.value}</b> of {count}, {seconds.toFixed(2)} s
            <span class="lacks">{lacks(frame.value)}</span>
          </>
        ) : (
          'No file is open.'
        )}
      </p>
      <input
        type="range"
        aria-label="Frame"
        aria-valuetext={`frame ${frame.value}, ${lacks(frame.value)}`}
        min={0}
        max={Math.max(0, count - 1)}
        value={frame.value}
        disabled={!value}
        onInput={({ currentTarget }) => {
          playing.value = false;
          seek(Number(currentTarget.value));
        }}
      />
    </section>
  );
}

const HANDS = [PART_NAMES.indexOf('left hand'), PART_NAMES.indexOf('right hand')];

/** To the nearest frame, before or after, where a gap of a hand begins. */
function toGap(direction: 1 | -1): void {
  const missing = (at: number) => HANDS.some((part) => presenceOf(at, part) === 0);
  for (let at = frame.value + direction; at >= 0 && at < frameCount.value; at += direction) {
    if (missing(at) && !missing(at - 1)) {
      playing.value = false;
      seek(at);
      return;
    }
  }
}
