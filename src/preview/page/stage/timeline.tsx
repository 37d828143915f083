import { useLayoutEffect, useRef } from 'preact/hooks';
import { end, from, setIn, setOut } from '../data/form.js';
import { knownFrames, PARTS, presence, presenceOf } from '../data/frames.js';
import { frame, playing, seek } from '../data/player.js';
import { drawnFrames, isBusy, shown } from '../data/shown.js';
import { clip, frameCount } from '../data/store.js';
import { Slider } from '../parts/slider.js';
import { seenTheme } from '../parts/theme.js';
import { number, t } from '../strings/index.js';
import { lacks } from './skeleton-view.js';
import { drawTracks, small, tracks, tracksHeight } from './tracks.js';

/** One scale for the ruler, the loop's ends, the parts of each frame, what is drawn, and the place that is shown. */
export function Timeline() {
  const count = frameCount.value;
  if (!clip.value || count === 0) return null;
  const inPercent = (at: number): string => `${(100 * at) / count}%`;
  const place = { '--at': inPercent(frame.value), '--frame': inPercent(1) };
  const loop = { '--in': inPercent(from.value), '--out': inPercent(end.value) };
  return (
    <section class="timeline" aria-label={t('timeline.label')} style={{ ...place, ...loop }}>
      <ul aria-label={t('timeline.shares')} style={{ height: `${tracksHeight()}px` }}>
        {tracks().map(({ part, height }) => (
          <li key={part} style={{ height: `${height}px` }}>
            <span>{t(`parts.${PARTS[part] ?? 'face'}`)}</span> <span class="share">{shareOf(part)}</span>
          </li>
        ))}
      </ul>
      <div class="scale">
        <Ruler />
        <Loop />
        <div class="tracks">
          <Tracks />
          <div class="veil before" />
          <div class="veil after" />
          <Slider
            id="frame"
            labels={[t('timeline.frame')]}
            values={[frame.value]}
            max={count}
            says={(value) => t('timeline.says', { frame: value, lacks: lacks(value) })}
            change={([value = 0]) => {
              if (value === frame.value) return;
              playing.value = false;
              seek(value);
            }}
          />
        </div>
        <Drawn />
        <Glosses />
      </div>
    </section>
  );
}

/** Seconds, as many as there is room for. */
function Ruler() {
  const { fps = 25 } = clip.value ?? {};
  const seconds = frameCount.value / fps;
  const most = small.matches ? 4 : 8;
  const step = [0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600].find((one) => seconds / one <= most) ?? 1200;
  const marks = Array.from({ length: Math.floor((seconds - step / 2) / step) + 1 }, (_, at) => at * step);
  return (
    <div class="ruler" aria-hidden="true">
      {marks.map((mark) => (
        <span key={mark} style={{ left: `${(100 * mark) / seconds}%` }}>
          {t('time.seconds', { value: number(mark, step < 1 ? 1 : 0) })}
        </span>
      ))}
    </div>
  );
}

function Loop() {
  return (
    <Slider
      id="loop"
      labels={[t('timeline.in'), t('timeline.out')]}
      values={[from.value, end.value]}
      max={frameCount.value}
      apart={1}
      says={(value) => t('timeline.frameNumber', { frame: value })}
      change={([first = 0, last = 0]) => {
        if (first !== from.value) setIn(first);
        if (last !== end.value) setOut(last);
      }}
    />
  );
}

function Tracks() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const count = frameCount.value;
  const { bytes } = presence.value;
  const theme = seenTheme.value;
  useLayoutEffect(() => {
    const { current } = canvas;
    if (!current) return;
    const draw = () => drawTracks(current, count);
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(current);
    return () => observer.disconnect();
  }, [bytes, theme, count]);
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={t('timeline.tracks')}
      aria-busy={knownFrames() < count}
      style={{ height: `${tracksHeight()}px` }}
    />
  );
}

/** How much of the shown run is drawn, in each pass. */
function Drawn() {
  const run = shown.value;
  if (!run || run.clip !== clip.value?.id) return <div class="drawn" />;
  const width = (frames: number): string => `${(100 * frames) / frameCount.value}%`;
  const left = width(run.from);
  return (
    <div class={isBusy(run) ? 'drawn busy' : 'drawn'} aria-hidden="true">
      <i class="live" style={{ left, width: width(drawnFrames(run)) }} />
      <i class="full" style={{ left, width: width(run.passes.full.done) }} />
    </div>
  );
}

/** What is signed when; a press goes there. */
function Glosses() {
  const { captions = [], fps = 25 } = clip.value ?? {};
  const seconds = frameCount.value / fps;
  if (captions.length === 0) return null;
  return (
    <div class="glosses">
      {captions.map(({ text, start, end }, at) => (
        <button
          key={at}
          type="button"
          translate={false}
          style={{ left: `${(100 * start) / seconds}%`, width: `${(100 * (end - start)) / seconds}%` }}
          title={t('timeline.goTo', { text })}
          onClick={() => {
            playing.value = false;
            seek(Math.ceil(start * fps));
          }}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

function shareOf(part: number): string {
  const frames = knownFrames();
  if (frames === 0) return '';
  let there = 0;
  for (let at = 0; at < frames; at++) if (presenceOf(at, part) === 2) there++;
  return t('timeline.percent', { value: Math.round((100 * there) / frames) });
}
