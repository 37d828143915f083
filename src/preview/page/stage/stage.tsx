import { comparing, other, shown } from '../data/shown.js';
import { t } from '../strings/index.js';
import { useResizing } from './canvas.js';
import { CaptionLine } from './caption-line.js';
import { ComparedView } from './compared-view.js';
import { RunView } from './run-view.js';
import { SkeletonView } from './skeleton-view.js';
import { Timeline } from './timeline.js';
import { Transport } from './transport.js';

/** Skeleton and video in step, and what plays them: it never scrolls away. */
export function Stage() {
  const views = useResizing();
  const [a, b] = [shown.value, other.value];
  const beside = a && b && comparing.value === 'beside';
  return (
    <section class="stage" id="stage" aria-label={t('stage.label')}>
      <div class={beside ? 'views three' : 'views'} ref={views}>
        <SkeletonView />
        {a && b && !beside ? (
          <ComparedView a={a} b={b} />
        ) : (
          <RunView run={a} name={beside ? t('compare.a') : t('stage.signer')} />
        )}
        {beside && <RunView run={b} name={t('compare.b')} />}
      </div>
      <CaptionLine />
      <Transport />
      <Timeline />
    </section>
  );
}
