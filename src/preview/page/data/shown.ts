import { computed, signal } from '@preact/signals';
import type { RunState } from '../../protocol.js';
import { changedSince, chosenId } from './form.js';
import { clip, state } from './store.js';

/** The run that the shown one is compared with. */
export const otherId = signal<string | undefined>(undefined);
/** How two are compared. */
export const comparing = signal<'beside' | 'slider'>('beside');

const mine = computed<readonly RunState[]>(() =>
  (state.value?.runs ?? []).filter((run) => run.clip === clip.value?.id),
);

/** The run that was asked for last, or chosen; a page that was opened anew takes the clip's last one. */
export const chosen = computed<RunState | undefined>(
  () => mine.value.find(({ id }) => id === chosenId.value) ?? mine.value.at(-1),
);

/** The run that is seen: the chosen one once it has pictures, and until then what was there before it. */
export const shown = computed<RunState | undefined>(() => {
  const { value } = chosen;
  if (!value || hasPictures(value)) return value;
  const before = mine.value.slice(0, mine.value.indexOf(value));
  return before.findLast(hasPictures) ?? value;
});

/** The run beside it; it may be of another clip. */
export const other = computed<RunState | undefined>(() => {
  const run = state.value?.runs.find(({ id }) => id === otherId.value);
  return run && run.id !== shown.value?.id ? run : undefined;
});

/** Whether a run was drawn with other settings than those of the form. */
export function isOld(run: RunState): boolean {
  return changedSince(run).length > 0;
}

export function hasPictures({ passes: { live, full } }: RunState): boolean {
  return full.done > 0 || (live?.done ?? 0) > 0;
}

/** Frames from a run's beginning that have been drawn in any pass. */
export function drawnFrames({ passes: { live, full } }: RunState): number {
  return Math.max(full.done, live?.done ?? 0);
}

export function isBusy({ passes: { live, full } }: RunState): boolean {
  return [live, full].some((pass) => pass !== undefined && BUSY.has(pass.state));
}

const BUSY: ReadonlySet<string> = new Set(['waiting', 'drawing', 'paused']);
