import { useEffect } from 'preact/hooks';
import type { PassState, RunState } from '../../protocol.js';
import { changedSince, generate, takeSettings } from '../data/form.js';
import { chosen, hasPictures, isBusy, shown } from '../data/shown.js';
import { said } from '../data/store.js';
import { FailureText } from '../parts/failure-text.js';
import { duration, t } from '../strings/index.js';

/** What is being made, what went wrong, and whether what is seen is what the form says. */
export function Status() {
  const [run, seen] = [chosen.value, shown.value];
  useSaying(run);
  if (!run) return <div class="status" />;
  return (
    <section class="status" aria-label={t('status.label')} data-run={run.id}>
      {isBusy(run) && <Progress run={run} />}
      {run.failure && (
        <p class="problem" role="alert">
          <span>
            <FailureText of={run.failure} /> {seen !== run && seen && hasPictures(seen) && t('status.former')}
          </span>
        </p>
      )}
      {seen && hasPictures(seen) && !isBusy(run) && <Old run={seen} />}
      {run.notes.map((note) => (
        <p class="note" key={note} lang="en">
          {note}
        </p>
      ))}
    </section>
  );
}

function Old({ run }: { run: RunState }) {
  const changed = changedSince(run);
  if (changed.length === 0) return null;
  const what = changed.map((one) => t(`changed.${one}`)).join(', ');
  return (
    <p class="old">
      <span>{t('status.old', { what })}</span>
      <button type="button" onClick={() => void generate()}>
        {t('status.again')}
      </button>
      <button type="button" onClick={() => takeSettings(run)}>
        {t('status.take')}
      </button>
    </p>
  );
}

function Progress({ run: { passes } }: { run: RunState }) {
  const pass = passes.live && passes.live.state !== 'done' ? passes.live : passes.full;
  const what = pass === passes.live ? t('status.live') : t('status.full');
  return (
    <p class="progress">
      <span>
        {what} {progressOf(pass)}
      </span>
      <progress max={pass.total ?? 1} value={pass.total ? pass.done : undefined} aria-label={what} />
    </p>
  );
}

/** `12 of 97 frames, 2 min left`. */
export function progressOf({ state, done, total, frameMs }: PassState): string {
  if (state === 'waiting') return t('status.waits');
  const left = total !== undefined && frameMs !== undefined ? ((total - done) * frameMs) / 1000 : undefined;
  const place = t('status.place', { done, total: total ?? '?' });
  return left === undefined ? place : `${place}, ${t('status.left', { time: duration(left) })}`;
}

/** A screen reader hears when a video is finished, or failed. */
function useSaying(run: RunState | undefined): void {
  const state = run?.passes.full.state;
  const frames = run?.passes.full.done ?? 0;
  useEffect(() => {
    if (state === 'done') said.value = t('said.finished', { count: frames });
    if (state === 'failed') said.value = t('said.failed');
  }, [state, frames]);
}
