import { signal } from '@preact/signals';
import type { RunState } from '../../protocol.js';
import { drawnFor } from '../data/pictures.js';
import { frame } from '../data/player.js';
import { Slider } from '../parts/slider.js';
import { number, t } from '../strings/index.js';
import { RunCanvas, summary } from './run-view.js';

/** Share of the width that shows the first of two, percent. */
const share = signal(50);

/** Two videos over each other, parted by a line that can be moved. */
export function ComparedView({ a, b }: { a: RunState; b: RunState }) {
  const drawn = drawnFor(a, frame.value) && drawnFor(b, frame.value);
  return (
    <figure class="view compared">
      <div class="square checks" style={{ '--share': `${share.value}%` }}>
        <RunCanvas run={b} name={t('compare.b')} />
        <div class="over">
          <RunCanvas run={a} name={t('compare.a')} />
        </div>
        {!drawn && <p class="empty">{t('compare.notBoth')}</p>}
        <Slider
          id="share"
          labels={[t('compare.line')]}
          values={[share.value]}
          max={100}
          says={(value) => t('compare.says', { share: number(value) })}
          change={([value = 50]) => {
            share.value = value;
          }}
        />
      </div>
      <figcaption>
        <span class="summary">
          <strong>{t('compare.a')}</strong> <span translate={false}>{summary(a)}</span>
        </span>
        <span class="summary">
          <strong>{t('compare.b')}</strong> <span translate={false}>{summary(b)}</span>
        </span>
      </figcaption>
    </figure>
  );
}
