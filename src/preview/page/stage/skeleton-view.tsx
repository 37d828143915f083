import { arrived, frameOf, LEFT_HAND, PARTS, presenceOf, RIGHT_HAND } from '../data/frames.js';
import { frame } from '../data/player.js';
import { clip } from '../data/store.js';
import { pointsIn, windowAt, zoom } from '../data/view.js';
import { colour, seenTheme } from '../parts/theme.js';
import { t } from '../strings/index.js';
import { useCanvas } from './canvas.js';
import { drawSkeleton } from './skeleton.js';

/** What a frame lacks, in words; empty while it has not been read. */
export function lacks(at: number): string {
  if (presenceOf(at, 0) === undefined) return '';
  const named = (what: number): string =>
    PARTS.filter((_, part) => presenceOf(at, part) === what)
      .map((part) => t(`parts.${part}`))
      .join(', ');
  const [missing, filled] = [named(0), named(1)];
  const sentences = [
    ...(missing ? [t('stage.missing', { parts: missing })] : []),
    ...(filled ? [t('stage.filled', { parts: filled })] : []),
  ];
  return sentences.length > 0 ? sentences.join('; ') : t('stage.complete');
}

export function SkeletonView() {
  const { value } = clip;
  const points = arrived.value >= 0 && value ? frameOf(value, frame.value) : undefined;
  const window = windowAt(value, frame.value, zoom.value);
  const theme = seenTheme.value;
  const canvas = useCanvas((context, size) => {
    if (value && !points) return;
    context.clearRect(0, 0, size, size);
    if (!points) return;
    const colours = {
      body: colour('line'),
      face: colour('line'),
      left: colour('left'),
      right: colour('right'),
      missing: colour('missing'),
    };
    const there = {
      left: presenceOf(frame.value, LEFT_HAND),
      right: presenceOf(frame.value, RIGHT_HAND),
    };
    drawSkeleton(context, pointsIn(points, window), size, colours, there);
  });
  const label = value
    ? t('stage.skeletonOf', { frame: frame.value, lacks: lacks(frame.value) })
    : t('stage.noKeypoints');
  return (
    <figure class="view" data-theme-seen={theme}>
      <div class="square paper">
        <canvas ref={canvas} role="img" aria-label={label} aria-busy={value !== undefined && !points} />
        {!value && <p class="empty">{t('stage.chooseFile')}</p>}
      </div>
      <figcaption>
        <strong>{t('stage.keypoints')}</strong>
        <span class="legend">
          <i class="left" /> {t('parts.leftHand')} <i class="right" /> {t('parts.rightHand')}
        </span>
      </figcaption>
    </figure>
  );
}
