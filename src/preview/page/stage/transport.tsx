import type { IconNode } from 'lucide';
import { Hand, Maximize, Pause, Play, SkipBack, SkipForward, StepBack, StepForward } from 'lucide';
import { setIn, setOut } from '../data/form.js';
import { LEFT_HAND, presenceOf, RIGHT_HAND } from '../data/frames.js';
import { frame, playing, RATES, rate, seek, setRate, step, togglePlay } from '../data/player.js';
import { clip, frameCount } from '../data/store.js';
import { ZOOMS, type Zoom, zoom } from '../data/view.js';
import { Icon } from '../parts/icon.js';
import { number, t } from '../strings/index.js';
import { lacks } from './skeleton-view.js';

export function Transport() {
  const none = !clip.value;
  const says = playing.value ? t('transport.pause') : t('transport.play');
  return (
    <section class="transport" aria-label={t('transport.label')}>
      <div class="buttons">
        <Tool icon={SkipBack} says={t('transport.gapBefore')} press={() => toGap(-1)} off={none} extra />
        <Tool icon={StepBack} says={t('transport.back')} press={() => step(-1)} off={none} />
        <button type="button" class="play" onClick={togglePlay} disabled={none} aria-label={says}>
          <Icon of={playing.value ? Pause : Play} />
          <span>{says}</span>
        </button>
        <Tool icon={StepForward} says={t('transport.on')} press={() => step(1)} off={none} />
        <Tool icon={SkipForward} says={t('transport.gapAfter')} press={() => toGap(1)} off={none} extra />
      </div>
      <Place />
      <div class="buttons marks">
        <button
          type="button"
          disabled={none}
          title={t('transport.inSays')}
          onClick={() => setIn(frame.value)}
        >
          {t('transport.in')}
        </button>
        <button
          type="button"
          disabled={none}
          title={t('transport.outSays')}
          onClick={() => setOut(frame.value + 1)}
        >
          {t('transport.out')}
        </button>
      </div>
      <label class="rate">
        <span class="unseen">{t('transport.speed')}</span>
        <input
          type="range"
          min={RATES.least}
          max={RATES.most}
          step={RATES.step}
          value={rate.value}
          aria-valuetext={t('transport.times', { rate: number(rate.value, 1) })}
          title={t('transport.speed')}
          onInput={({ currentTarget }) => setRate(Number(currentTarget.value))}
        />
        <output>{t('transport.times', { rate: number(rate.value, 1) })}</output>
      </label>
      <label class="zoom">
        <Icon of={Hand} size={18} />
        <span class="unseen">{t('transport.zoom')}</span>
        <select
          value={zoom.value}
          onChange={({ currentTarget: { value } }) => {
            const wanted = ZOOMS.find((one) => one === value);
            if (wanted) zoom.value = wanted;
          }}
        >
          {ZOOMS.map((one: Zoom) => (
            <option key={one} value={one}>
              {t(`zoom.${one}`)}
            </option>
          ))}
        </select>
      </label>
      {document.fullscreenEnabled && (
        <Tool icon={Maximize} says={t('transport.full')} press={toggleFullScreen} />
      )}
    </section>
  );
}

interface ToolProps {
  readonly icon: IconNode;
  readonly says: string;
  readonly press: () => void;
  readonly off?: boolean;
  /** Left out on small screens, where the time line does the same. */
  readonly extra?: boolean;
}

function Tool({ icon, says, press, off, extra }: ToolProps) {
  return (
    <button
      type="button"
      class={extra ? 'tool extra' : 'tool'}
      onClick={press}
      disabled={off}
      title={says}
      aria-label={says}
    >
      <Icon of={icon} />
    </button>
  );
}

function Place() {
  const { value } = clip;
  if (!value) return <p class="place">{t('transport.noFile')}</p>;
  const seconds = number(frame.value / value.fps, 2);
  return (
    <p class="place">
      <span>{t('transport.place', { frame: frame.value, count: frameCount.value, seconds })}</span>
      <span class="lacks">{lacks(frame.value)}</span>
    </p>
  );
}

export function toggleFullScreen(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else if (document.fullscreenEnabled) void document.getElementById('stage')?.requestFullscreen();
}

/** To the nearest frame, before or after, where a gap of a hand begins. */
function toGap(direction: 1 | -1): void {
  const missing = (at: number) => [LEFT_HAND, RIGHT_HAND].some((part) => (presenceOf(at, part) ?? 2) < 2);
  for (let at = frame.value + direction; at >= 0 && at < frameCount.value; at += direction) {
    if (missing(at) && !missing(at - 1)) {
      playing.value = false;
      seek(at);
      return;
    }
  }
}
