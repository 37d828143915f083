import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { RunState } from '../../protocol.js';
import { arrived } from '../data/frames.js';
import { drawnFor, pictureAt } from '../data/pictures.js';
import { frame } from '../data/player.js';
import { chosen, hasPictures, isBusy, isOld } from '../data/shown.js';
import { clip, state } from '../data/store.js';
import { windowAt, zoom } from '../data/view.js';
import { t } from '../strings/index.js';
import { useCanvas } from './canvas.js';

/** The picture of a run for the shown frame. */
export function RunCanvas({ run, name }: { run: RunState | undefined; name: string }) {
  const drawn = run && drawnFor(run, frame.value);
  const picture = arrived.value >= 0 && drawn ? pictureAt(drawn.url) : undefined;
  const { x, y, side } = windowAt(clip.value, frame.value, zoom.value);
  // While a picture is on its way the one before stays.
  const last = useRef<string | undefined>(undefined);
  const canvas = useCanvas((context, size) => {
    const fresh = last.current !== run?.id;
    last.current = run?.id;
    if (picture) {
      const { width, height } = picture;
      context.clearRect(0, 0, size, size);
      context.drawImage(picture, x * width, y * height, side * width, side * height, 0, 0, size, size);
    } else if (fresh || !drawn) context.clearRect(0, 0, size, size);
  });
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={drawn ? t('stage.pictureOf', { name, frame: frame.value }) : t('stage.notDrawn', { name })}
      aria-busy={drawn !== undefined && !picture}
      data-shown={picture ? drawn?.url : undefined}
    />
  );
}

export function RunView({ run, name }: { run: RunState | undefined; name: string }) {
  const drawn = run && drawnFor(run, frame.value);
  return (
    <figure class="view">
      <div class="square checks">
        <RunCanvas run={run} name={name} />
        {!drawn && <p class="empty">{insteadOf(run)}</p>}
        {run && <Badges run={run} pass={drawn?.pass} />}
      </div>
      <figcaption>
        <strong>{name}</strong>
        {run && (
          <span class="summary" translate={false}>
            {summary(run)}
          </span>
        )}
      </figcaption>
    </figure>
  );
}

/** What a video is, laid over it: old, live, or final. */
function Badges({ run, pass }: { run: RunState; pass: 'live' | 'full' | undefined }) {
  const old = run.id !== chosen.value?.id || isOld(run);
  return (
    <p class="badges">
      {old && hasPictures(run) && <Badge kind="old">{t('badges.old')}</Badge>}
      {pass === 'live' && <Badge kind="live">{t('badges.live')}</Badge>}
      {pass === 'full' && !old && <Badge kind="full">{t('badges.full')}</Badge>}
    </p>
  );
}

function Badge({ kind, children }: { kind: string; children: ComponentChildren }) {
  return <span class={`badge ${kind}`}>{children}</span>;
}

/** What a run was drawn with, in few words. */
export function summary({ variant, referenceName, speed }: RunState): string {
  const { signer, prompt, seed, preset } = variant;
  const who = referenceName ?? signer ?? (prompt.trim() || t('run.defaultSigner'));
  const rest = [
    ...(signer && prompt.trim() ? [prompt.trim()] : []),
    ...(seed === 0 ? [] : [t('run.seed', { seed })]),
    ...(speed === 1 ? [] : [`${speed} ×`]),
    ...(preset === 'default' ? [] : [t('run.preset', { preset })]),
  ];
  return [who, ...rest].join(', ');
}

function insteadOf(run: RunState | undefined): string {
  if (!run) return t('stage.pressGenerate');
  if (run.failure && !hasPictures(run)) return t('stage.failed');
  const { from, to } = run;
  if (frame.value < from || (to !== undefined && frame.value >= to)) return t('stage.outside');
  if (run.passes.full.state === 'cancelled') return t('stage.cancelled');
  if (hasPictures(run)) return isBusy(run) ? t('stage.notYet') : t('stage.stopped');
  if (state.value?.engine.state === 'loading') return t('stage.loading');
  return state.value?.queue[0]?.run === run.id ? t('stage.first') : t('stage.waits');
}
