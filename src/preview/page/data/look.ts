import { computed, effect, signal } from '@preact/signals';
import type { LookRequest, LookState } from '../../protocol.js';
import type { Problem } from '../strings/failures.js';
import { t } from '../strings/index.js';
import { api, problemOf } from './api.js';
import { choice } from './form.js';
import { about, connected } from './store.js';

/** Who would be shown with what the form says now; the picture before stays until the next is there. */
export const look = signal<LookState>({ unknown: [], notes: [] });
/** Why there is no picture for what the form says. */
export const lookProblem = signal<Problem | undefined>(undefined);
/** Whether a picture for what the form says is on its way. */
export const looking = signal(false);
/** The photo that `look` shows. */
const lookedAt = signal<string | undefined>(undefined);

/** The photo in which a person is still looked for: it is seen as it is until then. */
export const photoOnItsWay = computed<string | undefined>(() => {
  const { reference } = choice.value;
  return looking.value && reference !== lookedAt.value ? reference : undefined;
});

/** Milliseconds without a change before the server is asked. */
const PAUSE = 120;

/** Asks for the look whenever the form changes. */
export function followLook(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;
  effect(() => {
    const { prompt, background, backgroundPicture, reference, signer } = choice.value;
    if (!about.value || !connected.value) return;
    const request = { prompt, background, backgroundPicture, reference, signer };
    clearTimeout(timer);
    turn += 1;
    const mine = turn;
    looking.value = true;
    timer = setTimeout(() => void ask(request, () => mine === turn), PAUSE);
  });
}

async function ask(request: LookRequest, isLast: () => boolean): Promise<void> {
  try {
    const found = await api.look(request);
    if (!isLast()) return;
    look.value = found;
    lookProblem.value = undefined;
  } catch (error) {
    if (!isLast()) return;
    lookProblem.value = problemOf(error);
    look.value = { unknown: [], notes: [] };
  }
  if (!isLast()) return;
  looking.value = false;
  lookedAt.value = request.reference;
}

/** What a signer of the gallery looks like, in words. */
export function describe(words: Readonly<Record<string, string>>): string {
  const { age = '', gender = '', build = '', skin = '', hairstyle = '', hair = '' } = words;
  const { cloth = '', garment = '', wall = '' } = words;
  return t('signer.says', { age, gender, build, skin, hairstyle, hair, cloth, garment, wall });
}
