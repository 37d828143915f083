import { batch, computed, effect, signal } from '@preact/signals';
import type { About, ClipSource, ClipState, PreviewState, RunState } from '../protocol.js';
import { api, Refusal, type StoredName } from './api.js';

/** What the form says of one signer. */
export interface Choice {
  prompt: string;
  seed: number;
  preset: string;
  background: string;
  reference?: string;
  signer?: string;
  referenceName?: string;
}

export const FIRST_CHOICE: Choice = { prompt: '', seed: 0, preset: 'default', background: 'drawn' };
export type Side = 0 | 1;
export const SIDE_NAMES = ['A', 'B'] as const;

/* From the server. */
export const about = signal<About | undefined>(undefined);
export const state = signal<PreviewState | undefined>(undefined);
export const connected = signal(true);

/* The user's. */
export const clipId = signal<string | undefined>(undefined);
export const from = signal(0);
/** The end, not included; undefined: the clip's. */
export const to = signal<number | undefined>(undefined);
export const speed = signal(1);
export const compare = signal(false);
export const side = signal<Side>(0);
export const choices = signal<readonly [Choice, Choice]>([FIRST_CHOICE, { ...FIRST_CHOICE, seed: 1 }]);
export const runIds = signal<readonly (string | undefined)[]>([]);
/** How letters are spelled, alone and in phrases. */
export const hand = signal<'left' | 'right'>('right');
export const spellingSpeed = signal(1);
/** Files that are joined to a phrase, in their order. */
export const joining = signal<readonly StoredName[]>([]);
/** The sentence that stands in the alert. */
export const problem = signal<string | undefined>(undefined);
/** What a screen reader is told. */
export const said = signal('');

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

export const end = computed(() => Math.min(to.value ?? frameCount.value, frameCount.value));

/** The runs that are shown, one a side. A page that was opened anew shows the clip's last one. */
export const runs = computed<readonly (RunState | undefined)[]>(() => {
  const all = state.value?.runs ?? [];
  const mine = runIds.value.map((id) => all.find((run) => run.id === id));
  if (mine.some(Boolean)) return compare.value ? mine : mine.slice(0, 1);
  return [all.findLast((run) => run.clip === clip.value?.id)];
});

export const choice = computed(() => choices.value[side.value]);

export function change(edit: Partial<Choice>): void {
  const next: [Choice, Choice] = [choices.value[0], choices.value[1]];
  next[side.value] = { ...choice.value, ...edit };
  choices.value = next;
}

/** Runs something for the user; a failure becomes the sentence in the alert. */
export async function attempt(work: () => Promise<void>): Promise<void> {
  problem.value = undefined;
  try {
    await work();
  } catch (error) {
    problem.value =
      error instanceof Refusal ? error.message : `The page failed (${String(error)}): reload it.`;
  }
}

/** A file's name without the folders that the command line named it with. */
export function shortName(name: string): string {
  return name.split(/[\\/]/).at(-1) ?? name;
}

export function showClip(opened: ClipState): void {
  batch(() => {
    if (opened.file !== clip.peek()?.file) {
      from.value = 0;
      to.value = undefined;
      runIds.value = [];
    }
    clipId.value = opened.id;
    const { value } = state;
    if (value && !value.clips.some(({ id }) => id === opened.id)) {
      state.value = { ...value, clips: [...value.clips, opened] };
    }
    said.value = `${opened.name} is open: ${opened.expected ?? opened.frames} frames.`;
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

/** Generate: quick passes, then full ones, of what the form says. */
export function generate(): Promise<void> {
  return attempt(async () => {
    const { value } = clip;
    if (!value) throw new Refusal('There are no keypoints yet: choose a file first.');
    const wanted = compare.value ? choices.value : [choices.value[0]];
    const made = await api.run({
      clip: value.id,
      from: from.value,
      ...(to.value === undefined ? {} : { to: to.value }),
      speed: speed.value,
      variants: wanted.map(({ referenceName: _, ...variant }) => variant),
    });
    runIds.value = made.map(({ id }) => id);
    said.value = 'Generating.';
  });
}

export function cancelAll(): Promise<void> {
  return attempt(async () => {
    const waiting = new Set((state.value?.queue ?? []).map(({ run }) => run));
    await Promise.all([...waiting].map((run) => api.cancel(run)));
    said.value = 'Cancelled.';
  });
}

const KEPT = 'handfirst-preview';
const kept = { clipId, from, to, speed, compare, choices, runIds, hand, spellingSpeed, joining };

/** Takes up what the page was before it was reloaded, and keeps what it becomes. */
export function keepAcrossReloads(): void {
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
