import { signal } from '@preact/signals';
import { t } from '../strings/index.js';
import { cancelAll, change, generate, setIn, setOut } from './form.js';
import { frame, rate, seek, setRate, step, togglePlay } from './player.js';
import { frameCount, state } from './store.js';
import { ZOOMS, zoom } from './view.js';

/** What can be done by one key; `does` is a key of `keys` in the strings. */
interface Shortcut {
  readonly keys: readonly string[];
  readonly does:
    | 'play'
    | 'back'
    | 'on'
    | 'ten'
    | 'ends'
    | 'in'
    | 'out'
    | 'speed'
    | 'zoom'
    | 'full'
    | 'generate'
    | 'dice'
    | 'cancel'
    | 'help';
  readonly run?: (key: string) => void;
}

/** What the keyboard needs of the parts that are seen. */
export interface Screens {
  readonly help: () => void;
  readonly fullScreen: () => void;
}

let screens: Screens | undefined;

/** Shown in the help. The arrow keys with Shift are taken by `listenForKeys`. */
export const KEYS: readonly Shortcut[] = [
  { keys: [' ', 'k'], does: 'play', run: togglePlay },
  { keys: ['ArrowLeft', 'j'], does: 'back', run: () => step(-1) },
  { keys: ['ArrowRight', 'l'], does: 'on', run: () => step(1) },
  { keys: ['Shift+ArrowLeft', 'Shift+ArrowRight'], does: 'ten' },
  { keys: ['Home', 'End'], does: 'ends', run: (key) => seek(key === 'Home' ? 0 : frameCount.value - 1) },
  { keys: ['i'], does: 'in', run: () => setIn(frame.value) },
  { keys: ['o'], does: 'out', run: () => setOut(frame.value + 1) },
  { keys: ['[', ']'], does: 'speed', run: (key) => setRate(rate.value + (key === '[' ? -0.1 : 0.1)) },
  { keys: ['z'], does: 'zoom', run: nextZoom },
  { keys: ['f'], does: 'full', run: () => screens?.fullScreen() },
  { keys: ['g'], does: 'generate', run: () => void generate() },
  { keys: ['d'], does: 'dice', run: throwDice },
  { keys: ['Escape'], does: 'cancel', run: cancelIfBusy },
  { keys: ['?'], does: 'help', run: () => screens?.help() },
];

const NAMES: Readonly<Record<string, string>> = {
  ' ': '␣',
  ArrowLeft: '←',
  ArrowRight: '→',
  'Shift+ArrowLeft': '⇧ ←',
  'Shift+ArrowRight': '⇧ →',
};

/** A key as it is written in the help. */
export function nameOf(key: string): string {
  if (key === 'Home' || key === 'End' || key === 'Escape') return t(`keyNames.${key}`);
  return NAMES[key] ?? key.toUpperCase();
}

/** Single keys can be switched off, for those who speak to their computer or hit keys by mistake. */
export const keysOn = signal(localStorage.getItem('handfirst-keys') !== 'off');

export function setKeys(on: boolean): void {
  keysOn.value = on;
  localStorage.setItem('handfirst-keys', on ? 'on' : 'off');
}

export function throwDice(): void {
  change({ seed: Math.floor(Math.random() * 100_000) });
}

function nextZoom(): void {
  zoom.value = ZOOMS[(ZOOMS.indexOf(zoom.value) + 1) % ZOOMS.length] ?? 'all';
}

function cancelIfBusy(): void {
  if ((state.value?.queue.length ?? 0) > 0) void cancelAll();
}

/** Where keys are meant for what has the focus. */
const TYPING =
  'input, select, textarea, dialog, [contenteditable], [role=slider], [role=tab], [role=option], .tile';

export function listenForKeys(on: Screens): void {
  screens = on;
  addEventListener('keydown', (event) => {
    const { target, key } = event;
    const element = target instanceof Element ? target : undefined;
    const typing = element?.closest(TYPING) != null;
    const pressing = key === ' ' && element?.closest('button, a, summary') != null;
    if (!keysOn.value || typing || pressing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.shiftKey && (key === 'ArrowLeft' || key === 'ArrowRight')) {
      event.preventDefault();
      step(key === 'ArrowLeft' ? -10 : 10);
      return;
    }
    const known = KEYS.find(({ keys }) => keys.includes(key));
    if (!known?.run) return;
    event.preventDefault();
    known.run(key);
  });
}
