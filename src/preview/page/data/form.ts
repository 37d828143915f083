import { batch, computed, effect, signal } from '@preact/signals';
import type { RunState, Variant } from '../../protocol.js';
import { t } from '../strings/index.js';
import { api, Refusal } from './api.js';
import { attempt, clip, clipId, frameCount, said, state } from './store.js';

/** What the form says of the signer, with the names of the pictures. */
export interface Choice extends Variant {
  readonly referenceName?: string;
  readonly backgroundName?: string;
}

const FIRST: Choice = { prompt: '', seed: 0, preset: 'default', background: 'drawn' };

export const choice = signal<Choice>(FIRST);
/** First frame that is looped and drawn. */
export const from = signal(0);
/** The end of that, not included; undefined: the clip's. */
export const to = signal<number | undefined>(undefined);
/** Speed of the video that is drawn: its frames a second against the file's. */
export const videoSpeed = signal(1);

export const end = computed(() => Math.min(to.value ?? frameCount.value, frameCount.value));

export function change(edit: Partial<Choice>): void {
  choice.value = { ...choice.value, ...edit };
}

export function setIn(frame: number): void {
  batch(() => {
    from.value = Math.max(0, Math.min(frame, Math.max(0, frameCount.value - 1)));
    if (end.value <= from.value) to.value = undefined;
  });
}

/** `frame` is the first that is left out. */
export function setOut(frame: number): void {
  const after = Math.max(1, frame);
  batch(() => {
    if (after <= from.value) from.value = Math.max(0, after - 1);
    to.value = after >= frameCount.value ? undefined : after;
  });
}

/** Another file is looped and drawn from its beginning to its end. */
export function followFile(): void {
  let file: string | undefined;
  effect(() => {
    const now = clip.value?.file;
    if (now === undefined || now === file) return;
    if (file !== undefined) {
      batch(() => {
        from.value = 0;
        to.value = undefined;
      });
    }
    file = now;
  });
}

/** The run that was asked for last, or chosen in the history. */
export const chosenId = signal<string | undefined>(undefined);

let asking = false;

/** Whether what the form says is being drawn already: a second press asks for nothing more. */
function isUnderWay(): boolean {
  const run = state.value?.runs.find(({ id }) => id === chosenId.value);
  const isDrawn = state.value?.queue.some((job) => job.run === run?.id);
  return asking || (run !== undefined && isDrawn === true && changedSince(run).length === 0);
}

/** Draws what the form says. */
export async function generate(): Promise<void> {
  if (isUnderWay()) return;
  asking = true;
  await attempt(async () => {
    const { value } = clip;
    if (!value) throw new Refusal(t('errors.noKeypoints'));
    const run = await api.run({
      clip: value.id,
      from: from.value,
      ...(to.value === undefined ? {} : { to: to.value }),
      speed: videoSpeed.value,
      variant: variantOf(choice.value),
    });
    batch(() => {
      const now = state.value;
      if (now && !now.runs.some(({ id }) => id === run.id))
        state.value = { ...now, runs: [...now.runs, run] };
      chosenId.value = run.id;
      said.value = t('said.drawing');
    });
  });
  asking = false;
}

export function cancelAll(): Promise<void> {
  return attempt(async () => {
    const waiting = new Set((state.value?.queue ?? []).map(({ run }) => run));
    await Promise.all([...waiting].map((run) => api.cancel(run)));
    said.value = t('said.cancelled');
  });
}

function variantOf({ referenceName: _, backgroundName: __, ...variant }: Choice): Variant {
  return variant;
}

/** What is drawn of a run that would be drawn otherwise now: keys of `changed` in the strings. */
export function changedSince(
  run: RunState,
): ('clip' | 'range' | 'speed' | 'signer' | 'background' | 'preset')[] {
  const { variant } = run;
  const now = variantOf(choice.value);
  const whole = run.clip === clip.value?.id ? frameCount.value : undefined;
  const last = to.value === undefined ? whole : end.value;
  const signer = (['prompt', 'seed', 'reference', 'signer'] as const).some(
    (key) => variant[key] !== now[key],
  );
  const background =
    variant.background !== now.background || variant.backgroundPicture !== now.backgroundPicture;
  return [
    ...(run.clip === clip.value?.id ? [] : (['clip'] as const)),
    ...(run.from === from.value && (run.to ?? whole) === last ? [] : (['range'] as const)),
    ...(run.speed === videoSpeed.value ? [] : (['speed'] as const)),
    ...(signer ? (['signer'] as const) : []),
    ...(background ? (['background'] as const) : []),
    ...(variant.preset === now.preset ? [] : (['preset'] as const)),
  ];
}

/** Makes the form say what a run was drawn with. */
export function takeSettings(run: RunState): void {
  batch(() => {
    const { referenceName, backgroundName } = run;
    clipId.value = run.clip;
    choice.value = {
      ...run.variant,
      ...(referenceName === undefined ? {} : { referenceName }),
      ...(backgroundName === undefined ? {} : { backgroundName }),
    };
    from.value = run.from;
    to.value = run.to;
    videoSpeed.value = run.speed;
  });
}
