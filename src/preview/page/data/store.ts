import { batch, computed, effect, type Signal, signal } from '@preact/signals';
import type { About, ClipSource, ClipState, PreviewState } from '../../protocol.js';
import type { Problem } from '../strings/failures.js';
import { number, t } from '../strings/index.js';
import { api, problemOf } from './api.js';

/* From the server. */
export const about = signal<About | undefined>(undefined);
export const state = signal<PreviewState | undefined>(undefined);
export const connected = signal(true);

/** The clip that was chosen. */
export const clipId = signal<string | undefined>(undefined);
/** What stands in the alert. */
export const problem = signal<Problem | undefined>(undefined);
/** What a screen reader says. */
export const said = signal('');

/** The clip that is shown: the chosen one, or the last that was opened. */
export const clip = computed<ClipState | undefined>(() => {
  const clips = state.value?.clips ?? [];
  return clips.find(({ id }) => id === clipId.value) ?? clips.at(-1);
});

/** Frames that there are, or will be. */
export const frameCount = computed(() => {
  const { value } = clip;
  if (!value) return 0;
  return value.whole ? value.frames : Math.max(value.frames, value.expected ?? 0);
});

/** Runs something for the user; a failure stands in the alert. */
export async function attempt(work: () => Promise<void>): Promise<void> {
  problem.value = undefined;
  try {
    await work();
  } catch (error) {
    problem.value = problemOf(error);
  }
}

/** A file's name without the folders that the command line named it with. */
export function shortName(name: string): string {
  return name.split(/[\\/]/).at(-1) ?? name;
}

function showClip(opened: ClipState): void {
  batch(() => {
    clipId.value = opened.id;
    const { value } = state;
    if (value && !value.clips.some(({ id }) => id === opened.id)) {
      state.value = { ...value, clips: [...value.clips, opened] };
    }
    const frames = number(opened.expected ?? opened.frames);
    said.value = t('said.opened', { name: shortName(opened.name), frames });
  });
}

/** The file that could not be opened as it was, so that it can be tried again with what it does not say. */
export const unopened = signal<{ file: string; name: string } | undefined>(undefined);

export async function openFile(
  stored: { file: string; name: string },
  source: ClipSource = {},
): Promise<void> {
  unopened.value = stored;
  showClip(await api.clip({ file: stored.file, source }));
  unopened.value = undefined;
}

const KEPT = 'handfirst-preview';

/** Takes up what signals were before the page was reloaded, and keeps what they become. */
export function keepAcrossReloads(kept: Readonly<Record<string, Signal<unknown>>>): void {
  try {
    const saved = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}');
    for (const [name, value] of Object.entries(kept)) if (name in saved) value.value = saved[name];
  } catch {
    sessionStorage.removeItem(KEPT);
  }
  effect(() => {
    const values = Object.fromEntries(Object.entries(kept).map(([name, { value }]) => [name, value]));
    sessionStorage.setItem(KEPT, JSON.stringify(values));
  });
}

/** Follows the server's state; the browser connects again by itself, and the first event is everything. */
export function follow(): void {
  const events = new EventSource('/api/events');
  events.addEventListener('state', (event) => {
    connected.value = true;
    state.value = JSON.parse(event.data);
  });
  events.addEventListener('error', () => {
    connected.value = false;
  });
}
